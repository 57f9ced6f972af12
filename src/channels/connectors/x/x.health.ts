import { wordsOf } from '../../../refusals/refusal-words';
import type { Words } from '../../../text/words';
import type { ConnectedChannel, Credentials } from '../../channel';
import type { HealthCheck, HealthReport } from '../../health';
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

const ok = (name: string, message: Words): HealthCheck => ({ name, state: 'ok', message });
const unknown = (name: string, message: Words): HealthCheck => ({ name, state: 'unknown', message });
const problem = (name: string, message: Words, fix: Words, serious = false): HealthCheck => ({
  name,
  state: 'problem',
  message,
  fix,
  ...(serious ? { serious } : {}),
});

const RECONNECT = {
  fa: 'کانال را دوباره وصل کنید: یک مدیر در ایکس وارد شود و دوباره به برنامه اجازه دهد.',
  en: 'Reconnect the channel: an admin logs in at X and allows the app again.',
};

function tokenChecks(client: XClient, channel: ConnectedChannel, credentials: Credentials, me: XReply): HealthCheck[] {
  if (me.kind === 'ok') {
    const account = xid(ownRecord(me.body, 'data'), 'id');
    const fits = account === channel.externalId;
    return [
      credentials['refreshToken']
        ? ok('token', {
            fa: 'ایکس توکن دسترسی را می‌پذیرد و می‌توان تازه‌اش کرد.',
            en: 'X accepts the access token, and it can be renewed.',
          })
        : problem(
            'token',
            {
              fa: 'توکن دسترسی پس از دو ساعت پایان می‌یابد و تازه نمی‌شود.',
              en: 'The access token ends after two hours and cannot be renewed.',
            },
            { fa: 'با دسترسی offline.access دوباره وصل کنید.', en: 'Connect again with the scope offline.access.' },
          ),
      fits
        ? ok('account', { fa: 'توکن از آن همین حساب است.', en: 'The token belongs to this account.' })
        : problem(
            'account',
            { fa: 'توکن از آن حساب دیگری است.', en: 'The token belongs to another account.' },
            RECONNECT,
            true,
          ),
    ];
  }
  const outcome = client.repeatable(me, 'app');
  if (outcome.status === 'reconnect') return [problem('token', wordsOf(outcome.reason), RECONNECT, true)];
  if (outcome.status === 'failed')
    return [
      problem(
        'token',
        wordsOf(outcome.reason),
        {
          fa: 'پروژه و طرح برنامه را در کنسول توسعه‌دهندگان ایکس ببینید.',
          en: 'Look at the app’s project and plan in X’s developer console.',
        },
        true,
      ),
    ];
  return [unknown('token', wordsOf(outcome.reason))];
}

function scopesCheck(missing: readonly string[] | undefined): HealthCheck {
  if (!missing)
    return unknown('scopes', {
      fa: 'ایکس دسترسی‌های این توکن را نگفت؛ پس از اتصال از راه ایکس دانسته می‌شود.',
      en: 'X told no scopes for this token; they are known after connecting through X.',
    });
  if (missing.length === 0) return ok('scopes', { fa: 'همهٔ دسترسی‌ها داده شده است.', en: 'All scopes are granted.' });
  return problem(
    'scopes',
    { fa: `داده نشده: ${missing.join('، ')}.`, en: `Not granted: ${missing.join(', ')}.` },
    RECONNECT,
  );
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
        {
          fa: 'وب‌هوک به رمز مصرف‌کننده و توکن bearer برنامه نیاز دارد.',
          en: 'The webhook needs the app’s consumer secret and its bearer token.',
        },
        {
          fa: '‏`appSecret` و `bearerToken` را وارد کنید یا `mode` را `poll` بگذارید.',
          en: 'Enter `appSecret` and `bearerToken`, or set `mode` to `poll`.',
        },
      ),
    ];
  if (webhookUrl === null)
    return [
      problem(
        'webhook',
        { fa: 'ایکس تنها به نشانی عمومی https دسترسی دارد.', en: 'X can reach only a public https address.' },
        {
          fa: '‏PUBLIC_URL را تنظیم کنید یا `mode` را `poll` بگذارید.',
          en: 'Set PUBLIC_URL, or set `mode` to `poll`.',
        },
      ),
    ];
  const ours = webhooks?.status === 'listed' ? webhooks.items.find(({ url }) => url === webhookUrl)?.id : undefined;
  return [webhookCheck(client, webhookUrl, webhooks), ...subscriptionChecks(client, channel, subscriptions, ours)];
}

function webhookCheck(client: XClient, webhookUrl: string, webhooks: Listed<XWebhook> | undefined): HealthCheck {
  if (webhooks?.status !== 'listed') return notListed('webhook', client, webhooks);
  const webhook = webhooks.items.find(({ url }) => url === webhookUrl);
  if (!webhook)
    return problem(
      'webhook',
      { fa: 'ایکس نشانی وب‌هوک ما را نمی‌شناسد.', en: 'X does not know our webhook address.' },
      { fa: 'کانال را دوباره در شبکه راه‌اندازی کنید.', en: 'Subscribe the channel again.' },
    );
  if (webhook.valid)
    return ok('webhook', {
      fa: 'ایکس نشانی وب‌هوک ما را معتبر می‌داند.',
      en: 'X holds our webhook address to be valid.',
    });
  return problem(
    'webhook',
    {
      fa: 'ایکس دیگر نشانی وب‌هوک ما را صدا نمی‌زند: بررسی آن ناموفق بود.',
      en: 'X stopped calling our webhook address: a check of it failed.',
    },
    { fa: 'کانال را دوباره در شبکه راه‌اندازی کنید.', en: 'Subscribe the channel again.' },
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
  if (missing.length === 0)
    return [
      ok('subscription', { fa: 'اشتراک همهٔ گونه‌های رویداد برقرار است.', en: 'All event types are subscribed.' }),
    ];
  return [
    problem(
      'subscription',
      { fa: `بدون اشتراک: ${missing.join('، ')}.`, en: `Not subscribed: ${missing.join(', ')}.` },
      { fa: 'کانال را دوباره در شبکه راه‌اندازی کنید.', en: 'Subscribe the channel again.' },
    ),
  ];
}

function notListed(name: string, client: XClient, listed: Listed<unknown> | undefined): HealthCheck {
  if (listed?.status !== 'not_listed') return unknown(name, { fa: 'پرسیده نشد.', en: 'It was not asked for.' });
  const outcome = client.repeatable(listed.reply, 'app');
  // The app's own token does not go through renewing: an admin has to look at it.
  return outcome.status === 'retry'
    ? unknown(name, wordsOf(outcome.reason))
    : problem(
        name,
        {
          fa: `توکن bearer برنامه پذیرفته نمی‌شود. ${wordsOf(outcome.reason).fa}`,
          en: `The app’s bearer token is refused: ${outcome.reason}`,
        },
        { fa: 'یک `bearerToken` معتبر از برنامه وارد کنید.', en: 'Enter a valid `bearerToken` of the app.' },
      );
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
