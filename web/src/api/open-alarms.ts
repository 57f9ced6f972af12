import { queryOptions } from '@tanstack/react-query';
import { request } from './client';
import { keys } from './keys';
import type { OpenAlarm, Page } from './types';

/** What is to be repaired now; read again with the channels. */
export const openAlarmsQuery = queryOptions({
  queryKey: keys.openAlarms,
  queryFn: async ({ signal }) => (await request<Page<OpenAlarm>>('/channels/alarms', { signal })).items,
});
