import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { request } from './client';
import { keys } from './keys';
import type { ModerationAction, ModerationBatch } from './types';

/** Messages by name, or everything a customer wrote that fits the filter. */
export interface BulkModeration {
  action: ModerationAction;
  reason: string;
  messageIds?: string[];
  filter?: { postId?: string; contactId?: string; channelId?: string };
}

// Progress is told by events; this is for a screen that misses them.
const LOOK_AGAIN_MS = 2_000;

export const batchQuery = (id: string) =>
  queryOptions({
    queryKey: keys.batch(id),
    queryFn: ({ signal }) => request<ModerationBatch>(`/moderation/bulk/${id}`, { signal }),
    refetchInterval: (query) => (query.state.data?.finishedAt ? false : LOOK_AGAIN_MS),
  });

/** Starts a batch. One attempt is one batch however often it is sent: its key travels with it. */
export function useBulkModeration() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, ...body }: BulkModeration & { key: string }) =>
      request<ModerationBatch>('/moderation/bulk', { method: 'POST', headers: { 'idempotency-key': key }, body }),
    onSuccess: (batch) => client.setQueryData(keys.batch(batch.id), batch),
  });
}

/** Takes back what a finished batch has done, as a batch of its own. */
export function useUndoBatch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<ModerationBatch>(`/moderation/bulk/${id}/undo`, { method: 'POST' }),
    onSuccess: (batch) => client.setQueryData(keys.batch(batch.id), batch),
  });
}
