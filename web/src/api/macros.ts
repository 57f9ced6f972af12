import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { queryString, request, requestAll } from './client';
import { keys } from './keys';
import type { Page, Words } from './types';

type Texts = { fa?: string; en?: string };

export interface Macro {
  id: string;
  name: string;
  scope: string;
  texts: Texts;
  actions: { do: string }[];
}

export interface CannedReply {
  id: string;
  shortcut: string;
  title: string;
  texts: Texts;
}

/** A text as it reads on a ticket. */
export interface ReadyText {
  text: string;
  language: 'fa' | 'en';
  /** Variables without a value, for the writer to fill in. */
  missing: string[];
}

export interface AppliedMacro {
  applied: { do: string }[];
  refused: { do: string; code: string; message: string; words?: Words }[];
  reply: ReadyText | null;
}

export const macrosQuery = queryOptions({
  queryKey: keys.macroList,
  queryFn: ({ signal }) => requestAll<Macro>('/macros?limit=200', signal),
  staleTime: 60_000,
});

export const cannedQuery = (q: string) =>
  queryOptions({
    queryKey: keys.cannedList(q),
    queryFn: async ({ signal }) =>
      (await request<Page<CannedReply>>(`/canned-replies${queryString({ q, limit: 20 })}`, { signal })).items,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

export const useRender = (ticketId: string) =>
  useMutation({
    mutationFn: (id: string) =>
      request<ReadyText>(`/canned-replies/${id}/render`, { method: 'POST', body: { ticketId } }),
  });

export function useApplyMacro(ticketId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      request<AppliedMacro>(`/tickets/${ticketId}/macros/${id}`, { method: 'POST', body: {} }),
    onSettled: () =>
      Promise.all(
        [keys.ticket(ticketId), keys.timeline(ticketId), keys.ticketLists, keys.counts].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}
