import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError, request, requestAll } from './client';
import { keys } from './keys';
import type {
  Channel,
  ChannelHealth,
  ChannelKind,
  ChannelKindInfo,
  ChannelPulls,
  HealthReport,
  MessageTemplate,
  Page,
  SendOutcome,
} from './types';

export const channelsQuery = queryOptions({
  queryKey: keys.channels,
  queryFn: ({ signal }) => requestAll<Channel>('/channels', signal),
});

export const channelKindsQuery = queryOptions({
  queryKey: keys.channelKinds,
  queryFn: async ({ signal }) => (await request<Page<ChannelKindInfo>>('/channels/kinds', { signal })).items,
  staleTime: Infinity,
});

/** The last report, the alarms and the address the network delivers to. */
export const channelHealthQuery = (id: string) =>
  queryOptions({
    queryKey: keys.channelHealth(id),
    queryFn: ({ signal }) => request<ChannelHealth>(`/channels/${id}/health`, { signal }),
  });

export const channelPullsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.channelPulls(id),
    queryFn: ({ signal }) => request<ChannelPulls>(`/channels/${id}/pulls`, { signal }),
  });

/** The network's approved texts; null where they cannot be listed and have to be named. */
export const templatesQuery = (channelId: string) =>
  queryOptions({
    queryKey: keys.templates(channelId),
    queryFn: async ({ signal }): Promise<MessageTemplate[] | null> => {
      try {
        return (await request<Page<MessageTemplate>>(`/channels/${channelId}/templates`, { signal })).items;
      } catch (error) {
        if (error instanceof ApiError && (error.status === 404 || error.code === 'capability_missing')) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });

export interface NewChannel {
  kind: ChannelKind;
  name: string;
  /** Made up by the server for web chat when missing. */
  externalId?: string;
  brandId?: string;
  teamId?: string;
  credentials: Record<string, string>;
  settings: Record<string, unknown>;
}

export type ChannelChange = Partial<Pick<Channel, 'name' | 'brandId' | 'teamId' | 'settings'>> & {
  credentials?: Record<string, string>;
  state?: 'active' | 'disabled';
};

function useChannelMutation<Variables, Answer>(mutationFn: (variables: Variables) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.channels }),
        client.invalidateQueries({ queryKey: keys.allChannelHealth }),
      ]),
  });
}

export const useAddChannel = () =>
  useChannelMutation((channel: NewChannel) => request<Channel>('/channels', { method: 'POST', body: channel }));

export const useChangeChannel = (id: string) =>
  useChannelMutation((change: ChannelChange) => request<Channel>(`/channels/${id}`, { method: 'PATCH', body: change }));

/** `check` only looks; `subscribe` sets up the network's side first. */
export const useChannelCare = (id: string) =>
  useChannelMutation((what: 'check' | 'subscribe') =>
    request<HealthReport>(`/channels/${id}/${what}`, { method: 'POST', body: {} }),
  );

export const useTestMessage = (id: string) =>
  useMutation({
    mutationFn: (message: { to: string; text: string }) =>
      request<SendOutcome>(`/channels/${id}/test-message`, { method: 'POST', body: message }),
  });

export function useBackfill(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (range: { since?: string }) =>
      request<{ since: string; workSince: string }>(`/channels/${id}/backfill`, { method: 'POST', body: range }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.channelPulls(id) }),
  });
}
