import type { ConnectedChannel, Credentials, HealthCheck, HealthReport } from '../../connector';
import type { CallMeta, MetaReply } from './meta.client';
import { repeatable } from './meta.errors';
import { id, string } from '../json';
import { readSubscriptions, subscriptionChecks } from './meta.subscription';
import { byInstagramLogin, debugToken, neededScopes, tokenFacts, type TokenFacts } from './meta.tokens';

const RECONNECT = 'Reconnect the channel: an admin logs in at Meta and allows the app again.';
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
    const message = `The access token is not valid any more${why}.`;
    return { name, state: 'problem', message, fix: RECONNECT, serious: true };
  }
  if (account.kind !== 'ok') {
    const outcome = repeatable(account);
    if (outcome.status === 'reconnect')
      return { name, state: 'problem', message: outcome.reason, fix: RECONNECT, serious: true };
    if (!facts) return { name, state: 'unknown', message: outcome.reason };
  }
  const data = facts?.dataAccessExpiresAt;
  if (data !== undefined && Date.parse(data) - now < SOON_MS)
    return { name, state: 'problem', message: `Access to the account’s data ends at ${data}.`, fix: RECONNECT };
  const until = facts ? (facts.expiresAt === undefined ? ' and does not end' : ` and ends at ${facts.expiresAt}`) : '';
  return { name, state: 'ok', message: `Meta accepts the access token${until}.` };
}

function scopesCheck(missing: readonly string[] | undefined): HealthCheck {
  const name = 'scopes';
  if (!missing) {
    const fix = 'Enter appId, or connect by logging in at Meta.';
    return { name, state: 'unknown', message: 'What the token may do is not known.', fix };
  }
  if (missing.length === 0) return { name, state: 'ok', message: 'The token has every permission needed.' };
  return { name, state: 'problem', message: `The token lacks ${missing.join(', ')}.`, fix: RECONNECT };
}

function accountCheck(account: MetaReply, channel: ConnectedChannel): HealthCheck {
  const name = 'account';
  if (account.kind !== 'ok') {
    const outcome = repeatable(account);
    if (outcome.status !== 'failed') return { name, state: 'unknown', message: outcome.reason };
    const fix = 'Check that the person who connected it still has a role on the account, then reconnect.';
    return { name, state: 'problem', message: outcome.reason, fix };
  }
  const who = id(account.body['user_id']) ?? id(account.body['id']);
  const named = string(account.body['username']) ?? string(account.body['name']) ?? channel.externalId;
  if (who === channel.externalId) return { name, state: 'ok', message: `The token speaks for ${named}.` };
  return { name, state: 'problem', message: 'The token belongs to another account.', fix: RECONNECT, serious: true };
}
