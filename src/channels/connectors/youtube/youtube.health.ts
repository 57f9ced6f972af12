import type { ConnectedChannel, Credentials, HealthCheck, HealthReport } from '../../connector';
import { compact, id, integer, record, string } from '../json';
import { itemsIn, type YouTubeClient } from './youtube.client';
import { outcomeOf } from './youtube.errors';
import { missingScopes } from './youtube.oauth';

/** Asks whether the token still opens this channel, and what it allows. Costs one quota unit. */
export async function youTubeHealth(
  client: YouTubeClient,
  channel: ConnectedChannel,
  { accessToken = '', accessTokenExpiresAt, refreshToken }: Credentials,
  now: number,
): Promise<HealthReport> {
  const checks: HealthCheck[] = [];
  const call = { method: 'GET', path: 'channels', query: { part: 'id', mine: 'true', maxResults: '50' } } as const;
  const answer = await client.call(call);
  if (answer.kind === 'answer' && answer.ok) {
    checks.push({ name: 'token', state: 'ok', message: 'The access token works.' });
    const owned = itemsIn(answer.json).some((item) => id(item['id']) === channel.externalId);
    checks.push(
      owned
        ? { name: 'account', state: 'ok', message: 'The connected account owns the channel.' }
        : {
            name: 'account',
            state: 'problem',
            message: 'The connected account does not own this channel.',
            fix: 'Connect again and pick this channel at Google’s consent page.',
            serious: true,
          },
    );
  } else checks.push(refusedCheck(outcomeOf(answer, now)));
  if (!refreshToken)
    checks.push({
      name: 'token',
      state: 'problem',
      message: 'There is no refresh token: access ends within the hour.',
      fix: 'Connect the channel again.',
      serious: true,
    });

  const info = await client.login('/tokeninfo', { access_token: accessToken });
  const facts = info.kind === 'answer' && info.ok ? record(info.json) : undefined;
  const seconds = integer(facts?.['exp']);
  const tokenExpiresAt = seconds === undefined ? accessTokenExpiresAt : new Date(seconds * 1000).toISOString();
  if (!facts) return compact({ checks, tokenExpiresAt });
  const missing = missingScopes((string(facts['scope']) ?? '').split(' '));
  checks.push(
    missing.length === 0
      ? { name: 'scopes', state: 'ok', message: 'Everything we ask for is granted.' }
      : {
          name: 'scopes',
          state: 'problem',
          message: `Not granted: ${missing.join(', ')}.`,
          fix: 'Connect the channel again and allow everything.',
        },
  );
  return compact({ checks, tokenExpiresAt, missingScopes: missing });
}

function refusedCheck(outcome: ReturnType<typeof outcomeOf>): HealthCheck {
  if (outcome.status === 'retry' && outcome.code === 'quota_exceeded')
    return {
      name: 'rate',
      state: 'problem',
      message: outcome.reason,
      fix: 'Ask Google for more quota, or lower the shares in the channel’s settings.',
    };
  const definite = outcome.status === 'failed' || outcome.status === 'reconnect';
  return {
    name: 'token',
    state: definite ? 'problem' : 'unknown',
    message: outcome.reason,
    ...(definite ? { fix: 'Connect the channel again with the account that owns it.', serious: true } : {}),
  };
}
