import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { queryString, request } from './client';
import { keys } from './keys';
import type { Page, Priority, Ticket } from './types';

export interface FoundContact {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
}

/** Customers whose name, handle, address or number begins so. */
export const customersQuery = (q: string) =>
  queryOptions({
    queryKey: keys.customers(q),
    queryFn: async ({ signal }) =>
      (await request<Page<FoundContact>>(`/contacts${queryString({ q, limit: 8 })}`, { signal })).items,
    enabled: q !== '',
    staleTime: 10_000,
  });

export interface TicketToOpen {
  /** Where; or, in its place, whose: then where they were heard last. */
  conversationId?: string;
  contactId?: string;
  subject: string;
  priority: Priority;
  teamId?: string;
  assigneeId?: string;
  tags?: string[];
  note?: string;
}

/** Opens a ticket by hand; answers it. */
export function useOpenTicket() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: TicketToOpen) => request<Ticket>('/tickets', { method: 'POST', body }),
    onSettled: () =>
      Promise.all([keys.ticketLists, keys.counts].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
