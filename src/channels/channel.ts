export const CHANNEL_KINDS = [
  'facebook',
  'instagram',
  'whatsapp',
  'telegram',
  'bale',
  'rubika',
  'eitaa',
  'x',
  'linkedin',
  'youtube',
  'email',
  'webchat',
  'api',
] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/**
 * Decrypted credentials of one channel; keys are the connector's own (`accessToken`, `appSecret`, `verifyToken`, …).
 * `proxyUrl` is every kind's: the proxy its outbound calls go through (`egress.ts`).
 */
export type Credentials = Readonly<Record<string, string>>;

export interface ChannelSettings {
  /** Overrides the provider's host: simulators, compatible servers, proxies. */
  apiBaseUrl?: string;
  [key: string]: unknown;
}

/** What a connector needs to know about the channel it speaks for. */
export interface ConnectedChannel {
  id: string;
  workspaceId: string;
  kind: ChannelKind;
  externalId: string;
  settings: ChannelSettings;
}
