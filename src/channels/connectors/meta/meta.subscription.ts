import { wordsOf } from '../../../refusals/refusal-words';
import { joined, type Words } from '../../../text/words';
import type { ConnectedChannel, Credentials } from '../../channel';
import type { HealthCheck } from '../../health';
import type { CallMeta, MetaReply } from './meta.client';
import { repeatable } from './meta.errors';
import { id, list, record, string } from '../json';
import { whyNot } from '../undone';
import { webhookFields } from './meta.settings';
import { byInstagramLogin } from './meta.tokens';

/** An object that must report to the app, and what. */
interface Layer {
  node: string;
  called: Words;
  fields: readonly string[];
}

/** What stands at Meta about a channel's webhooks. */
export interface Subscriptions {
  layers: readonly { layer: Layer; reply: MetaReply }[];
  /** The app's own webhooks; undefined when nobody could be asked. */
  app?: MetaReply;
}

const SET_UP = {
  fa: 'کانال را دوباره در شبکه راه‌اندازی کنید؛ اشتراک تازه می‌شود.',
  en: 'Set the channel up again; the subscription is then renewed.',
};

/**
 * A Page reports itself. An Instagram account connected through its Page needs both: the account for comments, the Page
 * for direct messages. Instagram's fields on the Page's edge are refused (100), so each has its own.
 */
function layersOf(channel: ConnectedChannel): Layer[] {
  const { externalId, kind, settings } = channel;
  const fields = webhookFields(channel);
  if (kind === 'facebook') return [{ node: externalId, called: { fa: 'صفحه', en: 'The Page' }, fields }];
  const account = { node: externalId, called: { fa: 'حساب اینستاگرام', en: 'The Instagram account' }, fields };
  const pageId = byInstagramLogin(channel) ? undefined : string(settings['pageId']);
  return pageId
    ? [account, { node: pageId, called: { fa: 'صفحهٔ آن', en: 'Its Page' }, fields: ['messages'] }]
    : [account];
}

/** The app's webhooks can be asked for with a token of the app, which Instagram's own apps have none of. */
const canAskApp = (channel: ConnectedChannel, { appId, appSecret }: Credentials): boolean =>
  !byInstagramLogin(channel) && Boolean(appId) && Boolean(appSecret);

export async function readSubscriptions(
  call: CallMeta,
  channel: ConnectedChannel,
  credentials: Credentials,
): Promise<Subscriptions> {
  const [layers, app] = await Promise.all([
    Promise.all(
      layersOf(channel).map(async (layer) => ({
        layer,
        reply: await call({ method: 'GET', path: [layer.node, 'subscribed_apps'] }),
      })),
    ),
    canAskApp(channel, credentials)
      ? call({ method: 'GET', path: [credentials['appId'] ?? '', 'subscriptions'], as: 'app' })
      : undefined,
  ]);
  return { layers, ...(app ? { app } : {}) };
}

export function subscriptionChecks(
  { layers, app }: Subscriptions,
  channel: ConnectedChannel,
  credentials: Credentials,
  webhookUrl: string | null,
): HealthCheck[] {
  const each = layers.map(({ layer, reply }) => layerCheck(layer, reply, credentials['appId']));
  const worst = each.find(({ state }) => state === 'problem') ?? each.find(({ state }) => state === 'unknown');
  const all: HealthCheck = { name: 'subscription', state: 'ok', message: joined(each.map(({ message }) => message)) };
  return [worst ?? all, webhookCheck(app, channel, webhookUrl)];
}

function layerCheck({ called, fields }: Layer, reply: MetaReply, appId: string | undefined): HealthCheck {
  const name = 'subscription';
  if (reply.kind !== 'ok') return { name, state: 'unknown', message: wordsOf(repeatable(reply).reason) };
  const have = subscribedFields(reply, appId);
  if (!have)
    return {
      name,
      state: 'problem',
      message: {
        fa: `${called.fa} به برنامه گزارش نمی‌دهد: چیزی نمی‌رسد.`,
        en: `${called.en} does not report to the app: nothing arrives.`,
      },
      fix: SET_UP,
    };
  const missing = fields.filter((field) => !have.includes(field));
  if (missing.length === 0)
    return {
      name,
      state: 'ok',
      message: { fa: `${called.fa} به برنامه گزارش می‌دهد.`, en: `${called.en} reports to the app.` },
    };
  return {
    name,
    state: 'problem',
    message: {
      fa: `${called.fa} این‌ها را گزارش نمی‌دهد: ${missing.join('، ')}.`,
      en: `${called.en} does not report ${missing.join(', ')}.`,
    },
    fix: SET_UP,
  };
}

/** Fields our app is subscribed to; undefined when it is not subscribed at all. */
function subscribedFields(reply: MetaReply, appId: string | undefined): string[] | undefined {
  if (reply.kind !== 'ok') return undefined;
  const apps = list(reply.body['data']).map(record);
  const ours = appId ? apps.find((app) => id(app?.['id']) === appId) : apps[0];
  return ours && fieldNames(ours['subscribed_fields']);
}

/** Names, or records with a name: both are printed. */
const fieldNames = (value: unknown): string[] =>
  (Array.isArray(value) ? (value as unknown[]) : []).flatMap((field) => {
    const name = string(record(field)?.['name']) ?? string(field);
    return name === undefined ? [] : [name];
  });

interface AppWebhook {
  url: string;
  active: boolean;
  fields: string[];
}

const objectOf = ({ kind }: ConnectedChannel) => (kind === 'facebook' ? 'page' : 'instagram');

function appWebhook(reply: MetaReply | undefined, channel: ConnectedChannel): AppWebhook | undefined {
  if (reply?.kind !== 'ok') return undefined;
  const item = list(reply.body['data'])
    .map(record)
    .find((one) => one?.['object'] === objectOf(channel));
  const url = string(item?.['callback_url']);
  return item && url !== undefined
    ? { url, active: item['active'] !== false, fields: fieldNames(item['fields']) }
    : undefined;
}

function webhookCheck(app: MetaReply | undefined, channel: ConnectedChannel, webhookUrl: string | null): HealthCheck {
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
  if (!app) {
    const fix = byInstagramLogin(channel)
      ? {
          fa: 'نشانی را در داشبورد برنامه، بخش Instagram، مقایسه کنید.',
          en: 'Compare the address in the app’s dashboard, under Instagram.',
        }
      : {
          fa: 'برای بررسی، appId را وارد کنید یا نشانی را در داشبورد برنامه مقایسه کنید.',
          en: 'Enter appId to have this checked, or compare the address in the app’s dashboard.',
        };
    return {
      name,
      state: 'unknown',
      message: { fa: 'نمی‌توان پرسید وب‌هوک برنامه کجا می‌رود.', en: 'Where the app’s webhook goes cannot be asked.' },
      fix,
    };
  }
  if (app.kind !== 'ok') return { name, state: 'unknown', message: wordsOf(repeatable(app).reason) };
  const webhook = appWebhook(app, channel);
  if (!webhook)
    return {
      name,
      state: 'problem',
      message: {
        fa: `برنامه برای «${objectOf(channel)}» وب‌هوکی ندارد.`,
        en: `The app has no webhook for "${objectOf(channel)}".`,
      },
      fix: SET_UP,
    };
  if (!isOurs(webhook.url, webhookUrl)) {
    const fix = {
      fa: 'نشانی ما را در داشبورد برنامه وارد کنید، یا برنامه‌ای جدا بسازید: این یکی در خدمت برنامهٔ دیگری است.',
      en: 'Enter our address in the app’s dashboard, or use an app of our own: this one serves another program.',
    };
    return {
      name,
      state: 'problem',
      message: {
        fa: `وب‌هوک برنامه به ${hostOf(webhook.url)} می‌رود.`,
        en: `The app’s webhook goes to ${hostOf(webhook.url)}.`,
      },
      fix,
    };
  }
  const missing = webhookFields(channel).filter((field) => !webhook.fields.includes(field));
  if (!webhook.active || missing.length > 0) {
    const message = webhook.active
      ? {
          fa: `وب‌هوک برنامه این‌ها را گزارش نمی‌دهد: ${missing.join('، ')}.`,
          en: `The app’s webhook does not report ${missing.join(', ')}.`,
        }
      : { fa: 'وب‌هوک برنامه خاموش است.', en: 'The app’s webhook is switched off.' };
    return { name, state: 'problem', message, fix: SET_UP };
  }
  return { name, state: 'ok', message: { fa: 'وب‌هوک برنامه به اینجا می‌رسد.', en: 'The app’s webhook comes here.' } };
}

/** The common address serves every channel, a channel's own (one step below it) only that one. */
function isOurs(address: string, webhookUrl: string): boolean {
  const common = `${address.replace(/\/+$/, '')}/`;
  return address === webhookUrl || (webhookUrl.startsWith(common) && !webhookUrl.slice(common.length).includes('/'));
}

const hostOf = (address: string) => (URL.canParse(address) ? new URL(address).host : 'an unknown address');

/**
 * Subscribes what is missing on every layer. Fields already there stay, and a webhook of the app that goes to another
 * program is left alone. Sources: `POST /{app-id}/subscriptions`, `POST /{page-id|ig-id}/subscribed_apps`.
 * @returns a check for every step that did not work
 */
export async function setUpSubscriptions(
  call: CallMeta,
  channel: ConnectedChannel,
  credentials: Credentials,
  webhookUrl: string | null,
): Promise<HealthCheck[]> {
  const { layers, app } = await readSubscriptions(call, channel, credentials);
  const { appId, verifyToken } = credentials;
  const problems: HealthCheck[] = [];
  if (appId && verifyToken && webhookUrl !== null && app?.kind === 'ok')
    problems.push(...(await setUpApp(call, channel, { appId, verifyToken, webhookUrl }, appWebhook(app, channel))));
  for (const { layer, reply } of layers) {
    const have = subscribedFields(reply, appId) ?? [];
    const fields = [...new Set([...have, ...layer.fields])];
    if (reply.kind === 'ok' && have.length === fields.length) continue;
    problems.push(...(await setUpLayer(call, layer.node, have, fields)));
  }
  return problems;
}

/** One field that may not be had refuses all; then each is tried by itself, so that the others come. */
async function setUpLayer(
  call: CallMeta,
  node: string,
  have: readonly string[],
  fields: readonly string[],
): Promise<HealthCheck[]> {
  const ask = (wanted: readonly string[]) =>
    call({ method: 'POST', path: [node, 'subscribed_apps'], query: { subscribed_fields: wanted.join(',') } });
  const all = await ask(fields);
  if (all.kind === 'ok' || repeatable(all).status !== 'failed') return failure('subscription', all);
  const got = [...have];
  for (const field of fields.filter((name) => !have.includes(name))) {
    // One after the other: each call names all that the account reports from then on.
    if ((await ask([...got, field])).kind === 'ok') got.push(field);
  }
  return failure('subscription', all);
}

async function setUpApp(
  call: CallMeta,
  channel: ConnectedChannel,
  { appId, verifyToken, webhookUrl }: { appId: string; verifyToken: string; webhookUrl: string },
  webhook: AppWebhook | undefined,
): Promise<HealthCheck[]> {
  if (webhook && !isOurs(webhook.url, webhookUrl)) return [];
  const fields = [...new Set([...(webhook?.fields ?? []), ...webhookFields(channel)])];
  if (webhook?.active && webhook.fields.length === fields.length) return [];
  const body = {
    object: objectOf(channel),
    callback_url: webhook?.url ?? webhookUrl,
    fields: fields.join(','),
    verify_token: verifyToken,
    include_values: 'true',
  };
  return failure('webhook', await call({ method: 'POST', path: [appId, 'subscriptions'], body, as: 'app' }));
}

function failure(name: string, reply: MetaReply): HealthCheck[] {
  if (reply.kind === 'ok') return [];
  const fix = {
    fa: 'آنچه متا نام می‌برد درست کنید، سپس کانال را دوباره راه‌اندازی کنید.',
    en: 'Repair what Meta names, then set the channel up again.',
  };
  return [{ name, state: 'problem', message: wordsOf(repeatable(reply).reason), fix }];
}

/**
 * Ends the account's subscription. A Page that an Instagram account hangs under stays subscribed, for that account's
 * direct messages come by way of it; what then arrives for the Page itself belongs to nobody and is let go.
 */
export async function endSubscription(call: CallMeta, channel: ConnectedChannel): Promise<string | null> {
  if (channel.kind === 'facebook') {
    const query = { fields: 'instagram_business_account' };
    const page = await call({ method: 'GET', path: [channel.externalId], query });
    if (page.kind === 'ok' && page.body['instagram_business_account'] !== undefined) return null;
  }
  return whyNot(await call({ method: 'DELETE', path: [channel.externalId, 'subscribed_apps'] }));
}
