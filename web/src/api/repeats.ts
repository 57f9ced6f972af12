import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { request } from './client';
import { keys } from './keys';
import type { ChannelRef, Words } from './types';

export interface ReplyBatch {
  id: string;
  total: number;
  done: number;
  failed: {
    conversationId: string;
    ticketId: string | null;
    number: number | null;
    /** `stale_reply`, or why the network would not take it. */
    code: string;
    reason: string;
    words?: Words;
  }[];
  finishedAt: string | null;
}

export interface ReplyOrder {
  text: string;
  threads: { conversationId: string; seenMessageId: string }[];
  statusAfter?: 'pending' | 'solved';
  /** One attempt is one batch however often it is sent. */
  key: string;
}

// Progress is told by events; this is for a screen that misses them.
const LOOK_AGAIN_MS = 2_000;

export const replyBatchQuery = (id: string) =>
  queryOptions({
    // the events that tell of bulk changes tell of this, too
    queryKey: keys.ticketBatch(id),
    queryFn: ({ signal }) => request<ReplyBatch>(`/reply-batches/${id}`, { signal }),
    refetchInterval: (query) => (query.state.data?.finishedAt ? false : LOOK_AGAIN_MS),
  });

/** Sends one reply to several conversations; answers the name of the batch. */
function useBatch(path: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ key, ...body }: ReplyOrder) =>
      (await request<{ batchId: string }>(path, { method: 'POST', headers: { 'idempotency-key': key }, body })).batchId,
    onSettled: () => client.invalidateQueries({ queryKey: keys.ticketLists }),
  });
}

/** To the threads in which one customer says the same. */
export const useReplyBatch = (ticketId: string) => useBatch(`/tickets/${ticketId}/reply-batches`);

/** To everybody who wrote the same text. */
export const useWaveReply = (wave: string) => useBatch(`/repeats/waves/${wave}/reply-batches`);

/** A ticket of a wave, and what a reply there would be. */
export interface WaveTarget {
  ticketId: string;
  number: number;
  contact: { id: string; name: string | null };
  conversationId: string;
  messageId: string;
  text: string;
  channel: ChannelRef;
  post: { text: string | null } | null;
  visibility: 'public' | 'private';
  answered: boolean;
  /** The customer said more since: a reply to the text alone is held back. */
  moreSaid: boolean;
  /** Why nothing can be sent there now. */
  refusal: string | null;
}

export const waveTargetsQuery = (wave: string) =>
  queryOptions({
    queryKey: ['waves', 'targets', wave] as const,
    queryFn: ({ signal }) =>
      request<{ items: WaveTarget[]; more: number }>(`/repeats/waves/${wave}/threads`, { signal }),
    // What is on the screen is what the agent has seen; it does not change under their hands.
    staleTime: Infinity,
    gcTime: 0,
  });
