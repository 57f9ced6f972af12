import type { ConnectedChannel, Credentials, HealthCheck, HealthReport } from '../../connector';
import type { XClient, XReply } from './x.client';
import { ownRecord, xid } from './x.fields';
import { SCOPES } from './x.oauth';
import { eventTypes, polls } from './x.settings';
import { listSubscriptions, listWebhooks, type Listed, type XSubscription, type XWebhook } from './x.webhooks';

/** What the channel's side of X looks like: asked for once, judged by `report`. */
export interface Standing {
  me: XReply;
  webhooks?: Listed<XWebhook>;
  subscriptions?: Listed<XSubscription>;
}

export async function standingOf(
  client: XClient,
  channel: ConnectedChannel,
  credentials: Credentials,
): Promise<Standing> {
  const me = await client.call({ method: 'GET', path: ['users', 'me'] });
  if (polls(channel.settings) || !credentials['bearerToken']) return { me };
  const [webhooks, subscriptions] = await Promise.all([listWebhooks(client), listSubscriptions(client)]);
  return { me, webhooks, subscriptions };
}

export function report(
  client: XClient,
  channel: ConnectedChannel,
  credentials: Credentials,
  webhookUrl: string | null,
  standing: Standing,
): HealthReport {
  const granted = credentials['scopes']?.split(/\s+/).filter(Boolean);
  const missing = granted && SCOPES.filter(({ scope, required }) => required !== false && !granted.includes(scope));
  const checks = [
    ...tokenChecks(client, channel, credentials, standing.me),
    scopesCheck(missing?.map(({ scope }) => scope)),
    ...(polls(channel.settings) ? [] : pushChecks(client, channel, credentials, webhookUrl, standing)),
  ];
  const { refreshToken, accessTokenExpiresAt } = credentials;
  return {
    checks,
    ...(!refreshToken && accessTokenExpiresAt ? { tokenExpiresAt: accessTokenExpiresAt } : {}),
    ...(missing ? { missingScopes: missing.map(({ scope }) => scope) } : {}),
  };
}

const ok = (name: string, message: string): HealthCheck => ({ name, state: 'ok', message });
const unknown = (name: string, message: string): HealthCheck => ({ name, state: 'unknown', message });
const problem = (name: string, message: string, fix: string, serious = false): HealthCheck => ({
  name,
  state: 'problem',
  message,
  fix,
  ...(serious ? { serious } : {}),
});

const RECONNECT = 'Reconnect the channel: an admin logs in at X and allows the app again.';

function tokenChecks(client: XClient, channel: ConnectedChannel, credentials: Credentials, me: XReply): HealthCheck[] {
  if (me.kind === 'ok') {
    const account = xid(ownRecord(me.body, 'data'), 'id');
    const fits = account === channel.externalId;
    return [
      credentials['refreshToken']
        ? ok('token', 'X accepts the access token, and it can be renewed.')
        : problem(
            'token',
            'The access token ends after two hours and cannot be renewed.',
            'Connect again with the scope offline.access.',
          ),
      fits
        ? ok('account', 'The token belongs to this account.')
        : problem('account', 'The token belongs to another account.', RECONNECT, true),
    ];
  }
  const outcome = client.repeatable(me, 'app');
  if (outcome.status === 'reconnect') return [problem('token', outcome.reason, RECONNECT, true)];
  if (outcome.status === 'failed')
    return [problem('token', outcome.reason, 'Look at the app’s project and plan in X’s developer console.', true)];
  return [unknown('token', outcome.reason)];
}

function scopesCheck(missing: readonly string[] | undefined): HealthCheck {
  if (!missing) return unknown('scopes', 'X told no scopes for this token; they are known after connecting through X.');
  if (missing.length === 0) return ok('scopes', 'All scopes are granted.');
  return problem('scopes', `Not granted: ${missing.join(', ')}.`, RECONNECT);
}

function pushChecks(
  client: XClient,
  channel: ConnectedChannel,
  credentials: Credentials,
  webhookUrl: string | null,
  { webhooks, subscriptions }: Standing,
): HealthCheck[] {
  if (!credentials['appSecret'] || !credentials['bearerToken'])
    return [
      problem(
        'webhook',
        'The webhook needs the app’s consumer secret and its bearer token.',
        'Enter `appSecret` and `bearerToken`, or set `mode` to `poll`.',
      ),
    ];
  if (webhookUrl === null)
    return [problem('webhook', 'X can reach only a public https address.', 'Set PUBLIC_URL, or set `mode` to `poll`.')];
  const ours = webhooks?.status === 'listed' ? webhooks.items.find(({ url }) => url === webhookUrl)?.id : undefined;
  return [webhookCheck(client, webhookUrl, webhooks), ...subscriptionChecks(client, channel, subscriptions, ours)];
}

function webhookCheck(client: XClient, webhookUrl: string, webhooks: Listed<XWebhook> | undefined): HealthCheck {
  if (webhooks?.status !== 'listed') return notListed('webhook', client, webhooks);
  const webhook = webhooks.items.find(({ url }) => url === webhookUrl);
  if (!webhook) return problem('webhook', 'X does not know our webhook address.', 'Subscribe the channel again.');
  if (webhook.valid) return ok('webhook', 'X holds our webhook address to be valid.');
  return problem(
    'webhook',
    'X stopped calling our webhook address: a check of it failed.',
    'Subscribe the channel again.',
  );
}

function subscriptionChecks(
  client: XClient,
  channel: ConnectedChannel,
  subscriptions: Listed<XSubscription> | undefined,
  webhookId: string | undefined,
): HealthCheck[] {
  if (subscriptions?.status !== 'listed') return [notListed('subscription', client, subscriptions)];
  const missing = missingTypes(channel, subscriptions.items, webhookId);
  if (missing.length === 0) return [ok('subscription', 'All event types are subscribed.')];
  return [problem('subscription', `Not subscribed: ${missing.join(', ')}.`, 'Subscribe the channel again.')];
}

function notListed(name: string, client: XClient, listed: Listed<unknown> | undefined): HealthCheck {
  if (listed?.status !== 'not_listed') return unknown(name, 'It was not asked for.');
  const outcome = client.repeatable(listed.reply, 'app');
  // The app's own token does not go through renewing: an admin has to look at it.
  return outcome.status === 'retry'
    ? unknown(name, outcome.reason)
    : problem(name, `The app’s bearer token is refused: ${outcome.reason}`, 'Enter a valid `bearerToken` of the app.');
}

/**
 * Event types of which no subscription speaks for the account. `oauth.revoke` may be subscribed for all accounts at once;
 * a subscription that goes to another address than `webhookId` brings nothing here.
 */
export function missingTypes(
  { externalId, settings }: ConnectedChannel,
  subscriptions: readonly XSubscription[],
  webhookId: string | undefined,
): string[] {
  const have = new Set(
    subscriptions
      .filter((item) => item.webhookId === undefined || webhookId === undefined || item.webhookId === webhookId)
      .filter(
        ({ userId, eventType }) => userId === externalId || (eventType === 'oauth.revoke' && userId === undefined),
      )
      .map(({ eventType }) => eventType),
  );
  return eventTypes(settings).filter((type) => !have.has(type));
}
