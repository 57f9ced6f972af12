import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { request, requestAll } from './client';
import { keys } from './keys';
import type { Channel, ChannelKind, ChannelKindInfo, Page } from './types';

export const channelsQuery = queryOptions({
  queryKey: keys.channels,
  queryFn: ({ signal }) => requestAll<Channel>('/channels', signal),
});

export const channelKindsQuery = queryOptions({
  queryKey: keys.channelKinds,
  queryFn: async ({ signal }) => (await request<Page<ChannelKindInfo>>('/channels/kinds', { signal })).items,
  staleTime: Infinity,
});

export interface NewChannel {
  kind: ChannelKind;
  name: string;
  /** Made up by the server for web chat when missing. */
  externalId?: string;
  brandId?: string;
  credentials: Record<string, string>;
  settings: Record<string, unknown>;
}

export function useAddChannel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (channel: NewChannel) => request<Channel>('/channels', { method: 'POST', body: channel }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.channels }),
  });
}
