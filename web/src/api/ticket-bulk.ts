import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { request } from './client';
import { keys, type TicketFilters } from './keys';
import type { Dismissal, Snooze } from './ticket-work';
import type { Priority, TicketStatus, Words } from './types';

/** Done to each ticket, all of it or none. */
export interface BulkAction {
  status?: TicketStatus;
  priority?: Priority;
  assigneeId?: string | null;
  teamId?: string | null;
  addTags?: string[];
  removeTags?: string[];
  snooze?: Snooze;
  noAnswerNeeded?: Dismissal;
}

export interface TicketBatch {
  id: string;
  total: number;
  done: number;
  failed: { ticketId: string; number: number; code: string; reason: string; words?: Words }[];
  finishedAt: string | null;
}

export interface BulkOrder {
  /** Tickets by name; or, in their place, all that a list of these filters would show. */
  ticketIds?: string[];
  filter?: TicketFilters;
  action: BulkAction;
  /** One attempt is one batch however often it is sent. */
  key: string;
}

// Progress is told by events; this is for a screen that misses them.
const LOOK_AGAIN_MS = 2_000;

export const ticketBatchQuery = (id: string) =>
  queryOptions({
    queryKey: keys.ticketBatch(id),
    queryFn: ({ signal }) => request<TicketBatch>(`/tickets/bulk/${id}`, { signal }),
    refetchInterval: (query) => (query.state.data?.finishedAt ? false : LOOK_AGAIN_MS),
  });

/** Starts a change of many tickets; answers the name of the batch. */
export function useTicketBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ key, ...body }: BulkOrder) =>
      (
        await request<{ batchId: string }>('/tickets/bulk', {
          method: 'POST',
          headers: { 'idempotency-key': key },
          body,
        })
      ).batchId,
    onSettled: () => client.invalidateQueries({ queryKey: keys.ticketLists }),
  });
}
