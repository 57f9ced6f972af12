import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { request } from './client';
import { keys } from './keys';
import type { Channel, ChannelKind, Connection, HealthReport, OAuthApp, Page } from './types';

/** Where networks send the browser back to; to be entered at the network beside the app. */
export const callbackUrl = () => `${window.location.origin}/api/v1/channels/connect/callback`;

export const oauthAppsQuery = queryOptions({
  queryKey: keys.oauthApps,
  queryFn: async ({ signal }) => (await request<Page<OAuthApp>>('/oauth-apps', { signal })).items,
});

export const connectionQuery = (id: string) =>
  queryOptions({
    queryKey: keys.connection(id),
    queryFn: ({ signal }) => request<Connection>(`/channels/connect/${id}`, { signal }),
    staleTime: Infinity,
  });

export interface NewOAuthApp {
  clientId: string;
  clientSecret: string;
  proxyUrl?: string;
  apiBaseUrl?: string;
}

export function useSaveOAuthApp(network: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (app: NewOAuthApp) => request(`/oauth-apps/${network}`, { method: 'PUT', body: app }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.oauthApps }),
  });
}

/** Begins at the network's consent page; the browser goes there. */
export const useBeginConnecting = (kind: ChannelKind) =>
  useMutation({
    mutationFn: () =>
      request<{ connectionId: string; authorizeUrl: string }>(`/channels/connect/${kind}`, { method: 'POST' }),
    onSuccess: ({ authorizeUrl }) => window.location.assign(authorizeUrl),
  });

export interface PickedAccount {
  kind: ChannelKind;
  externalId: string;
  name?: string;
  teamId?: string;
}

export function usePickAccounts(connectionId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (accounts: PickedAccount[]) =>
      request<{ items: { channel: Channel; report: HealthReport }[] }>(`/channels/connect/${connectionId}/accounts`, {
        method: 'POST',
        body: { accounts },
      }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.channels }),
        client.invalidateQueries({ queryKey: keys.allChannelHealth }),
      ]),
  });
}
