import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError, request } from './client';
import { keys } from './keys';
import type { CrmCheck, CrmConnection, CrmQueue } from './types';

/** Null until a connection has been set up. */
export const crmConnectionQuery = queryOptions({
  queryKey: keys.crmConnection,
  queryFn: async ({ signal }): Promise<CrmConnection | null> => {
    try {
      return await request<CrmConnection | null>('/crm/connection', { signal });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  },
});

export const crmQueueQuery = queryOptions({
  queryKey: keys.crmQueue,
  queryFn: ({ signal }) => request<CrmQueue>('/crm/queue', { signal }),
});

export interface CrmSettings {
  loginUrl: string;
  clientId: string;
  username: string;
  privateKey?: string;
}

function useCrmMutation<Variables, Answer>(mutationFn: (variables: Variables) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: keys.crm }) });
}

export const useSaveCrm = () =>
  useCrmMutation((body: CrmSettings) => request<CrmConnection>('/crm/connection', { method: 'PUT', body }));

export const useCheckCrm = () =>
  useCrmMutation<void, CrmCheck>(() => request<CrmCheck>('/crm/connection/check', { method: 'POST', body: {} }));

export const useRetryCrm = () =>
  useCrmMutation<void, unknown>(() => request('/crm/queue/retry', { method: 'POST', body: {} }));
