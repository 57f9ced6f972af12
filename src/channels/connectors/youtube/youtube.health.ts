import { wordsOf } from '../../../refusals/refusal-words';
import type { ConnectedChannel, Credentials } from '../../channel';
import type { HealthCheck, HealthReport } from '../../health';
import { compact, id, integer, record, string } from '../json';
import { itemsIn, type YouTubeClient } from './youtube.client';
import { outcomeOf } from './youtube.errors';
import { missingScopes } from './youtube.oauth';

/** Asks whether the token still opens this channel, and what it allows. Costs one quota unit. */
export async function youTubeHealth(
  client: YouTubeClient,
  channel: ConnectedChannel,
  { accessToken = '', accessTokenExpiresAt, refreshToken, refreshTokenExpiresAt }: Credentials,
  now: number,
): Promise<HealthReport> {
  const checks: HealthCheck[] = [];
  const call = { method: 'GET', path: 'channels', query: { part: 'id', mine: 'true', maxResults: '50' } } as const;
  const answer = await client.call(call);
  if (answer.kind === 'answer' && answer.ok) {
    checks.push({
      name: 'token',
      state: 'ok',
      message: { fa: 'توکن دسترسی کار می‌کند.', en: 'The access token works.' },
    });
    const owned = itemsIn(answer.json).some((item) => id(item['id']) === channel.externalId);
    checks.push(
      owned
        ? {
            name: 'account',
            state: 'ok',
            message: { fa: 'حساب وصل‌شده صاحب کانال است.', en: 'The connected account owns the channel.' },
          }
        : {
            name: 'account',
            state: 'problem',
            message: {
              fa: 'حساب وصل‌شده صاحب این کانال نیست.',
              en: 'The connected account does not own this channel.',
            },
            fix: {
              fa: 'دوباره وصل کنید و در صفحهٔ اجازهٔ گوگل همین کانال را برگزینید.',
              en: 'Connect again and pick this channel at Google’s consent page.',
            },
            serious: true,
          },
    );
  } else checks.push(refusedCheck(outcomeOf(answer, now)));
  if (!refreshToken)
    checks.push({
      name: 'token',
      state: 'problem',
      message: {
        fa: 'توکن تازه‌سازی نیست: دسترسی تا یک ساعت دیگر پایان می‌یابد.',
        en: 'There is no refresh token: access ends within the hour.',
      },
      fix: { fa: 'کانال را دوباره وصل کنید.', en: 'Connect the channel again.' },
      serious: true,
    });

  const info = await client.login('/tokeninfo', { access_token: accessToken });
  const facts = info.kind === 'answer' && info.ok ? record(info.json) : undefined;
  const seconds = integer(facts?.['exp']);
  // What renews itself every hour ends for nobody; what it is renewed with may, and a token that does not renew does.
  const endsAt = seconds === undefined ? accessTokenExpiresAt : new Date(seconds * 1000).toISOString();
  const tokenExpiresAt = refreshToken ? refreshTokenExpiresAt || undefined : endsAt;
  if (!facts) return compact({ checks, tokenExpiresAt });
  const missing = missingScopes((string(facts['scope']) ?? '').split(' '));
  checks.push(
    missing.length === 0
      ? {
          name: 'scopes',
          state: 'ok',
          message: { fa: 'همهٔ دسترسی‌های لازم داده شده است.', en: 'Everything we ask for is granted.' },
        }
      : {
          name: 'scopes',
          state: 'problem',
          message: { fa: `داده نشده: ${missing.join('، ')}.`, en: `Not granted: ${missing.join(', ')}.` },
          fix: {
            fa: 'کانال را دوباره وصل کنید و همه را اجازه دهید.',
            en: 'Connect the channel again and allow everything.',
          },
        },
  );
  return compact({ checks, tokenExpiresAt, missingScopes: missing });
}

function refusedCheck(outcome: ReturnType<typeof outcomeOf>): HealthCheck {
  if (outcome.status === 'retry' && outcome.code === 'quota_exceeded')
    return {
      name: 'rate',
      state: 'problem',
      message: wordsOf(outcome.reason),
      fix: {
        fa: 'از گوگل سهمیهٔ بیشتر بخواهید، یا سهم‌ها را در تنظیمات کانال کم کنید.',
        en: 'Ask Google for more quota, or lower the shares in the channel’s settings.',
      },
    };
  const definite = outcome.status === 'failed' || outcome.status === 'reconnect';
  return {
    name: 'token',
    state: definite ? 'problem' : 'unknown',
    message: wordsOf(outcome.reason),
    ...(definite
      ? {
          fix: {
            fa: 'کانال را با حسابی که صاحب آن است دوباره وصل کنید.',
            en: 'Connect the channel again with the account that owns it.',
          },
          serious: true,
        }
      : {}),
  };
}
