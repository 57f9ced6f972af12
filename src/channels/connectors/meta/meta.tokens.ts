import type { ChannelKind, ConnectedChannel, Credentials } from '../../channel';
import type { RefreshOutcome } from '../../credentials';
import type { CallMeta, MetaReply } from './meta.client';
import { repeatable } from './meta.errors';
import { integer, list, milliseconds, record, string, type JsonRecord } from '../json';

/** What a channel cannot do without. Sources: Messenger, Pages and Instagram Platform permission references. */
const NEEDED = {
  facebook: [
    'pages_show_list',
    'pages_manage_metadata',
    'pages_read_engagement',
    'pages_read_user_content',
    'pages_manage_engagement',
    'pages_messaging',
  ],
  instagram: [
    'pages_show_list',
    'pages_manage_metadata',
    'pages_read_engagement',
    'instagram_basic',
    'instagram_manage_comments',
    'instagram_manage_messages',
  ],
  instagramLogin: [
    'instagram_business_basic',
    'instagram_business_manage_comments',
    'instagram_business_manage_messages',
  ],
} as const;

export const byInstagramLogin = ({ settings }: Pick<ConnectedChannel, 'settings'>): boolean =>
  settings['login'] === 'instagram';

export function neededScopes(kind: ChannelKind, instagramLogin = false): readonly string[] {
  if (kind === 'facebook') return NEEDED.facebook;
  return instagramLogin ? NEEDED.instagramLogin : NEEDED.instagram;
}

export interface TokenFacts {
  valid: boolean;
  /** ISO instants; absent when there is no end. */
  expiresAt?: string;
  dataAccessExpiresAt?: string;
  scopes: readonly string[];
  /** What Meta says is wrong with it. */
  problem?: string;
}

/** What the app says of the channel's token. Source: `GET /debug_token`; needs `appId`. */
export function debugToken(call: CallMeta, accessToken: string): Promise<MetaReply> {
  return call({ method: 'GET', path: ['debug_token'], query: { input_token: accessToken }, as: 'app' });
}

export function tokenFacts(body: JsonRecord): TokenFacts {
  const data = record(body['data']);
  const expiresAt = ends(data?.['expires_at']);
  const dataAccessExpiresAt = ends(data?.['data_access_expires_at']);
  const problem = string(record(data?.['error'])?.['message']);
  const granular = list(data?.['granular_scopes']).map((item) => record(item)?.['scope']);
  const scopes = [...list(data?.['scopes']), ...granular].filter((scope) => typeof scope === 'string');
  return {
    valid: data?.['is_valid'] === true,
    scopes: [...new Set(scopes)],
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(dataAccessExpiresAt === undefined ? {} : { dataAccessExpiresAt }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** 0 is "never". */
function ends(value: unknown): string | undefined {
  const ms = integer(value) ? milliseconds(value) : undefined;
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/**
 * Renews the token of an account connected by Instagram Login, which lives sixty days and can be renewed once it is a day
 * old. Facebook's tokens cannot be renewed without the person; a Page's does not end by itself.
 * Source: Instagram Platform, "Refresh access token", `GET /refresh_access_token`.
 */
export async function renewToken(
  call: CallMeta,
  channel: ConnectedChannel,
  credentials: Credentials,
  until: Date,
  now: number,
): Promise<RefreshOutcome> {
  const { accessToken = '', accessTokenExpiresAt = '' } = credentials;
  const endsAt = Date.parse(accessTokenExpiresAt);
  if (Number.isNaN(endsAt)) return { status: 'not_needed' };
  if (!byInstagramLogin(channel)) {
    if (endsAt > now) return { status: 'not_needed' };
    return { status: 'reconnect', code: 'token_expired', reason: 'The access token has ended. Reconnect the channel.' };
  }
  const dueAt = Math.max(until.getTime(), now + RENEW_BEFORE_MS);
  if (endsAt > dueAt) return { status: 'not_needed' };
  const query = { grant_type: 'ig_refresh_token', access_token: accessToken };
  const reply = await call({ method: 'GET', path: ['refresh_access_token'], query, as: 'nobody' });
  if (reply.kind !== 'ok') {
    const outcome = repeatable(reply);
    if (outcome.status === 'retry') return { status: 'retry', reason: outcome.reason, afterMs: outcome.afterMs };
    return { status: 'reconnect', reason: outcome.reason, code: outcome.code };
  }
  const token = string(reply.body['access_token']);
  if (!token) return { status: 'retry', reason: 'Instagram answered without a new token.' };
  const expiresAt = endOf(reply.body, now);
  return {
    status: 'refreshed',
    credentials: { accessToken: token, accessTokenExpiresAt: expiresAt ?? '' },
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** Twenty days before its end: a failure then has weeks to be repaired in. */
const RENEW_BEFORE_MS = 20 * 86_400_000;

/** `expires_in` (seconds) as an ISO instant. */
export function endOf(body: JsonRecord, now: number): string | undefined {
  const seconds = integer(body['expires_in']);
  return seconds ? new Date(now + seconds * 1000).toISOString() : undefined;
}
