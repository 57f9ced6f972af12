import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryString, request } from '../client';
import type { Page, Words } from '../types';
import { useChange } from './use-change';

export interface EndpointInput {
  name: string;
  url: string;
  /** Empty: everything. */
  types: string[];
}

export interface Endpoint extends EndpointInput {
  id: string;
  disabledAt: string | null;
  disabledReason: string | null;
  failingSince: string | null;
}

export const DELIVERY_STATES = ['waiting', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface DeliveryLine {
  id: string;
  type: string;
  state: DeliveryState;
  attempts: number;
  nextTryAt: string;
  lastStatus: number | null;
  lastError: string | null;
  lastErrorWords?: Words | null;
  createdAt: string;
}

export interface Delivery extends DeliveryLine {
  body: string;
  lastAnswer: string | null;
}

const endpointsKey = ['webhook-endpoints'] as const;

/** All endpoints, with the types of events one can hear of. */
export const endpointsQuery = queryOptions({
  queryKey: [...endpointsKey, 'list'] as const,
  queryFn: ({ signal }) => request<{ items: Endpoint[]; types: string[] }>('/webhook-endpoints', { signal }),
});

/** The answer of a new endpoint carries its signing secret, this once. */
export const useSaveEndpoint = () =>
  useChange(
    ({ id, ...body }: Partial<EndpointInput> & { id?: string; enabled?: boolean }) =>
      id
        ? request<Endpoint & { secret?: string }>(`/webhook-endpoints/${id}`, { method: 'PATCH', body })
        : request<Endpoint & { secret?: string }>('/webhook-endpoints', { method: 'POST', body }),
    endpointsKey,
  );

export const useRemoveEndpoint = () =>
  useChange((id: string) => request<null>(`/webhook-endpoints/${id}`, { method: 'DELETE' }), endpointsKey);

export const useRotateSecret = () =>
  useChange((id: string) => request<{ secret: string }>(`/webhook-endpoints/${id}/secret`, { method: 'POST' }));

export const useTestEndpoint = () =>
  useChange(
    (id: string) => request<{ deliveryId: string }>(`/webhook-endpoints/${id}/test`, { method: 'POST' }),
    endpointsKey,
  );

export const deliveriesQuery = (id: string, state: DeliveryState | null) =>
  infiniteQueryOptions({
    queryKey: [...endpointsKey, id, 'deliveries', state] as const,
    queryFn: ({ pageParam, signal }) =>
      request<Page<DeliveryLine>>(`/webhook-endpoints/${id}/deliveries${queryString({ state, cursor: pageParam })}`, {
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

export const deliveryQuery = (id: string, deliveryId: string) =>
  queryOptions({
    queryKey: [...endpointsKey, id, 'delivery', deliveryId] as const,
    queryFn: ({ signal }) => request<Delivery>(`/webhook-endpoints/${id}/deliveries/${deliveryId}`, { signal }),
  });

export const useResend = (id: string) =>
  useChange(
    (deliveryId: string) =>
      request<null>(`/webhook-endpoints/${id}/deliveries/${deliveryId}/replay`, { method: 'POST' }),
    endpointsKey,
  );

/** What was missed since an instant is sent again. */
export const useReplaySince = (id: string) =>
  useChange(
    (since: string) =>
      request<{ events: number; failed: number; more: boolean }>(`/webhook-endpoints/${id}/replay`, {
        method: 'POST',
        body: { since },
      }),
    endpointsKey,
  );
