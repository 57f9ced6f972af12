import { wordsOf } from '../../../refusals/refusal-words';
import type { Words } from '../../../text/words';
import type { ConnectedChannel, Credentials } from '../../channel';
import type { HealthCheck, HealthReport } from '../../health';
import type { CallMeta, MetaReply } from './meta.client';
import { repeatable } from './meta.errors';
import { grantedScopes } from '../granted-scopes';
import { id, string } from '../json';
import { readSubscriptions, subscriptionChecks } from './meta.subscription';
import { byInstagramLogin, debugToken, neededScopes, tokenFacts, type TokenFacts } from './meta.tokens';

const RECONNECT = {
  fa: 'کانال را دوباره وصل کنید: یک مدیر در متا وارد شود و دوباره به برنامه اجازه دهد.',
  en: 'Reconnect the channel: an admin logs in at Meta and allows the app again.',
};
const SOON_MS = 7 * 86_400_000;

/** Looks at every layer an event or a reply passes: token, permissions, account, subscriptions, the app's webhook. */
export async function healthOf(
  call: CallMeta,
  channel: ConnectedChannel,
  credentials: Credentials,
  webhookUrl: string | null,
  now: number,
): Promise<HealthReport> {
  const { appId, appSecret, accessToken = '', accessTokenExpiresAt, scopes } = credentials;
  // Only Facebook's apps have a token of their own to ask with.
  const inspects = Boolean(appId) && Boolean(appSecret) && !byInstagramLogin(channel);
  const [account, token, subscriptions] = await Promise.all([
    call(accountCall(channel)),
    inspects ? debugToken(call, accessToken) : undefined,
    readSubscriptions(call, channel, credentials),
  ]);
  const facts = token?.kind === 'ok' ? tokenFacts(token.body) : undefined;
  const granted = facts?.valid ? facts.scopes : scopes?.split(/\s+/).filter(Boolean);
  const missing = granted && neededScopes(channel.kind, byInstagramLogin(channel)).filter((s) => !granted.includes(s));
  const expiresAt = facts?.expiresAt ?? (accessTokenExpiresAt || undefined);
  return {
    checks: [
      tokenCheck(account, facts, now),
      scopesCheck(missing),
      accountCheck(account, channel),
      ...subscriptionChecks(subscriptions, channel, credentials, webhookUrl),
    ],
    ...(expiresAt === undefined ? {} : { tokenExpiresAt: expiresAt }),
    ...(missing && missing.length > 0 ? { missingScopes: missing } : {}),
  };
}

/** By Instagram Login the account's plain `id` is the app's own name for it; webhooks carry `user_id`. */
function accountCall(channel: ConnectedChannel) {
  const login = byInstagramLogin(channel);
  const fields = login ? 'user_id,username' : channel.kind === 'facebook' ? 'id,name' : 'id,username';
  return { method: 'GET' as const, path: [login ? 'me' : channel.externalId], query: { fields } };
}

function tokenCheck(account: MetaReply, facts: TokenFacts | undefined, now: number): HealthCheck {
  const name = 'token';
  if (facts && !facts.valid) {
    const why = facts.problem === undefined ? '' : ` (${facts.problem})`;
    const message = {
      fa: `توکن دسترسی دیگر معتبر نیست${why}.`,
      en: `The access token is not valid any more${why}.`,
    };
    return { name, state: 'problem', message, fix: RECONNECT, serious: true };
  }
  if (account.kind !== 'ok') {
    const outcome = repeatable(account);
    if (outcome.status === 'reconnect')
      return { name, state: 'problem', message: wordsOf(outcome.reason), fix: RECONNECT, serious: true };
    if (!facts) return { name, state: 'unknown', message: wordsOf(outcome.reason) };
  }
  const data = facts?.dataAccessExpiresAt;
  if (data !== undefined && Date.parse(data) - now < SOON_MS)
    return {
      name,
      state: 'problem',
      message: {
        fa: `دسترسی به داده‌های حساب در ${data} پایان می‌یابد.`,
        en: `Access to the account’s data ends at ${data}.`,
      },
      fix: RECONNECT,
    };
  return { name, state: 'ok', message: accepted(facts) };
}

function accepted(facts: TokenFacts | undefined): Words {
  if (!facts) return { fa: 'متا توکن دسترسی را می‌پذیرد.', en: 'Meta accepts the access token.' };
  if (facts.expiresAt === undefined)
    return {
      fa: 'متا توکن دسترسی را می‌پذیرد؛ توکن پایانی ندارد.',
      en: 'Meta accepts the access token, and it does not end.',
    };
  return {
    fa: `متا توکن دسترسی را می‌پذیرد؛ توکن در ${facts.expiresAt} پایان می‌یابد.`,
    en: `Meta accepts the access token, and it ends at ${facts.expiresAt}.`,
  };
}

function scopesCheck(missing: readonly string[] | undefined): HealthCheck {
  if (missing) return grantedScopes(missing, RECONNECT);
  const fix = {
    fa: '‏appId را وارد کنید یا با ورود به متا وصل شوید.',
    en: 'Enter appId, or connect by logging in at Meta.',
  };
  return {
    name: 'scopes',
    state: 'unknown',
    message: { fa: 'دانسته نیست توکن چه دسترسی‌هایی دارد.', en: 'What the token may do is not known.' },
    fix,
  };
}

function accountCheck(account: MetaReply, channel: ConnectedChannel): HealthCheck {
  const name = 'account';
  if (account.kind !== 'ok') {
    const outcome = repeatable(account);
    if (outcome.status !== 'failed') return { name, state: 'unknown', message: wordsOf(outcome.reason) };
    const fix = {
      fa: 'ببینید کسی که وصلش کرد هنوز در حساب نقشی دارد، سپس دوباره وصل کنید.',
      en: 'Check that the person who connected it still has a role on the account, then reconnect.',
    };
    return { name, state: 'problem', message: wordsOf(outcome.reason), fix };
  }
  const who = id(account.body['user_id']) ?? id(account.body['id']);
  const named = string(account.body['username']) ?? string(account.body['name']) ?? channel.externalId;
  if (who === channel.externalId)
    return { name, state: 'ok', message: { fa: `توکن از آن ${named} است.`, en: `The token speaks for ${named}.` } };
  return {
    name,
    state: 'problem',
    message: { fa: 'توکن از آن حساب دیگری است.', en: 'The token belongs to another account.' },
    fix: RECONNECT,
    serious: true,
  };
}
