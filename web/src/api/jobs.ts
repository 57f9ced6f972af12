import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { request, requestAll } from './client';
import { keys } from './keys';
import type { ParkedJob } from './types';

export const parkedJobsQuery = queryOptions({
  queryKey: keys.jobs,
  queryFn: ({ signal }) => requestAll<ParkedJob>('/jobs?state=parked', signal),
});

export function useSettleJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (what: { id: string; how: 'retry' } | { id: string; how: 'drop'; reason: string }) =>
      request<unknown>(`/jobs/${what.id}/${what.how}`, {
        method: 'POST',
        body: what.how === 'drop' ? { reason: what.reason } : {},
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.jobs }),
  });
}
