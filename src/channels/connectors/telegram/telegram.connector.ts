import type { ModerationAction, ModerationTarget } from '../../capabilities';
import type { ChannelKind, ChannelSettings, ConnectedChannel, Credentials } from '../../channel';
import type { ChannelConnector } from '../../connector';
import type { Description, PersonFacts, PostFacts } from '../../describing';
import type { ParseContext } from '../../door';
import type { HealthReport } from '../../health';
import type { MediaSource, MediaWanted } from '../../media';
import type { PullOutcome, PullPlan, PullRequest } from '../../pulling';
import type { LookupOutcome, OutboundMessage, PressOutcome, SendOutcome } from '../../sending';
import type { InboundEvent, ThreadKind } from '../../../inbox/conversations/inbound-event';
import { id } from '../json';
import { unanswered, unansweredAgain } from '../unanswered';
import { whyNot } from '../undone';
import { linkTo, messageAddress } from './telegram.addresses';
import { CAPTION_LIMIT, telegramCapabilities, TEXT_LIMIT } from './telegram.capabilities';
import { TelegramClient, type TelegramReply } from './telegram.client';
import { deliver, sentName } from './telegram.deliver';
import { doorOf } from './telegram.doors';
import { is, outcomeOf } from './telegram.errors';
import { type Flavour, FLAVOURS, flavourOf } from './telegram.flavours';
import { FloodHints } from './telegram.flood';
import { checkHealth, type Wiring, wireUp } from './telegram.health';
import { mediaOf, personFacts } from './telegram.media';
import { alreadySo, moderationCall } from './telegram.moderate';
import { parseTelegram } from './telegram.parser';
import { pullUpdates } from './telegram.pull';
import { planSend } from './telegram.send';
import { checkSettings, credentialFields, settingFields, settingsOf, type TelegramSettings } from './telegram.settings';

type Refusal = Exclude<SendOutcome, { status: 'sent' }>;

/** What every call of a channel needs. */
interface Line {
  flavour: Flavour;
  settings: TelegramSettings;
  client: TelegramClient;
}

/** Telegram's bots and servers that speak its bot API: Bale, and a bot API server of one's own (`apiBaseUrl`). */
export class TelegramConnector implements ChannelConnector {
  readonly kinds: readonly ChannelKind[] = FLAVOURS.map(({ kind }) => kind);
  private readonly flood: FloodHints;

  constructor(private readonly now: () => number = Date.now) {
    this.flood = new FloodHints(now);
  }

  capabilities(kind: ChannelKind, settings: ChannelSettings = {}) {
    const flavour = flavourOf(kind);
    return telegramCapabilities(flavour, settingsOf(flavour, settings).likeEmoji);
  }

  credentialFields(kind: ChannelKind) {
    return credentialFields(flavourOf(kind));
  }

  settingFields(kind: ChannelKind) {
    return settingFields(flavourOf(kind));
  }

  checkSettings(_kind: ChannelKind, settings: ChannelSettings) {
    return checkSettings(settings);
  }

  door(kind: ChannelKind) {
    return doorOf(flavourOf(kind));
  }

  parse(body: unknown, context: ParseContext): InboundEvent[] {
    return parseTelegram(body, context);
  }

  async send(channel: ConnectedChannel, message: OutboundMessage, credentials: Credentials): Promise<SendOutcome> {
    const { client, flavour, settings } = lineOf(channel, credentials);
    const planned = planSend(flavour, message);
    if ('status' in planned) return planned;
    const afterMs = this.flood.wait(channel.id, planned.target.chat);
    if (afterMs > 0)
      return { status: 'retry', code: 'rate_limited', reason: 'This chat is limited for a while.', afterMs };
    const delivered = await deliver(client, flavour, planned);
    if ('status' in delivered) return delivered;
    const { reply, target } = delivered;
    if (reply.kind === 'no_answer') return unanswered(reply);
    if (reply.kind === 'refused')
      return this.limited(channel, target.chat, outcomeOf(reply.error, flavour.name, settings.rateWaitMs));
    const externalId = sentName(reply.result, target);
    if (externalId !== undefined) return { status: 'sent', externalId };
    return { status: 'unknown', reason: `${flavour.name} accepted the message without naming it.` };
  }

  /** Bots read no history, and nothing of their own comes back. */
  lookup(): Promise<LookupOutcome> {
    return Promise.resolve({
      status: 'cannot_tell',
      reason: 'A bot cannot read its chats back. Look into the chat at the network, or ask the customer.',
    });
  }

  async moderate(
    channel: ConnectedChannel,
    action: ModerationAction,
    target: ModerationTarget,
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const { client, flavour, settings } = lineOf(channel, credentials);
    const planned = moderationCall(flavour, action, target, settings.likeEmoji);
    if ('status' in planned) return planned;
    const done: SendOutcome = { status: 'sent', externalId: target.messageExternalId };
    const reply = await client.call(planned);
    if (reply.kind === 'refused' && alreadySo(action, reply.error)) return done;
    return reply.kind === 'ok' ? done : againInDoubt(reply, flavour, settings);
  }

  /** Too late or unknown, the network has stopped showing it by itself. */
  async takePress(
    channel: ConnectedChannel,
    meta: Readonly<Record<string, unknown>>,
    credentials: Credentials,
  ): Promise<PressOutcome> {
    const query = id(meta['callbackQueryId']);
    if (query === undefined) return { status: 'done' };
    const { client, flavour, settings } = lineOf(channel, credentials);
    const reply = await client.call({ method: 'answerCallbackQuery', params: { callback_query_id: query } });
    if (reply.kind === 'ok') return { status: 'done' };
    const outcome = againInDoubt(reply, flavour, settings);
    return outcome.status === 'retry'
      ? { status: 'retry', reason: outcome.reason, afterMs: outcome.afterMs }
      : { status: 'done' };
  }

  /** Text of a message, or the words beside a file: the network tells which it is by refusing. */
  async edit(
    channel: ConnectedChannel,
    target: { messageExternalId: string; text: string; threadKind: ThreadKind; recipientExternalId: string },
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const { client, flavour, settings } = lineOf(channel, credentials);
    const address = messageAddress(target.messageExternalId);
    if (!address) {
      return { status: 'failed', code: 'object_gone', fix: 'none', reason: 'This is not a message at the network.' };
    }
    if (target.text === '' || target.text.length > TEXT_LIMIT) {
      const reason = `The text must have 1 to ${TEXT_LIMIT} characters.`;
      return { status: 'failed', code: target.text === '' ? 'empty' : 'text_too_long', fix: 'agent', reason };
    }
    const params = {
      chat_id: address.chat,
      message_id: Number(address.message),
      ...(address.connection === undefined ? {} : { business_connection_id: address.connection }),
    };
    let reply = await client.call({ method: 'editMessageText', params: { ...params, text: target.text } });
    if (
      reply.kind === 'refused' &&
      is(reply.error, 'there is no text in the message') &&
      target.text.length <= CAPTION_LIMIT
    )
      reply = await client.call({ method: 'editMessageCaption', params: { ...params, caption: target.text } });
    const done: SendOutcome = { status: 'sent', externalId: target.messageExternalId };
    if (reply.kind === 'refused' && is(reply.error, 'message is not modified')) return done;
    return reply.kind === 'ok' ? done : againInDoubt(reply, flavour, settings);
  }

  permalink(
    channel: ConnectedChannel,
    { messageExternalId, postExternalId }: { messageExternalId?: string; postExternalId?: string },
  ): string | undefined {
    const address = messageAddress(messageExternalId) ?? messageAddress(postExternalId);
    return address && linkTo(flavourOf(channel.kind).links, { id: address.chat }, address.message);
  }

  /** Bots cannot read posts; where one stands is in its name. */
  describePost(channel: ConnectedChannel, postExternalId: string): Promise<Description<PostFacts>> {
    const permalink = this.permalink(channel, { postExternalId });
    return Promise.resolve(permalink === undefined ? { status: 'absent' } : { status: 'found', facts: { permalink } });
  }

  describePerson(
    channel: ConnectedChannel,
    personExternalId: string,
    credentials: Credentials,
  ): Promise<Description<PersonFacts>> {
    const { client, flavour, settings } = lineOf(channel, credentials);
    return personFacts(client, flavour, settings, personExternalId);
  }

  /** News is asked for only where the network cannot call us; there is no history to look back into. */
  pulls(channel: ConnectedChannel): PullPlan | null {
    return settingsOf(flavourOf(channel.kind), channel.settings).poll ? { pollMs: 0 } : null;
  }

  pull(channel: ConnectedChannel, request: PullRequest, credentials: Credentials): Promise<PullOutcome> {
    const { client, flavour, settings } = lineOf(channel, credentials);
    return pullUpdates(client, flavour, settings, request, this.now());
  }

  media(channel: ConnectedChannel, wanted: MediaWanted, credentials: Credentials): Promise<MediaSource> {
    const { client, flavour, settings } = lineOf(channel, credentials);
    return mediaOf(client, flavour, settings, wanted);
  }

  health(channel: ConnectedChannel, credentials: Credentials, webhookUrl: string | null): Promise<HealthReport> {
    return checkHealth(this.wiring(channel, credentials, webhookUrl));
  }

  subscribe(channel: ConnectedChannel, credentials: Credentials, webhookUrl: string | null): Promise<HealthReport> {
    return wireUp(this.wiring(channel, credentials, webhookUrl));
  }

  async unsubscribe(channel: ConnectedChannel, credentials: Credentials): Promise<string | null> {
    return whyNot(await lineOf(channel, credentials).client.call({ method: 'deleteWebhook' }));
  }

  private wiring(channel: ConnectedChannel, credentials: Credentials, webhookUrl: string | null): Wiring {
    return { ...lineOf(channel, credentials), channel, credentials, webhookUrl, now: this.now() };
  }

  /** Remembers a limit, and says whether it is this chat's or the whole bot's. */
  private limited(channel: ConnectedChannel, chat: string, outcome: Refusal): SendOutcome {
    if (outcome.status !== 'retry' || outcome.code !== 'rate_limited') return outcome;
    const scope = this.flood.limited(channel.id, chat, outcome.afterMs ?? 0);
    return { ...outcome, scope: outcome.scope ?? scope };
  }
}

function lineOf(channel: ConnectedChannel, credentials: Credentials): Line {
  const flavour = flavourOf(channel.kind);
  const settings = settingsOf(flavour, channel.settings);
  return { flavour, settings, client: new TelegramClient(settings.base, credentials) };
}

/** For calls that end in the same state however often they are made: doubt means again. */
function againInDoubt(
  reply: Exclude<TelegramReply, { kind: 'ok' }>,
  flavour: Flavour,
  settings: TelegramSettings,
): SendOutcome {
  if (reply.kind === 'no_answer') return unansweredAgain(reply);
  const outcome = outcomeOf(reply.error, flavour.name, settings.rateWaitMs);
  return outcome.status === 'unknown' ? { status: 'retry', reason: outcome.reason } : outcome;
}
