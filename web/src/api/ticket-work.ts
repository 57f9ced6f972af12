import { queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { patchTicket } from '../realtime/apply-event';
import { queryString, request } from './client';
import { keys } from './keys';
import type { LinkKind, Page, Ticket } from './types';
import type { TypeLabels } from '../lib/type-name';

export interface Tag {
  tag: string;
  /** How many tickets have it. */
  tickets: number;
}

export type FieldKind = 'text' | 'number' | 'date' | 'select' | 'multi' | 'checkbox';

export interface TicketField {
  id: string;
  key: string;
  labelFa: string;
  labelEn: string;
  kind: FieldKind;
  options: { value: string; labelFa: string; labelEn: string }[];
  requiredToSolve: boolean;
}

export const DISMISSALS = ['thanks', 'spam', 'noise', 'duplicate', 'other'] as const;
export type Dismissal = (typeof DISMISSALS)[number];

export interface Snooze {
  /** An instant; or, in its place, the opening of the n-th working day from now. */
  until?: string;
  workingDay?: number;
  on?: ('reply' | 'crm')[];
}

export const tagsQuery = (prefix: string) =>
  queryOptions({
    queryKey: keys.tags(prefix),
    queryFn: async ({ signal }) =>
      (await request<{ items: Tag[] }>(`/tags${queryString({ prefix, limit: 8 })}`, { signal })).items,
    staleTime: 60_000,
  });

export const ticketFieldsQuery = queryOptions({
  queryKey: keys.ticketFields,
  queryFn: async ({ signal }) => (await request<{ items: TicketField[] }>('/ticket-fields', { signal })).items,
});

export const ticketTypesQuery = queryOptions({
  queryKey: keys.ticketSettings,
  queryFn: ({ signal }) => request<{ types: string[]; typeLabels: TypeLabels }>('/ticket-settings', { signal }),
});

/** Tickets that a number or words name. */
export const foundQuery = (q: string) =>
  queryOptions({
    queryKey: keys.found(q),
    queryFn: async ({ signal }) =>
      (await request<Page<Ticket>>(`/tickets${queryString({ view: 'all', q, sort: 'recent', limit: 8 })}`, { signal }))
        .items,
    enabled: q !== '',
    staleTime: 10_000,
  });

interface Step {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
}

/** What an agent does to one ticket beside status, priority and assignee. */
export const work = {
  edit: (body: { type?: string | null; language?: string | null; fields?: Record<string, unknown> }): Step => ({
    method: 'PATCH',
    path: '',
    body,
  }),
  addTag: (tag: string): Step => ({ method: 'POST', path: '/tags', body: { tags: [tag] } }),
  removeTag: (tag: string): Step => ({ method: 'DELETE', path: '/tags', body: { tags: [tag] } }),
  follow: (): Step => ({ method: 'PUT', path: '/followers/me' }),
  unfollow: (): Step => ({ method: 'DELETE', path: '/followers/me' }),
  snooze: (body: Snooze): Step => ({ method: 'PUT', path: '/snooze', body }),
  wake: (): Step => ({ method: 'DELETE', path: '/snooze' }),
  dismiss: (reason: Dismissal): Step => ({ method: 'POST', path: '/no-answer-needed', body: { reason } }),
  undismiss: (): Step => ({ method: 'DELETE', path: '/no-answer-needed' }),
  link: (ticketId: string, kind: LinkKind): Step => ({ method: 'PUT', path: '/links', body: { ticketId, kind } }),
  unlink: (ticketId: string, kind: LinkKind): Step => ({ method: 'DELETE', path: '/links', body: { ticketId, kind } }),
  setParent: (parentId: string | null): Step => ({ method: 'PUT', path: '/parent', body: { parentId } }),
  unmerge: (): Step => ({ method: 'POST', path: '/unmerge' }),
};

const oldAfterwards = (client: QueryClient, ticketId: string) =>
  Promise.all(
    [keys.ticket(ticketId), keys.timeline(ticketId), keys.sla(ticketId), keys.ticketLists, keys.counts].map(
      (queryKey) => client.invalidateQueries({ queryKey }),
    ),
  );

/** Does one of them; the answer is the ticket as it is then. */
export function useTicketWork(ticketId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ method, path, body }: Step) => request<Ticket>(`/tickets/${ticketId}${path}`, { method, body }),
    onSuccess: (ticket) => patchTicket(client, ticket.id, ticket),
    onSettled: () => oldAfterwards(client, ticketId),
  });
}

/** Goes on with this ticket's work in another one; answers that one. */
export function useMerge(ticketId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { into: string; differentContacts: boolean }) =>
      request<Ticket>(`/tickets/${ticketId}/merge`, { method: 'POST', body }),
    onSettled: (_ticket, _error, { into }) =>
      Promise.all([oldAfterwards(client, ticketId), oldAfterwards(client, into)]),
  });
}

/** From one message on a ticket of its own; answers the new one. */
export function useSplit(ticketId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { fromMessageId: string; subject?: string }) =>
      request<Ticket>(`/tickets/${ticketId}/split`, { method: 'POST', body }),
    onSettled: () => oldAfterwards(client, ticketId),
  });
}
