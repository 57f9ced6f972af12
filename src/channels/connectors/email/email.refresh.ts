import type { Credentials } from '../../channel';
import type { RefreshOutcome } from '../../credentials';
import { call } from '../../egress';
import { integer, record, string } from '../json';
import type { EmailSettings } from './email.settings';

/**
 * Renews an OAuth access token (RFC 6749 §6), as Google and Microsoft both take it.
 * @param until the token must live at least this long
 */
export async function refreshToken(
  settings: EmailSettings,
  credentials: Credentials,
  until: Date,
  now: Date,
): Promise<RefreshOutcome> {
  const { refreshToken: token, clientId, clientSecret, accessTokenExpiresAt } = credentials;
  const { tokenUrl, timeoutMs } = settings;
  if (!token || !clientId || tokenUrl === undefined) return { status: 'not_needed' };
  if (Date.parse(accessTokenExpiresAt ?? '') > until.getTime()) return { status: 'not_needed' };
  const answer = await call(credentials, {
    method: 'POST',
    url: tokenUrl,
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: token,
      client_id: clientId,
      ...(clientSecret ? { client_secret: clientSecret } : {}),
    }),
    timeoutMs,
  });
  if (answer.kind === 'no_answer') return { status: 'retry', reason: answer.reason };
  const facts = record(answer.json);
  const accessToken = string(facts?.['access_token']);
  if (answer.ok && accessToken) {
    const lifeMs = (integer(facts?.['expires_in']) ?? 3600) * 1000;
    const expiresAt = new Date(now.getTime() + lifeMs).toISOString();
    const next = string(facts?.['refresh_token']);
    return {
      status: 'refreshed',
      credentials: { accessToken, accessTokenExpiresAt: expiresAt, ...(next ? { refreshToken: next } : {}) },
      expiresAt,
    };
  }
  if (answer.status >= 500 || answer.status === 429) {
    const seconds = integer(answer.headers.get('retry-after') ?? undefined);
    return {
      status: 'retry',
      reason: `The token server answers ${answer.status}.`,
      ...(seconds === undefined ? {} : { afterMs: seconds * 1000 }),
    };
  }
  const code = (string(facts?.['error']) ?? `http_${answer.status}`).slice(0, 60);
  return { status: 'reconnect', code, reason: 'The provider no longer renews the access. Connect the mailbox again.' };
}
