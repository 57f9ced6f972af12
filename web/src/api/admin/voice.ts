import { queryOptions } from '@tanstack/react-query';
import { request, requestAll } from '../client';
import type { HealthReport, Words } from '../types';
import { useChange } from './use-change';

export interface VoiceSettings {
  ringSeconds?: number;
  limitSeconds?: number;
  agentPromptUrl?: string;
  recording?: { announcementUrl?: string; announcementText?: string };
}

export interface VoiceAccount {
  id: string;
  provider: string;
  name: string;
  externalId: string;
  phone: string;
  settings: VoiceSettings;
  credentialsSet: string[];
  /** Null while the installation has no public address. */
  webhookUrl: string | null;
  state: string;
  stateReason: string | null;
  stateReasonWords?: Words | null;
}

export interface VoiceAccountInput {
  name: string;
  phone: string;
  credentials?: Record<string, string>;
  settings: VoiceSettings;
}

export interface CallSettings {
  /** Null: the default calendar. */
  calendarId: string | null;
  slotMinutes: number;
  /** Calls a slot takes; null: as many as there are agents. */
  capacity: number | null;
  maxAttempts: number;
  retryMs: number;
  leaseMs: number;
  expireMs: number;
  country: string;
}

const accountsKey = ['voice-accounts'] as const;
const settingsKey = ['call-settings'] as const;

export const voiceAccountsQuery = queryOptions({
  queryKey: [...accountsKey, 'settings'] as const,
  queryFn: ({ signal }) => requestAll<VoiceAccount>('/voice-accounts', signal),
});

export const useAddVoiceAccount = () =>
  useChange(
    (body: VoiceAccountInput & { provider: string; externalId: string }) =>
      request<VoiceAccount>('/voice-accounts', { method: 'POST', body }),
    accountsKey,
  );

export const useChangeVoiceAccount = () =>
  useChange(
    ({ id, ...body }: Partial<VoiceAccountInput> & { id: string; state?: 'active' | 'disabled' }) =>
      request<VoiceAccount>(`/voice-accounts/${id}`, { method: 'PATCH', body }),
    accountsKey,
  );

export const useCheckVoiceAccount = () =>
  useChange((id: string) => request<HealthReport>(`/voice-accounts/${id}/check`, { method: 'POST' }), accountsKey);

export const callSettingsQuery = queryOptions({
  queryKey: [...settingsKey, 'settings'] as const,
  queryFn: ({ signal }) => request<CallSettings>('/call-settings', { signal }),
});

export const useSaveCallSettings = () =>
  useChange(
    (body: Partial<CallSettings>) => request<CallSettings>('/call-settings', { method: 'PATCH', body }),
    settingsKey,
  );
