import type { CredentialField } from '../../credentials';
import type { ChannelCapabilities, NoticeRules } from '../../capabilities';
import type { ChannelKind, ChannelSettings, ConnectedChannel, Credentials } from '../../channel';
import type { ChannelConnector } from '../../connector';
import type { HealthReport } from '../../health';
import type { LookupOutcome, OutboundMessage, SendOutcome } from '../../sending';
import { unanswered } from '../unanswered';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import { lengthIn } from '../../../text/graphemes';
import { EitaaClient, type EitaaReply, sentId } from './eitaa.client';
import { checkEitaaSettings, EITAA_SETTINGS, type EitaaSettings, eitaaSettings } from './eitaa.settings';

type Failed = Extract<SendOutcome, { status: 'failed' }>;

const LONGEST_WAIT_S = 3600;
const NO_THREADS: ChannelCapabilities = {};
// Eitaayar names no size; what is larger than this would not be through before a call ends
const FILES = ['image', 'video', 'audio', 'file'].map((kind) => ({ kind, maxBytes: 20 * 1_048_576 }));

/**
 * Eitaa through Eitaayar: sends to a channel, a group or the users of a mini app, and hears nothing. No thread ever opens
 * here, so there is nothing to answer; it is for notices that go out.
 */
export class EitaaConnector implements ChannelConnector {
  readonly kinds: readonly ChannelKind[] = ['eitaa'];

  capabilities() {
    return NO_THREADS;
  }

  notices({ externalId, settings }: Pick<ConnectedChannel, 'externalId' | 'settings'>): NoticeRules {
    const { target, textLimit, paceMs } = eitaaSettings(settings);
    const rules = { textLimit: { max: textLimit, unit: 'characters' as const }, partsTogether: 2, paceMs };
    // a mini app is no chat: each of its users is written to by their own id
    return target === 'app'
      ? { ...rules, attachments: [], defaultTo: null }
      : { ...rules, attachments: FILES, defaultTo: externalId };
  }

  credentialFields(): readonly CredentialField[] {
    return [
      {
        name: 'accessToken',
        required: true,
        help: {
          fa: 'توکن API پنل شما در eitaayar.ir، به شکل bot<number>:<uuid>.',
          en: 'The API token of your panel at eitaayar.ir, bot<number>:<uuid>.',
        },
      },
    ];
  }

  settingFields() {
    return EITAA_SETTINGS;
  }

  checkSettings(_kind: ChannelKind, settings: ChannelSettings) {
    return checkEitaaSettings(settings);
  }

  door() {
    return null;
  }

  parse(): InboundEvent[] {
    return [];
  }

  /** To `recipientExternalId`, or else the channel or group that is connected. */
  async send(channel: ConnectedChannel, message: OutboundMessage, credentials: Credentials): Promise<SendOutcome> {
    const settings = eitaaSettings(channel.settings);
    const chatId = (message.recipientExternalId || channel.externalId).replace(/^@/, '');
    const refusal = refuse(settings, chatId, message);
    if (refusal) return refusal;
    const [attachment] = message.attachments;
    const bytes = await attachment?.read?.();
    const client = new EitaaClient(settings, credentials);
    const fields = fieldsOf(settings, chatId, message);
    const reply =
      attachment && bytes
        ? await client.sendFile(
            chatId,
            { ...fields, ...(message.text === '' ? {} : { caption: message.text }) },
            attachment,
            bytes,
          )
        : await client.sendMessage(chatId, { ...fields, text: message.text });
    return this.outcomeOf(client, settings, chatId, reply);
  }

  lookup(): Promise<LookupOutcome> {
    return Promise.resolve({ status: 'cannot_tell', reason: 'Eitaayar reads nothing back.' });
  }

  moderate(): Promise<SendOutcome> {
    return Promise.resolve(failed('capability_missing', 'none', 'Eitaayar only sends.'));
  }

  async health(channel: ConnectedChannel, credentials: Credentials): Promise<HealthReport> {
    const settings = eitaaSettings(channel.settings);
    const reply = await new EitaaClient(settings, credentials).getMe();
    if (reply.kind === 'ok')
      return {
        checks: [
          { name: 'token', state: 'ok', message: { fa: 'ایتایار توکن را می‌شناسد.', en: 'Eitaayar knows the token.' } },
        ],
      };
    if (reply.kind === 'no_answer') {
      const fix = {
        fa: 'شبکه را بررسی کنید یا پراکسی بگذارید: سرورهای بیرون از ایران گاهی مسدودند.',
        en: 'Check the network, or enter a proxy: servers outside Iran are sometimes blocked.',
      };
      return {
        checks: [
          {
            name: 'token',
            state: 'unknown',
            message: {
              fa: `از ایتایار نمی‌توان پرسید: ${reply.reason}`,
              en: `Eitaayar cannot be asked: ${reply.reason}`,
            },
            fix,
          },
        ],
      };
    }
    const message = {
      fa: `ایتایار پاسخ داد: ${reply.code}. ${reply.description}`.trim(),
      en: `Eitaayar answers ${reply.code}. ${reply.description}`.trim(),
    };
    if (isBusy(reply)) return { checks: [{ name: 'token', state: 'unknown', message }] };
    const fix = {
      fa: 'توکنی را که پنل شما در eitaayar.ir نشان می‌دهد وارد کنید.',
      en: 'Enter the token that your panel at eitaayar.ir shows.',
    };
    return { checks: [{ name: 'token', state: 'problem', message, fix, serious: true }] };
  }

  private async outcomeOf(
    client: EitaaClient,
    settings: EitaaSettings,
    chatId: string,
    reply: EitaaReply,
  ): Promise<SendOutcome> {
    if (reply.kind === 'no_answer') return unanswered(reply);
    if (reply.kind === 'ok') {
      const externalId = sentId(chatId, reply.result);
      return externalId === undefined
        ? { status: 'unknown', reason: 'Eitaayar took the message without naming it.' }
        : { status: 'sent', externalId };
    }
    const { code, description, retryAfterS } = reply;
    const reason = `Eitaayar refuses the message (${description === '' ? code : `${code}: ${description}`}).`;
    if (code === 429) {
      const afterMs =
        retryAfterS === undefined ? settings.rateLimitWaitMs : Math.min(retryAfterS, LONGEST_WAIT_S) * 1000;
      return { status: 'retry', code: 'rate_limited', reason, afterMs, scope: 'channel' };
    }
    if (isBusy(reply)) return { status: 'unknown', reason };
    // a refusal often tells nothing more; an account that may not even say who it is has lost its token
    const me = await client.getMe();
    if (me.kind === 'no_answer' || (me.kind === 'refused' && isBusy(me))) return { status: 'retry', reason };
    if (me.kind === 'refused') return { status: 'reconnect', code: 'token_invalid', reason };
    return failed('eitaa_refused', 'admin', `${reason} Is @sender a manager of the channel or group?`);
  }
}

const failed = (code: string, fix: Failed['fix'], reason: string): Failed => ({ status: 'failed', code, fix, reason });

/** Nothing can be concluded about the message or the token. */
const isBusy = ({ code }: Extract<EitaaReply, { kind: 'refused' }>) =>
  code === 0 || code === 408 || code === 429 || code >= 500;

function refuse(settings: EitaaSettings, chatId: string, { text, attachments }: OutboundMessage): Failed | undefined {
  if (chatId === '') return failed('no_target', 'admin', 'It is not known which channel or group to write in.');
  const length = lengthIn(text, 'characters');
  if (length > settings.textLimit)
    return failed(
      'text_too_long',
      'agent',
      `The text has ${length} of at most ${settings.textLimit} characters. Shorten it.`,
    );
  const [attachment] = attachments;
  if (text === '' && !attachment) return failed('empty', 'agent', 'Write a text or attach a file.');
  if (attachments.length > 1)
    return failed('split_required', 'agent', 'Eitaayar takes one file. Send them one by one.');
  if (attachment && settings.target === 'app')
    return failed('attachment_refused', 'agent', 'Users of a mini app can be sent texts only.');
  if (attachment && !attachment.read)
    return failed(
      'attachment_refused',
      'agent',
      'Eitaayar wants the file itself, and only its address is known. Upload it here.',
    );
  return undefined;
}

/** What a message carries beside its text. Booleans are sent as 1 or left out. */
function fieldsOf(
  settings: EitaaSettings,
  chatId: string,
  { replyToExternalId }: OutboundMessage,
): Record<string, string> {
  const { title, silent, pin, viewCountForDelete } = settings;
  const answered = replyToExternalId?.startsWith(`${chatId}:`) ? replyToExternalId.slice(chatId.length + 1) : undefined;
  return {
    ...(title === undefined ? {} : { title }),
    ...(silent ? { disable_notification: '1' } : {}),
    ...(pin ? { pin: '1' } : {}),
    ...(viewCountForDelete === undefined ? {} : { viewCountForDelete: String(viewCountForDelete) }),
    ...(answered === undefined ? {} : { reply_to_message_id: answered }),
  };
}
