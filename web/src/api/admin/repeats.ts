import { queryOptions } from '@tanstack/react-query';
import { request } from '../client';
import { useChange } from './use-change';

/** When two equal words are the same matter, and when many people's are a wave. */
export interface RepeatSettings {
  spanDays: number;
  /** A fresh ticket that only repeats one under work goes on in that one. */
  merge: boolean;
  wavePeople: number;
  waveMinutes: number;
}

const settingsKey = ['repeat-settings'] as const;

export const repeatSettingsQuery = queryOptions({
  queryKey: settingsKey,
  queryFn: ({ signal }) => request<RepeatSettings>('/repeats/settings', { signal }),
});

export const useSaveRepeatSettings = () =>
  useChange(
    (body: RepeatSettings) => request<RepeatSettings>('/repeats/settings', { method: 'PUT', body }),
    settingsKey,
  );
