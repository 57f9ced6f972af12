import type { ChannelKind, Credentials } from './channel';

/** Our registration at a network: whose consent page people see. Kept per workspace, the secret sealed. */
export interface OAuthApp {
  clientId: string;
  clientSecret: string;
  /** Overrides the network's hosts: simulators, proxies. */
  apiBaseUrl?: string;
  proxyUrl?: string;
}

export interface OAuthScope {
  scope: string;
  /** What breaks without it, in a short phrase people read on the picker. */
  why: { fa: string; en: string };
  /** Some accounts do without. Default true. */
  required?: boolean;
}

export interface OAuthGrant {
  accessToken: string;
  refreshToken?: string;
  /** ISO instant. */
  expiresAt?: string;
  /** ISO instant at which the refresh token ends, where the network says so. */
  refreshExpiresAt?: string;
  /** As the network reports them; absent when it does not. */
  scopes?: readonly string[];
}

export type OAuthExchange = { status: 'granted'; grant: OAuthGrant } | { status: 'refused'; reason: string };

/** One page, account, number or channel the person may connect. */
export interface ConnectableAccount {
  kind: ChannelKind;
  externalId: string;
  name: string;
  handle?: string;
  avatarUrl?: string;
  /** Ready for `POST /channels`; never shown. */
  credentials: Credentials;
  settings?: Readonly<Record<string, unknown>>;
  missingScopes: readonly string[];
  /** Why it cannot be connected, when it cannot. */
  problem?: string;
}

/** Authorization code grant of one network (RFC 6749, PKCE by RFC 7636 where it is taken). */
export interface OAuthNetwork {
  /** `meta`, `instagram`, `x`, `linkedin`, `google`: what the workspace's app is stored under. */
  name: string;
  kinds: readonly ChannelKind[];
  scopes: readonly OAuthScope[];
  pkce: boolean;
  /** @param codeChallenge S256, when `pkce` */
  authorizeUrl(app: OAuthApp, request: { redirectUri: string; state: string; codeChallenge?: string }): string;
  exchange(app: OAuthApp, answer: { code: string; redirectUri: string; codeVerifier?: string }): Promise<OAuthExchange>;
  /** What can be connected with this grant. @throws nothing for what a network may answer */
  accounts(
    app: OAuthApp,
    grant: OAuthGrant,
  ): Promise<{ status: 'found'; accounts: ConnectableAccount[] } | { status: 'refused'; reason: string }>;
}
