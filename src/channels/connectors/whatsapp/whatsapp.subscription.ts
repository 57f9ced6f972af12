import { wordsOf } from '../../../refusals/refusal-words';
import type { ConnectedChannel, Credentials } from '../../channel';
import type { HealthCheck } from '../../health';
import { id, list, record, string } from '../json';
import { whyNot } from '../undone';
import type { GraphClient, GraphReply } from './whatsapp.client';
import { outcomeOf } from './whatsapp.errors';
import { WHATSAPP_OBJECT } from './whatsapp.parser';
import { readSettings } from './whatsapp.settings';

/** What stands at Meta: apps subscribed to the business account, and where the app's webhook goes. */
export interface Subscriptions {
  /** Undefined when nobody could be asked: no `wabaId`. */
  account?: GraphReply;
  /** Undefined without `appId`. */
  app?: GraphReply;
}

export async function readSubscriptions(
  client: GraphClient,
  wabaId: string | undefined,
  appId: string | undefined,
): Promise<Subscriptions> {
  const [account, app] = await Promise.all([
    wabaId ? client.call({ method: 'GET', path: [wabaId, 'subscribed_apps'] }) : undefined,
    appId ? client.call({ method: 'GET', path: [appId, 'subscriptions'], as: 'app' }) : undefined,
  ]);
  return { account, app };
}

export function subscriptionChecks(
  subscriptions: Subscriptions,
  appId: string | undefined,
  webhookUrl: string | null,
): HealthCheck[] {
  return [accountCheck(subscriptions.account, appId), webhookCheck(subscriptions, appId, webhookUrl)];
}

const SET_UP = {
  fa: 'کانال را دوباره در شبکه راه‌اندازی کنید؛ اشتراک تازه می‌شود.',
  en: 'Set the channel up again; the subscription is then renewed.',
};

function accountCheck(account: GraphReply | undefined, appId: string | undefined): HealthCheck {
  const name = 'subscription';
  if (!account) {
    const fix = {
      fa: 'شناسهٔ حساب واتساپ بیزنس (wabaId) را در تنظیمات وارد کنید.',
      en: 'Enter the WhatsApp Business account’s id (wabaId) in the settings.',
    };
    return {
      name,
      state: 'unknown',
      message: {
        fa: 'دانسته نیست شماره از آن کدام حساب است.',
        en: 'Which account the number belongs to is not known.',
      },
      fix,
    };
  }
  const problem = unread(name, account);
  if (problem || account.kind !== 'ok') return problem ?? { name, state: 'unknown', message: wordsOf('') };
  const apps = subscribedApps(account);
  const ours = appId === undefined ? apps[0] : apps.find((app) => app.id === appId);
  if (ours)
    return {
      name,
      state: 'ok',
      message: { fa: 'حساب به برنامه گزارش می‌دهد.', en: 'The account reports to the app.' },
    };
  return {
    name,
    state: 'problem',
    message: {
      fa: 'حساب به برنامه گزارش نمی‌دهد: چیزی نمی‌رسد.',
      en: 'The account does not report to the app: nothing arrives.',
    },
    fix: SET_UP,
  };
}

function webhookCheck(
  { account, app }: Subscriptions,
  appId: string | undefined,
  webhookUrl: string | null,
): HealthCheck {
  const name = 'webhook';
  if (webhookUrl === null) {
    const fix = {
      fa: '‏PUBLIC_URL را نشانی اینترنتی همین نصب بگذارید.',
      en: 'Set PUBLIC_URL to the address this installation has on the internet.',
    };
    return {
      name,
      state: 'unknown',
      message: { fa: 'این نصب نشانی خودش را نمی‌داند.', en: 'This installation does not know its own address.' },
      fix,
    };
  }
  const apps = account?.kind === 'ok' ? subscribedApps(account) : [];
  const override = apps.find((one) => appId === undefined || one.id === appId)?.override;
  if (override !== undefined && isOurs(override, webhookUrl))
    return {
      name,
      state: 'ok',
      message: {
        fa: 'پیام‌های حساب به اینجا می‌رسند، جدا از وب‌هوک برنامه.',
        en: 'The account’s messages are sent here, past the app’s own webhook.',
      },
    };
  if (!app) {
    const fix = {
      fa: 'برای بررسی، appId را وارد کنید یا نشانی را در داشبورد برنامه مقایسه کنید.',
      en: 'Enter appId to have this checked, or compare the address in the app’s dashboard.',
    };
    return {
      name,
      state: 'unknown',
      message: {
        fa: 'بدون appId نمی‌توان پرسید وب‌هوک برنامه کجا می‌رود.',
        en: 'Where the app’s webhook goes cannot be asked without appId.',
      },
      fix,
    };
  }
  const problem = unread(name, app);
  if (problem || app.kind !== 'ok') return problem ?? { name, state: 'unknown', message: wordsOf('') };
  const webhook = appWebhook(app);
  if (!webhook)
    return {
      name,
      state: 'problem',
      message: { fa: 'برنامه برای واتساپ وب‌هوکی ندارد.', en: 'The app has no webhook for WhatsApp.' },
      fix: SET_UP,
    };
  if (!isOurs(webhook.url, webhookUrl))
    return {
      name,
      state: 'problem',
      message: {
        fa: `وب‌هوک برنامه به ${hostOf(webhook.url)} می‌رود.`,
        en: `The app’s webhook goes to ${hostOf(webhook.url)}.`,
      },
      fix: SET_UP,
    };
  if (!webhook.active || !webhook.fields.includes('messages'))
    return {
      name,
      state: 'problem',
      message: { fa: 'وب‌هوک برنامه پیام‌ها را گزارش نمی‌دهد.', en: 'The app’s webhook does not report messages.' },
      fix: SET_UP,
    };
  return { name, state: 'ok', message: { fa: 'وب‌هوک برنامه به اینجا می‌رسد.', en: 'The app’s webhook comes here.' } };
}

function unread(name: string, reply: GraphReply): HealthCheck | undefined {
  if (reply.kind === 'ok') return undefined;
  const reason = reply.kind === 'no_answer' ? reply.reason : outcomeOf(reply.error, reply.regainMs).reason;
  const message = wordsOf(reason);
  return { name, state: 'unknown', message };
}

type Read = Extract<GraphReply, { kind: 'ok' }>;

function subscribedApps({ body }: Read): { id: string | undefined; override: string | undefined }[] {
  return list(body['data']).map((value) => {
    const item = record(value);
    return {
      id: id(record(item?.['whatsapp_business_api_data'])?.['id']) ?? id(item?.['id']),
      override: string(item?.['override_callback_uri']),
    };
  });
}

function appWebhook({ body }: Read): { url: string; active: boolean; fields: string[] } | undefined {
  const item = list(body['data'])
    .map(record)
    .find((one) => one?.['object'] === WHATSAPP_OBJECT);
  const url = string(item?.['callback_url']);
  if (!item || url === undefined) return undefined;
  const fields = list(item['fields']).map((field) => string(record(field)?.['name']) ?? string(field) ?? '');
  return { url, active: item['active'] !== false, fields };
}

/** The common address serves every channel, a channel's own (one step below it) only that one. */
function isOurs(address: string, webhookUrl: string): boolean {
  const common = `${address.replace(/\/+$/, '')}/`;
  return address === webhookUrl || (webhookUrl.startsWith(common) && !webhookUrl.slice(common.length).includes('/'));
}

const hostOf = (address: string) => (URL.canParse(address) ? new URL(address).host : 'an unknown address');

/**
 * Sets up both layers: the app's webhook, and the account's subscription to the app. A webhook of the app that belongs to
 * another program is left alone; the account's messages are then led here by an override.
 * Source: webhooks "Webhook overrides", `POST /{waba-id}/subscribed_apps`.
 * @returns a check for every step that did not work
 */
export async function setUpSubscriptions(
  client: GraphClient,
  channel: ConnectedChannel,
  credentials: Credentials,
  webhookUrl: string | null,
): Promise<HealthCheck[]> {
  const settings = readSettings(channel.settings);
  const { appId, verifyToken = '' } = credentials;
  const { app } = await readSubscriptions(client, undefined, appId);
  const webhook = app?.kind === 'ok' ? appWebhook(app) : undefined;
  const foreign = webhookUrl !== null && webhook !== undefined && !isOurs(webhook.url, webhookUrl);
  const problems: HealthCheck[] = [];
  if (appId && app?.kind === 'ok' && webhookUrl !== null && verifyToken !== '' && !foreign) {
    const fields = [...new Set([...(webhook?.fields ?? []), ...settings.webhookFields])].filter(Boolean);
    const body = {
      object: WHATSAPP_OBJECT,
      callback_url: webhook?.url ?? webhookUrl,
      fields: fields.join(','),
      verify_token: verifyToken,
      include_values: 'true',
    };
    const complete = webhook?.active && fields.every((field) => webhook.fields.includes(field));
    if (!complete)
      problems.push(
        ...failure('webhook', await client.call({ method: 'POST', path: [appId, 'subscriptions'], body, as: 'app' })),
      );
  }
  if (settings.wabaId === undefined) return problems;
  const override = foreign && settings.overrideWebhook && verifyToken !== '';
  const body = override ? { override_callback_uri: webhookUrl, verify_token: verifyToken } : {};
  const path = [settings.wabaId, 'subscribed_apps'];
  problems.push(...failure('subscription', await client.call({ method: 'POST', path, body })));
  return problems;
}

function failure(name: string, reply: GraphReply): HealthCheck[] {
  if (reply.kind === 'ok') return [];
  const reason = reply.kind === 'no_answer' ? reply.reason : outcomeOf(reply.error, reply.regainMs).reason;
  const message = wordsOf(reason);
  return [
    {
      name,
      state: 'problem',
      message,
      fix: {
        fa: 'آنچه متا نام می‌برد درست کنید، سپس کانال را دوباره راه‌اندازی کنید.',
        en: 'Repair what Meta names, then set the channel up again.',
      },
    },
  ];
}

/** The number's registration for the Cloud API, where it has none and the PIN is known. */
export async function register(client: GraphClient, phoneNumberId: string, pin: string): Promise<HealthCheck[]> {
  const body = { messaging_product: 'whatsapp', pin };
  return failure('account', await client.call({ method: 'POST', path: [phoneNumberId, 'register'], body }));
}

/** Ends the account's subscription, unless other numbers of it still rely on the same one. */
export async function endSubscription(client: GraphClient, wabaId: string | undefined): Promise<string | null> {
  if (wabaId === undefined) return null;
  const numbers = await client.call({ method: 'GET', path: [wabaId, 'phone_numbers'], query: { fields: 'id' } });
  if (numbers.kind !== 'ok') return whyNot(numbers);
  if (list(numbers.body['data']).length > 1) return null;
  return whyNot(await client.call({ method: 'DELETE', path: [wabaId, 'subscribed_apps'] }));
}
