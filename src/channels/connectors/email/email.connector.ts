import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ChannelCapabilities } from '../../capabilities';
import type { ChannelKind, ChannelSettings, ConnectedChannel, Credentials } from '../../channel';
import type { ChannelConnector } from '../../connector';
import type { CredentialField, RefreshOutcome, SettingField } from '../../credentials';
import type { ParseContext, WebhookDoor } from '../../door';
import type { HealthReport } from '../../health';
import type { MediaSource, MediaWanted } from '../../media';
import type { PullOutcome, PullPlan, PullRequest } from '../../pulling';
import type { LookupOutcome, OutboundMessage, SendOutcome } from '../../sending';
import { EMAIL_CAPABILITIES } from './email.capabilities';
import { EMAIL_DOOR } from './email.door';
import { healthOf } from './email.health';
import { refreshToken } from './email.refresh';
import { sendMail } from './email.send';
import { CREDENTIAL_FIELDS, SETTING_FIELDS } from './email.fields';
import { checkEmailSettings, pollMs, readSettings } from './email.settings';
import { listenForMail } from './imap.listen';
import { lookUpSent, mediaOf } from './imap.media';
import { pullMail } from './imap.pull';
import { mintMessageId } from './message-id';
import { parseEmail } from './parse-email';
import { nobodyThere } from './smtp.errors';
import { verifyThreadToken } from './thread-token';

const BACKFILL_MS = 30 * 86_400_000;

/** E-mail: a mailbox over IMAP, an inbound hook, or both; sending over SMTP. */
export class EmailConnector implements ChannelConnector {
  readonly kinds: readonly ChannelKind[] = ['email'];

  constructor(private readonly now: () => number = Date.now) {}

  capabilities(): ChannelCapabilities {
    return EMAIL_CAPABILITIES;
  }

  credentialFields(): readonly CredentialField[] {
    return CREDENTIAL_FIELDS;
  }

  settingFields(): readonly SettingField[] {
    return SETTING_FIELDS;
  }

  checkSettings(kind: ChannelKind, settings: ChannelSettings) {
    return checkEmailSettings(kind, settings);
  }

  door(): WebhookDoor {
    return EMAIL_DOOR;
  }

  parse(body: unknown, context: ParseContext): Promise<InboundEvent[]> {
    return parseEmail(body, context);
  }

  send(channel: ConnectedChannel, message: OutboundMessage, credentials: Credentials): Promise<SendOutcome> {
    return sendMail(channel, message, credentials, new Date(this.now()));
  }

  async lookup(
    channel: ConnectedChannel,
    message: OutboundMessage,
    _sentAfter: Date,
    credentials: Credentials,
  ): Promise<LookupOutcome> {
    const settings = readSettings(channel);
    if (settings.address === undefined) return { status: 'cannot_tell', reason: 'The channel has no address.' };
    return lookUpSent(
      settings,
      { id: message.id, messageId: mintMessageId(message.id, settings.address) },
      credentials,
    );
  }

  nobodyThere(code: string): boolean {
    return nobodyThere(code);
  }

  /** A mail that was sent is out of everybody's hands. */
  moderate(): Promise<SendOutcome> {
    return Promise.resolve({
      status: 'failed',
      code: 'capability_missing',
      fix: 'none',
      reason: 'Mail cannot be hidden, deleted or liked at the receiver.',
    });
  }

  pulls(channel: ConnectedChannel): PullPlan | null {
    const { imap, importSince } = readSettings(channel);
    if (!imap) return null;
    const backfillMs = importSince ? Math.max(this.now() - importSince.getTime(), 0) : BACKFILL_MS;
    return { pollMs: pollMs(channel.settings), backfillMs };
  }

  pull(channel: ConnectedChannel, request: PullRequest, credentials: Credentials): Promise<PullOutcome> {
    return pullMail(readSettings(channel), credentials, request);
  }

  listen(channel: ConnectedChannel, credentials: Credentials, onNews: () => void, signal: AbortSignal): Promise<void> {
    return listenForMail(readSettings(channel), credentials, onNews, signal);
  }

  media(channel: ConnectedChannel, wanted: MediaWanted, credentials: Credentials): Promise<MediaSource> {
    return mediaOf(readSettings(channel), wanted, credentials);
  }

  conversationOf(token: string, credentials: Credentials): string | null {
    return verifyThreadToken(token, credentials['threadKey'] ?? '');
  }

  health(channel: ConnectedChannel, credentials: Credentials): Promise<HealthReport> {
    return healthOf(readSettings(channel), credentials);
  }

  refresh(channel: ConnectedChannel, credentials: Credentials, until: Date): Promise<RefreshOutcome> {
    return refreshToken(readSettings(channel), credentials, until, new Date(this.now()));
  }
}
