import type { ConnectedChannel, HealthCheck, HealthReport } from '../../connector';
import { id, record, string } from '../json';
import type { RubikaClient, RubikaReply } from './rubika.client';
import { verdictOf } from './rubika.errors';
import { rubikaSettings } from './rubika.settings';

/** Without these nothing comes in; the others serve kinds of buttons a bot may not have. */
const NEEDED = new Set(['ReceiveUpdate', 'ReceiveInlineMessage']);

const WEBHOOK_UNKNOWN: HealthCheck = {
  name: 'webhook',
  state: 'unknown',
  message: 'Rubika does not tell which address is set. Setting it again does no harm.',
};
const POLLED: HealthCheck = { name: 'webhook', state: 'ok', message: 'Updates are asked for; no address is needed.' };

export async function rubikaHealth(client: RubikaClient, channel: ConnectedChannel): Promise<HealthReport> {
  const about = tokenChecks(await client.call('getMe'), channel.externalId);
  if (about.some(({ state }) => state !== 'ok')) return { checks: about };
  const polled = rubikaSettings(channel.settings).mode === 'poll';
  return { checks: [...about, polled ? POLLED : WEBHOOK_UNKNOWN] };
}

function tokenChecks(reply: RubikaReply, botId: string): HealthCheck[] {
  if (reply.kind === 'no_answer') {
    const message = `Rubika cannot be asked: ${reply.reason}`;
    const fix = 'Check the network, or enter a proxy: servers outside Iran are sometimes blocked.';
    return [{ name: 'token', state: 'unknown', message, fix }];
  }
  if (reply.kind === 'refused') {
    const verdict = verdictOf(reply, 0);
    if (verdict.is !== 'access' && verdict.is !== 'reconnect')
      return [{ name: 'token', state: 'unknown', message: verdict.what }];
    const fix = 'Enter the token that @BotFather in Rubika shows for this bot.';
    return [{ name: 'token', state: 'problem', message: 'Rubika refuses the bot’s token.', fix, serious: true }];
  }
  const bot = record(reply.data['bot']);
  const found = id(bot?.['bot_id']);
  const token: HealthCheck = { name: 'token', state: 'ok', message: 'Rubika knows the token.' };
  if (found === undefined || found === botId)
    return [token, { name: 'account', state: 'ok', message: `The bot is ${string(bot?.['bot_title']) ?? botId}.` }];
  const message = `The token is of the bot ${found}, the channel of ${botId}.`;
  const fix = 'Enter the token of this bot, or connect the other bot as a channel of its own.';
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
    const fix = 'Set PUBLIC_URL to an address Rubika can reach, or set the channel’s mode to poll.';
    const message = 'There is no public address to give to Rubika.';
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
      ? { name: 'webhook', state: 'ok', message: 'Rubika took our address.' }
      : {
          name: 'webhook',
          state: 'problem',
          message: `Rubika did not take our address for ${refused.join(', ')}.`,
          fix: 'Try again; if it stays so, set the channel’s mode to poll.',
        };
  return { checks: [...withoutWebhook(checks), webhook] };
}

const withoutWebhook = (checks: readonly HealthCheck[]) => checks.filter(({ name }) => name !== 'webhook');
