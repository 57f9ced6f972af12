import { wordsOf } from '../../../refusals/refusal-words';
import type { ConnectedChannel } from '../../channel';
import type { HealthCheck, HealthReport } from '../../health';
import { id, record, string } from '../json';
import type { RubikaClient, RubikaReply } from './rubika.client';
import { verdictOf } from './rubika.errors';
import { rubikaSettings } from './rubika.settings';

/** Without these nothing comes in; the others serve kinds of buttons a bot may not have. */
const NEEDED = new Set(['ReceiveUpdate', 'ReceiveInlineMessage']);

const WEBHOOK_UNKNOWN: HealthCheck = {
  name: 'webhook',
  state: 'unknown',
  message: {
    fa: 'روبیکا نمی‌گوید کدام نشانی تنظیم است. تنظیم دوباره زیانی ندارد.',
    en: 'Rubika does not tell which address is set. Setting it again does no harm.',
  },
};
const POLLED: HealthCheck = {
  name: 'webhook',
  state: 'ok',
  message: {
    fa: 'به‌روزرسانی‌ها پرسیده می‌شوند؛ نشانی لازم نیست.',
    en: 'Updates are asked for; no address is needed.',
  },
};

export async function rubikaHealth(client: RubikaClient, channel: ConnectedChannel): Promise<HealthReport> {
  const about = tokenChecks(await client.call('getMe'), channel.externalId);
  if (about.some(({ state }) => state !== 'ok')) return { checks: about };
  const polled = rubikaSettings(channel.settings).mode === 'poll';
  return { checks: [...about, polled ? POLLED : WEBHOOK_UNKNOWN] };
}

function tokenChecks(reply: RubikaReply, botId: string): HealthCheck[] {
  if (reply.kind === 'no_answer') {
    const message = { fa: `از روبیکا نمی‌توان پرسید: ${reply.reason}`, en: `Rubika cannot be asked: ${reply.reason}` };
    const fix = {
      fa: 'شبکه را بررسی کنید یا پراکسی بگذارید: سرورهای بیرون از ایران گاهی مسدودند.',
      en: 'Check the network, or enter a proxy: servers outside Iran are sometimes blocked.',
    };
    return [{ name: 'token', state: 'unknown', message, fix }];
  }
  if (reply.kind === 'refused') {
    const verdict = verdictOf(reply, 0);
    if (verdict.is !== 'access' && verdict.is !== 'reconnect')
      return [{ name: 'token', state: 'unknown', message: wordsOf(verdict.what) }];
    const fix = {
      fa: 'توکنی را که @BotFather در روبیکا برای این بات نشان می‌دهد وارد کنید.',
      en: 'Enter the token that @BotFather in Rubika shows for this bot.',
    };
    return [
      {
        name: 'token',
        state: 'problem',
        message: { fa: 'روبیکا توکن بات را نمی‌پذیرد.', en: 'Rubika refuses the bot’s token.' },
        fix,
        serious: true,
      },
    ];
  }
  const bot = record(reply.data['bot']);
  const found = id(bot?.['bot_id']);
  const token: HealthCheck = {
    name: 'token',
    state: 'ok',
    message: { fa: 'روبیکا توکن را می‌شناسد.', en: 'Rubika knows the token.' },
  };
  if (found === undefined || found === botId)
    return [
      token,
      {
        name: 'account',
        state: 'ok',
        message: {
          fa: `بات ${string(bot?.['bot_title']) ?? botId} است.`,
          en: `The bot is ${string(bot?.['bot_title']) ?? botId}.`,
        },
      },
    ];
  const message = {
    fa: `توکن از آن بات ${found} است و کانال از آن ${botId}.`,
    en: `The token is of the bot ${found}, the channel of ${botId}.`,
  };
  const fix = {
    fa: 'توکن همین بات را وارد کنید، یا بات دیگر را کانالی جداگانه کنید.',
    en: 'Enter the token of this bot, or connect the other bot as a channel of its own.',
  };
  return [token, { name: 'account', state: 'problem', message, fix, serious: true }];
}

/** Tells Rubika our address for every kind of webhook, and how it stands then. @param webhookUrl with the secret in it */
export async function rubikaSubscribe(
  client: RubikaClient,
  channel: ConnectedChannel,
  webhookUrl: string | null,
): Promise<HealthReport> {
  const { mode, endpointTypes } = rubikaSettings(channel.settings);
  const { checks } = await rubikaHealth(client, channel);
  const asked = mode === 'poll' || checks.some(({ state, name }) => state !== 'ok' && name !== 'webhook');
  if (asked) return { checks };
  if (webhookUrl === null) {
    const fix = {
      fa: '‏PUBLIC_URL را نشانی‌ای بگذارید که روبیکا به آن دسترسی دارد، یا mode کانال را poll کنید.',
      en: 'Set PUBLIC_URL to an address Rubika can reach, or set the channel’s mode to poll.',
    };
    const message = {
      fa: 'نشانی عمومی‌ای نیست که به روبیکا داده شود.',
      en: 'There is no public address to give to Rubika.',
    };
    return { checks: [...withoutWebhook(checks), { name: 'webhook', state: 'problem', message, fix }] };
  }
  const refused: string[] = [];
  for (const type of endpointTypes) {
    // one after the other: Rubika limits the pace, and five calls are soon made
    const reply = await client.call('updateBotEndpoints', { url: webhookUrl, type });
    if (reply.kind !== 'ok' && NEEDED.has(type)) refused.push(type);
  }
  const webhook: HealthCheck =
    refused.length === 0
      ? { name: 'webhook', state: 'ok', message: { fa: 'روبیکا نشانی ما را پذیرفت.', en: 'Rubika took our address.' } }
      : {
          name: 'webhook',
          state: 'problem',
          message: {
            fa: `روبیکا نشانی ما را برای ${refused.join('، ')} نپذیرفت.`,
            en: `Rubika did not take our address for ${refused.join(', ')}.`,
          },
          fix: {
            fa: 'دوباره تلاش کنید؛ اگر همین ماند mode کانال را poll بگذارید.',
            en: 'Try again; if it stays so, set the channel’s mode to poll.',
          },
        };
  return { checks: [...withoutWebhook(checks), webhook] };
}

const withoutWebhook = (checks: readonly HealthCheck[]) => checks.filter(({ name }) => name !== 'webhook');
