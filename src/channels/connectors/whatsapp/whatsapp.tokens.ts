import type { Credentials } from '../../channel';
import type { RefreshOutcome } from '../../credentials';
import { integer, list, milliseconds, record, string } from '../json';
import type { GraphClient, GraphReply } from './whatsapp.client';
import { outcomeOf } from './whatsapp.errors';

/** What breaks without each is told where people grant them. */
export const WHATSAPP_SCOPES = ['whatsapp_business_messaging', 'whatsapp_business_management'] as const;

export interface TokenFacts {
  valid: boolean;
  /** ISO instant; absent when it does not end. */
  expiresAt?: string;
  scopes: readonly string[];
  /** Business accounts the token was given, where it was given some and not all. */
  wabaIds: readonly string[];
}

const texts = (value: unknown) => list(value).filter((item) => typeof item === 'string');

/** Asks the app what this token is (`debug_token`); needs `appId`. */
export async function inspectToken(
  client: GraphClient,
  accessToken: string,
): Promise<TokenFacts | Exclude<GraphReply, { kind: 'ok' }>> {
  const reply = await client.call({
    method: 'GET',
    path: ['debug_token'],
    query: { input_token: accessToken },
    as: 'app',
  });
  if (reply.kind !== 'ok') return reply;
  const data = record(reply.body['data']);
  const granular = list(data?.['granular_scopes']).map(record);
  const scopes = [...texts(data?.['scopes']), ...granular.map((item) => string(item?.['scope']) ?? '')].filter(Boolean);
  const expiresAt = integer(data?.['expires_at']) ? milliseconds(data?.['expires_at']) : undefined;
  const management = granular.find((item) => item?.['scope'] === 'whatsapp_business_management');
  return {
    valid: data?.['is_valid'] === true,
    scopes: [...new Set(scopes)],
    wabaIds: texts(management?.['target_ids']),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  };
}

export const missingScopes = (scopes: readonly string[]): string[] =>
  WHATSAPP_SCOPES.filter((scope) => !scopes.includes(scope));

/**
 * Exchanges a token of 60 days for another; a system user's token usually does not end and needs nothing.
 * Source: system user access tokens, `fb_exchange_token`.
 */
export async function renewToken(
  client: GraphClient,
  credentials: Credentials,
  until: Date,
  now: Date,
): Promise<RefreshOutcome> {
  const ends = Date.parse(credentials['accessTokenExpiresAt'] ?? '');
  if (Number.isNaN(ends) || ends > until.getTime()) return { status: 'not_needed' };
  const { appId, appSecret = '', accessToken = '' } = credentials;
  if (!appId) {
    if (ends > now.getTime()) return { status: 'not_needed' };
    return { status: 'reconnect', code: 'token_expired', reason: 'The access token has ended. Reconnect the channel.' };
  }
  const reply = await client.call({
    method: 'GET',
    path: ['oauth', 'access_token'],
    query: {
      grant_type: 'fb_exchange_token',
      client_id: appId,
      client_secret: appSecret,
      set_token_expires_in_60_days: 'true',
      fb_exchange_token: accessToken,
    },
    as: 'nobody',
  });
  if (reply.kind === 'no_answer') return { status: 'retry', reason: reply.reason };
  if (reply.kind === 'refused') {
    const outcome = outcomeOf(reply.error, reply.regainMs);
    if (outcome.status === 'retry') return { status: 'retry', reason: outcome.reason, afterMs: outcome.afterMs };
    if (outcome.status === 'unknown') return { status: 'retry', reason: outcome.reason };
    return { status: 'reconnect', reason: outcome.reason, code: outcome.code };
  }
  const token = string(reply.body['access_token']);
  if (!token) return { status: 'retry', reason: 'WhatsApp answered without a new token.' };
  const seconds = integer(reply.body['expires_in']);
  const expiresAt = seconds ? new Date(now.getTime() + seconds * 1000).toISOString() : undefined;
  return {
    status: 'refreshed',
    credentials: { accessToken: token, accessTokenExpiresAt: expiresAt ?? '' },
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}
