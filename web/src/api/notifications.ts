import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { queryString, request } from './client';
import { keys } from './keys';
import type { Page } from './types';

interface TicketName {
  id: string;
  number: number;
  subject: string;
}

export interface Notification {
  id: string;
  kind: string;
  ticket: TicketName | null;
  /** How often it was told: what comes within moments is told as one. */
  count: number;
  /** What all of it is about; of the first ones those I may see. */
  tickets: { count: number; first: TicketName[] };
  data: Record<string, unknown>;
  createdAt: string;
  /** Shown at once, rung only then: quiet hours. */
  ringAt: string;
  readAt: string | null;
}

export type NotificationPage = Page<Notification> & { unread: number };

/** My own, newest first. */
export const notificationsQuery = infiniteQueryOptions({
  queryKey: keys.notifications,
  queryFn: ({ pageParam, signal }) =>
    request<NotificationPage>(`/notifications${queryString({ cursor: pageParam, limit: 30 })}`, { signal }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
});

/** The named one and all before it are read. */
export function useRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (upTo: string) => request<null>('/notifications/read', { method: 'PUT', body: { upTo } }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.notifications }),
  });
}
