import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { request, requestAll } from './client';
import { keys } from './keys';
import type { Named, PresenceState, Ticket, Words } from './types';

/** A ticket on my screen to be accepted. */
export interface Offer extends Ticket {
  expiresAt: string;
  why: Record<string, unknown>;
}

/** One step in how a ticket came to whom. */
export interface Assignment {
  position: number;
  at: string;
  what: 'assigned' | 'offered' | 'offer_ended' | 'queued';
  how: string;
  agent: Named | null;
  from: Named | null;
  /** Codes and figures. */
  why: Record<string, unknown>;
  actor: { kind: string; id: string | null; name: string | null };
}

export interface Stance {
  agentId: string;
  state: PresenceState;
  /** Types of work taken now; null: all. */
  takes: string[] | null;
}

export const offersQuery = queryOptions({
  queryKey: keys.offers,
  queryFn: async ({ signal }) => (await request<{ items: Offer[] }>('/routing/offers', { signal })).items,
});

export const assignmentsQuery = (ticketId: string) =>
  queryOptions({
    queryKey: keys.assignments(ticketId),
    queryFn: ({ signal }) => requestAll<Assignment>(`/tickets/${ticketId}/assignments?limit=200`, signal),
  });

export const presenceQuery = queryOptions({
  queryKey: keys.presence,
  queryFn: ({ signal }) => requestAll<Stance>('/presence?limit=200', signal),
});

/** The types of work there are. */
export const workTypesQuery = queryOptions({
  queryKey: keys.workTypes,
  queryFn: async ({ signal }) =>
    Object.keys((await request<{ weights: Record<string, unknown> }>('/routing/settings', { signal })).weights),
});

export const inHandQuery = queryOptions({
  queryKey: keys.inHand,
  queryFn: async ({ signal }) => (await request<{ items: Ticket[] }>('/agents/me/handover', { signal })).items,
  staleTime: 0,
});

/** A yes or a no to what is on my screen. */
export function useOfferAnswer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ ticketId, declined }: { ticketId: string; declined?: string }) =>
      declined === undefined
        ? request<Ticket>(`/tickets/${ticketId}/accept`, { method: 'POST' })
        : request<Ticket>(`/tickets/${ticketId}/decline`, { method: 'POST', body: { reason: declined } }),
    onSettled: (_ticket, _error, { ticketId }) =>
      Promise.all(
        [keys.offers, keys.ticketLists, keys.counts, keys.ticket(ticketId)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}

/** Hands what I have to a colleague, or (without one) back to the queues. */
export function useHandOver() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { agentId?: string; ticketIds?: string[]; note?: string }) =>
      request<{ handedOver: string[]; refused: { ticketId: string; code: string; message: string; words?: Words }[] }>(
        '/agents/me/handover',
        { method: 'POST', body },
      ),
    onSettled: () =>
      Promise.all(
        [keys.inHand, keys.ticketLists, keys.counts].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
}
