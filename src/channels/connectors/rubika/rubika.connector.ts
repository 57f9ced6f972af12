import type { CredentialField } from '../../credentials';
import type { ModerationAction, ModerationTarget } from '../../capabilities';
import type { ChannelKind, ChannelSettings, ConnectedChannel, Credentials } from '../../channel';
import type { ChannelConnector } from '../../connector';
import type { Description, PersonFacts, PostFacts } from '../../describing';
import type { ParseContext, WebhookDoor } from '../../door';
import type { HealthReport } from '../../health';
import type { MediaSource, MediaWanted } from '../../media';
import type { PullOutcome, PullPlan, PullRequest } from '../../pulling';
import type { LookupOutcome, OutboundMessage, SendOutcome } from '../../sending';
import type { InboundEvent, ThreadKind } from '../../../inbox/conversations/inbound-event';
import { id, string } from '../json';
import { unanswered } from '../unanswered';
import { RUBIKA_CAPABILITIES } from './rubika.capabilities';
import { RubikaClient, type RubikaReply } from './rubika.client';
import { chatOf, personFacts, postFacts } from './rubika.describe';
import { RUBIKA_DOOR } from './rubika.door';
import { beforeSending, verdictOf } from './rubika.errors';
import { rubikaHealth, rubikaSubscribe } from './rubika.health';
import { messageId, parseRubika } from './rubika.parser';
import { pullUpdates, rubikaPulls } from './rubika.pull';
import { failed, type PlannedSend, planSend, splitId, uploadForm, uploadType } from './rubika.send';
import { checkRubikaSettings, RUBIKA_SETTINGS, rubikaSettings } from './rubika.settings';

type Unhappy = Exclude<RubikaReply, { kind: 'ok' }>;

const REMEMBERED = 500; // messages refused with an unheard-of status at one time

/** Rubika bots: private chats and groups. */
export class RubikaConnector implements ChannelConnector {
  readonly kinds: readonly ChannelKind[] = ['rubika'];
  /** How often a message met a status we do not know. A hint only; after a restart it is tried a few times more. */
  private readonly unheard = new Map<string, number>();

  constructor(private readonly now: () => number = Date.now) {}

  capabilities() {
    return RUBIKA_CAPABILITIES;
  }

  credentialFields(): readonly CredentialField[] {
    return [
      {
        name: 'accessToken',
        required: true,
        help: {
          fa: 'توکنی که @BotFather در روبیکا به بات می‌دهد.',
          en: 'The token that @BotFather in Rubika gives the bot.',
        },
      },
      {
        name: 'appSecret',
        required: true,
        generated: true,
        help: {
          fa: 'پایان نشانی وب‌هوک؛ روبیکا چیزی را امضا نمی‌کند، پس باید بلند باشد و پنهان بماند.',
          en: 'The end of the webhook’s address; Rubika signs nothing, so it must be long and stay secret.',
        },
      },
    ];
  }

  settingFields() {
    return RUBIKA_SETTINGS;
  }

  checkSettings(_kind: ChannelKind, settings: ChannelSettings) {
    return checkRubikaSettings(settings);
  }

  door(): WebhookDoor {
    return RUBIKA_DOOR;
  }

  parse(body: unknown, context: ParseContext): InboundEvent[] {
    return parseRubika(body, context);
  }

  async send(channel: ConnectedChannel, message: OutboundMessage, credentials: Credentials): Promise<SendOutcome> {
    const planned = planSend(rubikaSettings(channel.settings), message);
    if ('status' in planned) return planned;
    const client = new RubikaClient(channel.settings, credentials);
    const uploaded = await this.upload(client, channel, message.id, planned);
    if (typeof uploaded === 'object') return beforeSending(uploaded);
    const body =
      uploaded === undefined
        ? { ...planned.common, text: planned.text }
        : { ...planned.common, file_id: uploaded, ...(planned.text === '' ? {} : { text: planned.text }) };
    const reply = await client.call(uploaded === undefined ? 'sendMessage' : 'sendFile', body);
    if (reply.kind !== 'ok') return this.outcomeOf(client, channel, message.id, reply);
    this.unheard.delete(message.id);
    const sent = id(reply.data['message_id']) ?? id(reply.data['new_message_id']);
    if (sent === undefined) return { status: 'unknown', reason: 'Rubika took the message without naming it.' };
    return { status: 'sent', externalId: messageId(planned.chatId, sent) };
  }

  /** A bot reads no history. */
  lookup(): Promise<LookupOutcome> {
    return Promise.resolve({ status: 'cannot_tell', reason: 'A bot cannot read a Rubika chat back.' });
  }

  async moderate(
    channel: ConnectedChannel,
    action: ModerationAction,
    target: ModerationTarget,
    credentials: Credentials,
  ): Promise<SendOutcome> {
    if (!RUBIKA_CAPABILITIES[target.threadKind]?.moderation.includes(action))
      return failed('capability_missing', 'none', `Rubika has no way to ${action} this.`);
    const place = splitId(target.messageExternalId);
    const chatId = target.postExternalId ?? place?.chatId;
    const [method, body] =
      action === 'delete'
        ? ['deleteMessage', place && { chat_id: place.chatId, message_id: place.messageId }]
        : [
            action === 'block' ? 'banChatMember' : 'unbanChatMember',
            chatId !== undefined && target.authorExternalId && { chat_id: chatId, user_id: target.authorExternalId },
          ];
    if (!body) return failed('no_target', 'none', 'It is not known which message or person is meant.');
    return this.change(channel, method, body, target.messageExternalId, credentials);
  }

  async edit(
    channel: ConnectedChannel,
    target: { messageExternalId: string; text: string; threadKind: ThreadKind; recipientExternalId: string },
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const place = splitId(target.messageExternalId);
    if (!place) return failed('no_target', 'none', 'It is not known which message is meant.');
    const body = { chat_id: place.chatId, message_id: place.messageId, text: target.text };
    return this.change(channel, 'editMessageText', body, target.messageExternalId, credentials);
  }

  async describePerson(
    channel: ConnectedChannel,
    personExternalId: string,
    credentials: Credentials,
  ): Promise<Description<PersonFacts>> {
    return chatOf(new RubikaClient(channel.settings, credentials), personExternalId, personFacts);
  }

  async describePost(
    channel: ConnectedChannel,
    postExternalId: string,
    credentials: Credentials,
  ): Promise<Description<PostFacts>> {
    return chatOf(new RubikaClient(channel.settings, credentials), postExternalId, postFacts);
  }

  /** Links of files die; the id is asked for a fresh one each time. */
  async media(channel: ConnectedChannel, wanted: MediaWanted, credentials: Credentials): Promise<MediaSource> {
    const fileId = id(wanted.meta?.['fileId']);
    if (fileId === undefined) return { status: 'absent', reason: 'The attachment has no file.' };
    const reply = await new RubikaClient(channel.settings, credentials).call('getFile', { file_id: fileId });
    if (reply.kind === 'no_answer') return { status: 'retry', reason: reply.reason };
    if (reply.kind === 'ok') {
      const url = string(reply.data['download_url']);
      return url === undefined || !URL.canParse(url)
        ? { status: 'absent', reason: 'Rubika gives no address for the file.' }
        : { status: 'found', url };
    }
    const verdict = verdictOf(reply, rubikaSettings(channel.settings).rateLimitWaitMs);
    if (verdict.is === 'retry') return { status: 'retry', reason: verdict.what, afterMs: verdict.afterMs };
    if (verdict.is === 'unknown') return { status: 'retry', reason: verdict.what };
    return { status: verdict.is === 'failed' ? 'absent' : 'refused', reason: verdict.what };
  }

  pulls(channel: ConnectedChannel): PullPlan | null {
    return rubikaPulls(rubikaSettings(channel.settings));
  }

  pull(channel: ConnectedChannel, request: PullRequest, credentials: Credentials): Promise<PullOutcome> {
    const client = new RubikaClient(channel.settings, credentials);
    return pullUpdates(client, rubikaSettings(channel.settings), request, this.now);
  }

  health(channel: ConnectedChannel, credentials: Credentials): Promise<HealthReport> {
    return rubikaHealth(new RubikaClient(channel.settings, credentials), channel);
  }

  subscribe(channel: ConnectedChannel, credentials: Credentials, webhookUrl: string | null): Promise<HealthReport> {
    return rubikaSubscribe(new RubikaClient(channel.settings, credentials), channel, webhookUrl);
  }

  /** @returns the file's id, nothing when there is none to upload, or why it could not be uploaded */
  private async upload(
    client: RubikaClient,
    channel: ConnectedChannel,
    sendId: string,
    { attachment }: PlannedSend,
  ): Promise<string | SendOutcome | undefined> {
    if (!attachment?.read) return undefined;
    const type = uploadType(rubikaSettings(channel.settings), attachment);
    const place = await client.call('requestSendFile', { type });
    if (place.kind !== 'ok') return this.outcomeOf(client, channel, sendId, place);
    const url = string(place.data['upload_url']) ?? '';
    if (!/^https?:/.test(url)) return { status: 'retry', reason: 'Rubika gave no address to upload to.' };
    const reply = await client.upload(url, uploadForm(attachment, await attachment.read()));
    if (reply.kind === 'no_answer') return { status: 'retry', reason: reply.reason };
    if (reply.kind === 'refused' && reply.http === 413)
      return failed('attachment_refused', 'agent', 'Rubika finds the file too large.');
    if (reply.kind === 'refused')
      return { status: 'retry', reason: `Rubika did not take the file (HTTP ${reply.http} ${reply.status}).` };
    return id(reply.data['file_id']) ?? { status: 'retry', reason: 'Rubika took the file without naming it.' };
  }

  private async change(
    channel: ConnectedChannel,
    method: string,
    body: Readonly<Record<string, unknown>>,
    externalId: string,
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const client = new RubikaClient(channel.settings, credentials);
    const reply = await client.call(method, body);
    if (reply.kind === 'ok') return { status: 'sent', externalId };
    return beforeSending(await this.outcomeOf(client, channel, `${method}:${externalId}`, reply));
  }

  private async outcomeOf(
    client: RubikaClient,
    channel: ConnectedChannel,
    about: string,
    reply: Unhappy,
  ): Promise<SendOutcome> {
    if (reply.kind === 'no_answer') return unanswered(reply);
    const settings = rubikaSettings(channel.settings);
    const verdict = verdictOf(reply, settings.rateLimitWaitMs);
    switch (verdict.is) {
      case 'access':
        return this.accessLost(client, verdict.what);
      case 'unheard':
        return this.tryAgain(about, settings.unknownStatusTries, verdict.code, verdict.what);
      case 'unknown':
        return { status: 'unknown', reason: verdict.what };
      case 'retry': {
        const { code, what, afterMs, scope } = verdict;
        return { status: 'retry', code, reason: what, afterMs, scope };
      }
      case 'reconnect':
        return { status: 'reconnect', code: verdict.code, reason: verdict.what };
      case 'failed':
        return failed(verdict.code, verdict.fix, verdict.what);
    }
  }

  /** One word for two things: a bot that may still say who it is was refused by the person, not by Rubika. */
  private async accessLost(client: RubikaClient, what: string): Promise<SendOutcome> {
    const me = await client.call('getMe');
    if (me.kind === 'ok')
      return failed('person_unavailable', 'none', `${what} The person has stopped the bot, or it left.`);
    const dead = me.kind === 'refused' && ['access', 'reconnect'].includes(verdictOf(me, 0).is);
    return dead
      ? { status: 'reconnect', code: 'invalid_access', reason: `${what} The bot’s token is refused altogether.` }
      : { status: 'retry', reason: what };
  }

  private tryAgain(about: string, tries: number, code: string, reason: string): SendOutcome {
    const before = this.unheard.get(about) ?? 0;
    this.unheard.delete(about);
    if (before + 1 >= tries) return failed(code, 'admin', reason);
    if (this.unheard.size >= REMEMBERED) this.unheard.delete(this.unheard.keys().next().value!);
    this.unheard.set(about, before + 1);
    return { status: 'retry', code, reason };
  }
}
