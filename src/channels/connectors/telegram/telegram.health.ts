import { wordsOf } from '../../../refusals/refusal-words';
import { inPersian, type Words } from '../../../text/words';
import type { ConnectedChannel, Credentials } from '../../channel';
import type { HealthCheck, HealthReport } from '../../health';
import { instant, integer, list, milliseconds, record, string, type JsonRecord } from '../json';
import { numericId } from './telegram.addresses';
import type { TelegramClient, TelegramReply } from './telegram.client';
import { outcomeOf } from './telegram.errors';
import type { Flavour } from './telegram.flavours';
import type { TelegramSettings } from './telegram.settings';

const RECENT_MS = 3_600_000; // an error older than this is history: the network repeats each delivery within two minutes

/** Everything a look at the network's side needs. */
export interface Wiring {
  client: TelegramClient;
  flavour: Flavour;
  settings: TelegramSettings;
  channel: ConnectedChannel;
  credentials: Credentials;
  webhookUrl: string | null;
  now: number;
}

/** The address the network has to call, with the secret where it travels in the path. */
function deliveryUrl({ flavour, credentials, webhookUrl }: Wiring): string | null {
  if (webhookUrl === null || flavour.secretIn === 'header') return webhookUrl;
  return `${webhookUrl.replace(/\/+$/, '')}/${encodeURIComponent(credentials['appSecret'] ?? '')}`;
}

/** Asks who the bot is and how deliveries go. */
export async function checkHealth(wiring: Wiring): Promise<HealthReport> {
  const me = await wiring.client.call({ method: 'getMe' });
  const checks = tokenChecks(wiring, me);
  if (me.kind !== 'ok') return { checks };
  const info = await wiring.client.call({ method: 'getWebhookInfo' });
  return { checks: [...checks, ...webhookChecks(wiring, info)] };
}

function tokenChecks({ flavour, settings, channel }: Wiring, me: TelegramReply): HealthCheck[] {
  if (me.kind === 'no_answer') {
    const fix = {
      fa: `راه این سرور به ${flavour.name} را ببینید؛ هر کانال می‌تواند پراکسی خودش را داشته باشد.`,
      en: `Look at the way to ${flavour.name} from here; a channel may have a proxy of its own.`,
    };
    return [{ name: 'token', state: 'unknown', message: wordsOf(me.reason), fix }];
  }
  if (me.kind === 'refused') {
    const outcome = outcomeOf(me.error, flavour.name, settings.rateWaitMs);
    if (outcome.status !== 'reconnect') return [{ name: 'token', state: 'unknown', message: wordsOf(outcome.reason) }];
    const fix = {
      fa: 'مدیر توکن را از BotFather بگیرد و کانال را دوباره وصل کند.',
      en: 'An admin takes the token from BotFather and reconnects the channel.',
    };
    return [{ name: 'token', state: 'problem', message: wordsOf(outcome.reason), fix, serious: true }];
  }
  const bot = record(me.result);
  const botId = numericId(bot?.['id']);
  const name = string(bot?.['username']) ?? botId ?? 'the bot';
  const checks: HealthCheck[] = [
    { name: 'token', state: 'ok', message: { fa: `توکن از آن ${name} است.`, en: `The token is that of ${name}.` } },
  ];
  if (botId !== channel.externalId) {
    checks.push({
      name: 'account',
      state: 'problem',
      message: {
        fa: `توکن از آن بات ${botId} است و کانال از آن ${channel.externalId}.`,
        en: `The token belongs to bot ${botId}, the channel to ${channel.externalId}.`,
      },
      fix: {
        fa: 'مدیر توکن بات همین کانال را وارد کند، یا بات دیگر را کانالی جداگانه کند.',
        en: 'An admin enters the token of this channel’s bot, or connects the other bot as a channel of its own.',
      },
      serious: true,
    });
  } else checks.push({ name: 'account', state: 'ok', message: { fa: `بات ${botId}.`, en: `Bot ${botId}.` } });
  if (bot?.['can_read_all_group_messages'] === false) {
    const message = {
      fa: 'حالت حریم خصوصی روشن است: از پیام‌های گروه تنها فرمان‌ها، منشن‌ها و پاسخ به بات می‌رسد، مگر بات مدیر گروه باشد.',
      en: 'Privacy mode is on: of a group’s messages only commands, mentions and replies to the bot arrive, unless it is an administrator there.',
    };
    checks.push({ name: 'scopes', state: 'ok', message });
  }
  return checks;
}

function webhookChecks(wiring: Wiring, reply: TelegramReply): HealthCheck[] {
  const { settings, flavour, now } = wiring;
  if (reply.kind === 'no_answer') return [{ name: 'webhook', state: 'unknown', message: wordsOf(reply.reason) }];
  if (reply.kind === 'refused') {
    const message = wordsOf(outcomeOf(reply.error, flavour.name, settings.rateWaitMs).reason);
    return [{ name: 'webhook', state: 'unknown', message }];
  }
  const info = record(reply.result) ?? {};
  const checks = [addressCheck(wiring, string(info['url']) ?? '')];
  if (!settings.poll) checks.push(kindsCheck(settings, info));
  const pending = integer(info['pending_update_count']) ?? 0;
  const errorAt = milliseconds(info['last_error_date']);
  // an error of which nothing waits any more was made good by a repetition
  const failing = !settings.poll && pending > 0 && errorAt !== undefined && now - errorAt < RECENT_MS;
  const waiting = {
    fa: `‏${inPersian(pending)} به‌روزرسانی در ${flavour.name} منتظر است.`,
    en: `${pending} updates wait at ${flavour.name}.`,
  };
  if (failing) {
    const said = string(info['last_error_message']) ?? '';
    checks.push({
      name: 'rate',
      state: 'problem',
      message: {
        fa: `${waiting.fa} آخرین تحویل در ${instant(errorAt)} ناموفق بود: ${said}`,
        en: `${waiting.en} Its last delivery failed at ${instant(errorAt)}: ${said}`,
      },
      fix: {
        fa: 'مطمئن شوید این نشانی از بیرون پاسخ می‌دهد. به‌روزرسانی‌ها ۲۴ ساعت نگه داشته می‌شوند.',
        en: 'Make sure that the address answers from outside. Updates are kept for 24 hours.',
      },
    });
  } else {
    const many = pending > settings.pendingAlarm;
    const fix = {
      fa: 'تحویل کند است یا ایستاده. به‌روزرسانی‌ها ۲۴ ساعت نگه داشته می‌شوند.',
      en: 'Deliveries are slow or stand still. Updates are kept for 24 hours.',
    };
    checks.push({ name: 'rate', state: many ? 'problem' : 'ok', message: waiting, ...(many ? { fix } : {}) });
  }
  return checks;
}

function addressCheck(wiring: Wiring, url: string): HealthCheck {
  const { settings, flavour } = wiring;
  const repair = { fa: 'برای تنظیم آن، کانال را دوباره در شبکه راه‌اندازی کنید.', en: 'Repair the channel to set it.' };
  const problem = (message: Words, fix: Words = repair): HealthCheck => ({
    name: 'webhook',
    state: 'problem',
    message,
    fix,
  });
  if (settings.poll) {
    if (url === '')
      return {
        name: 'webhook',
        state: 'ok',
        message: {
          fa: 'وب‌هوکی نیست، و وقتی خودمان می‌پرسیم باید همین باشد.',
          en: 'No webhook, as it should be when we ask for news.',
        },
      };
    return problem(
      {
        fa: 'وب‌هوک تنظیم است، پس پرسش برای خبر رد می‌شود.',
        en: 'A webhook is set, so questions for news are refused.',
      },
      { fa: 'برای برداشتن آن، کانال را دوباره در شبکه راه‌اندازی کنید.', en: 'Repair the channel to remove it.' },
    );
  }
  const wanted = deliveryUrl(wiring);
  if (wanted === null)
    return problem(
      { fa: 'این سرور نشانی عمومی ندارد.', en: 'This server has no public address.' },
      {
        fa: 'مدیر PUBLIC_URL را تنظیم کند یا «mode» را «poll» بگذارد.',
        en: 'An admin sets PUBLIC_URL, or "mode" to "poll".',
      },
    );
  if (url === '')
    return problem({
      fa: `‏${flavour.name} برای این بات وب‌هوکی ندارد.`,
      en: `${flavour.name} has no webhook for this bot.`,
    });
  // The address itself may hold the secret: only its host is told.
  if (url !== wanted)
    return problem({
      fa: `وب‌هوک به جای دیگری می‌رود: ${hostOf(url)}.`,
      en: `The webhook points elsewhere, to ${hostOf(url)}.`,
    });
  return {
    name: 'webhook',
    state: 'ok',
    message: { fa: `تحویل به ${hostOf(url)} انجام می‌شود.`, en: `Deliveries go to ${hostOf(url)}.` },
  };
}

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : 'an unreadable address');

/** An absent list is the network's default, which leaves reactions out. */
function kindsCheck(settings: TelegramSettings, info: JsonRecord): HealthCheck {
  if (settings.allowedUpdates === null)
    return {
      name: 'subscription',
      state: 'ok',
      message: { fa: 'همهٔ گونه‌های به‌روزرسانی تحویل می‌شود.', en: 'Every kind of update is delivered.' },
    };
  const told = new Set(list(info['allowed_updates']).map(string));
  const missing = settings.allowedUpdates.filter((kind) => !told.has(kind));
  if (missing.length === 0)
    return {
      name: 'subscription',
      state: 'ok',
      message: { fa: `‏${inPersian(told.size)} گونه به‌روزرسانی.`, en: `${told.size} kinds of update.` },
    };
  return {
    name: 'subscription',
    state: 'problem',
    message: { fa: `تحویل نمی‌شود: ${missing.join('، ')}.`, en: `Not delivered: ${missing.join(', ')}.` },
    fix: {
      fa: 'برای خواستن آنها، کانال را دوباره در شبکه راه‌اندازی کنید.',
      en: 'Repair the channel to ask for them.',
    },
  };
}

/** Sets or removes the webhook as the channel's mode wants it, and looks at the result. Nothing that waits is dropped. */
export async function wireUp(wiring: Wiring): Promise<HealthReport> {
  const { client, settings, flavour, credentials } = wiring;
  const url = deliveryUrl(wiring);
  if (settings.poll) return after(wiring, await client.call({ method: 'deleteWebhook' }));
  if (url === null) return checkHealth(wiring);
  const secret = credentials['appSecret'] ?? '';
  const wrong = wrongAddress(wiring, url) ?? wrongSecret(flavour, secret);
  if (wrong) return { checks: [{ name: 'webhook', state: 'problem', ...wrong, serious: true }] };
  const params = {
    url,
    ...(flavour.secretIn === 'header' ? { secret_token: secret } : {}),
    ...(settings.allowedUpdates === null
      ? {}
      : { allowed_updates: settings.allowedUpdates, max_connections: settings.maxConnections }),
  };
  return after(wiring, await client.call({ method: 'setWebhook', params }));
}

async function after(wiring: Wiring, reply: TelegramReply): Promise<HealthReport> {
  if (reply.kind === 'ok') return checkHealth(wiring);
  const reason =
    reply.kind === 'no_answer'
      ? reply.reason
      : outcomeOf(reply.error, wiring.flavour.name, wiring.settings.rateWaitMs).reason;
  const refused: HealthCheck = {
    name: 'subscription',
    state: 'problem',
    message: wordsOf(reason),
    fix: { fa: 'کمی بعد دوباره تلاش کنید.', en: 'Try again in a while.' },
  };
  const { checks } = await checkHealth(wiring);
  return { checks: [...checks.filter(({ name }) => name !== 'subscription'), refused] };
}

type Wrong = Pick<HealthCheck, 'message' | 'fix'>;

function wrongAddress({ flavour, settings }: Wiring, address: string): Wrong | undefined {
  if (settings.ownServer || flavour.webhookPorts === null) return undefined;
  const url = new URL(address);
  if (url.protocol === 'https:' && flavour.webhookPorts.includes(url.port || '443')) return undefined;
  return {
    message: {
      fa: `‏${flavour.name} تنها نشانی https روی درگاه ${flavour.webhookPorts.join('، ')} را صدا می‌زند؛ نشانی ما ${url.protocol}//${url.host} است.`,
      en: `${flavour.name} calls only https addresses on port ${flavour.webhookPorts.join(', ')}; ours is ${url.protocol}//${url.host}.`,
    },
    fix: {
      fa: 'مدیر PUBLIC_URL را چنین نشانی‌ای بگذارد یا «mode» را «poll» کند.',
      en: 'An admin sets PUBLIC_URL to such an address, or "mode" to "poll".',
    },
  };
}

function wrongSecret(flavour: Flavour, secret: string): Wrong | undefined {
  const shape = flavour.secretIn === 'header' ? /^[\w-]{1,256}$/ : /^[\w-]{32,256}$/;
  if (shape.test(secret)) return undefined;
  return {
    message: {
      fa: 'رمز کانال نویسه یا طولی دارد که در تحویل جا نمی‌گیرد.',
      en: 'The channel’s secret has characters or a length that deliveries cannot carry.',
    },
    fix: {
      fa: 'مدیر «appSecret» را از اطلاعات ورود کانال بردارد تا رمز تازه‌ای ساخته شود.',
      en: 'An admin removes "appSecret" from the channel’s credentials, so that a new one is made.',
    },
  };
}
