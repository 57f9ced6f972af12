import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { patchTicket } from '../realtime/apply-event';
import { queryString, request, requestAll } from './client';
import { keys, type TicketFilters } from './keys';
import type {
  Page,
  Priority,
  SlaClock,
  Ticket,
  TicketCounts,
  TicketDetail,
  TicketStatus,
  TimelineEntry,
} from './types';

const PAGE_SIZE = 50;

export const ticketsQuery = (filters: TicketFilters) =>
  infiniteQueryOptions({
    queryKey: keys.ticketList(filters),
    queryFn: ({ pageParam, signal }) =>
      request<Page<Ticket>>(`/tickets${queryString({ ...filters, cursor: pageParam, limit: PAGE_SIZE })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: (previous) => previous,
  });

export const countsQuery = queryOptions({
  queryKey: keys.counts,
  queryFn: ({ signal }) => request<TicketCounts>('/tickets/counts', { signal }),
});

export const ticketQuery = (id: string) =>
  queryOptions({
    queryKey: keys.ticket(id),
    queryFn: ({ signal }) => request<TicketDetail>(`/tickets/${id}`, { signal }),
  });

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: keys.timeline(id),
    queryFn: ({ signal }) => requestAll<TimelineEntry>(`/tickets/${id}/timeline?limit=200`, signal),
  });

export const slaQuery = (id: string) =>
  queryOptions({
    queryKey: keys.sla(id),
    queryFn: async ({ signal }) => (await request<{ clocks: SlaClock[] }>(`/tickets/${id}/sla`, { signal })).clocks,
  });

export type TicketChange =
  | { to: 'status'; status: TicketStatus }
  | { to: 'priority'; priority: Priority }
  | { to: 'assignee'; agent: { id: string; name: string } | null }
  | { to: 'claim'; agent: { id: string; name: string } };

function send(id: string, change: TicketChange): Promise<Ticket> {
  switch (change.to) {
    case 'status':
      return request(`/tickets/${id}/status`, { method: 'PUT', body: { status: change.status } });
    case 'priority':
      return request(`/tickets/${id}/priority`, { method: 'PUT', body: { priority: change.priority } });
    case 'assignee':
      return request(`/tickets/${id}/assignee`, { method: 'PUT', body: { agentId: change.agent?.id ?? null } });
    case 'claim':
      return request(`/tickets/${id}/claim`, { method: 'POST', body: {} });
  }
}

function guess(change: TicketChange): Partial<Ticket> {
  if (change.to === 'status') return { status: change.status };
  if (change.to === 'priority') return { priority: change.priority };
  return { assignee: change.agent };
}

/** Changes a ticket: shown at once, taken back when the server refuses. */
export function useTicketChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ ticket, change }: { ticket: Ticket; change: TicketChange }) => send(ticket.id, change),
    onMutate: ({ ticket, change }) => patchTicket(client, ticket.id, guess(change)),
    onSuccess: (ticket) => patchTicket(client, ticket.id, ticket),
    onError: (_error, { ticket }) =>
      patchTicket(client, ticket.id, { status: ticket.status, priority: ticket.priority, assignee: ticket.assignee }),
    onSettled: (_ticket, _error, { ticket }) =>
      Promise.all(
        [keys.ticketLists, keys.counts, keys.ticket(ticket.id)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}

/** Takes the most urgent ticket that waits; null when nothing does. */
export function useNextTicket() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<Ticket | null>('/tickets/next', { method: 'POST', body: {} }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.ticketLists }),
  });
}
