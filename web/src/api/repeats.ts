import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { request } from './client';
import { keys } from './keys';
import type { Words } from './types';

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

/** Sends one reply to several conversations of a customer; answers the name of the batch. */
export function useReplyBatch(ticketId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ key, ...body }: ReplyOrder) =>
      (
        await request<{ batchId: string }>(`/tickets/${ticketId}/reply-batches`, {
          method: 'POST',
          headers: { 'idempotency-key': key },
          body,
        })
      ).batchId,
    onSettled: () => client.invalidateQueries({ queryKey: keys.ticketLists }),
  });
}
