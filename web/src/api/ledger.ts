import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { queryString, request } from './client';
import { keys } from './keys';
import type { InboundEvent, InboundEventDetail, Page } from './types';

export const inboundEventsQuery = (state: string) =>
  infiniteQueryOptions({
    queryKey: keys.inboundList(state),
    queryFn: ({ pageParam, signal }) =>
      request<Page<InboundEvent>>(`/inbound-events${queryString({ state, cursor: pageParam })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

export const inboundEventQuery = (id: string) =>
  queryOptions({
    queryKey: keys.inboundEvent(id),
    queryFn: ({ signal }) => request<InboundEventDetail>(`/inbound-events/${id}`, { signal }),
  });

/** Runs one event again, or all of a state. */
export function useReplay() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (what: { id: string } | { state: string }) =>
      'id' in what
        ? request<unknown>(`/inbound-events/${what.id}/replay`, { method: 'POST', body: {} })
        : request<unknown>('/inbound-events/replay', { method: 'POST', body: { states: [what.state] } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.inbound }),
  });
}
