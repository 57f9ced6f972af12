import type { ConnectedChannel, Credentials } from '../../channel';
import type { OutboundAttachment, OutboundMessage, SendOutcome } from '../../sending';
import { lengthIn } from '../../../text/graphemes';
import { composed, type LoadedAttachment, planMail } from './compose';
import { EMAIL_CAPABILITIES, MOST_ATTACHED } from './email.capabilities';
import { type EmailSettings, readSettings } from './email.settings';
import { openImap } from './imap.client';
import { normaliseAddress } from './mail';
import { withoutTag } from './mail-message';
import { type Envelope, submit } from './smtp.client';
import { outcomeOf } from './smtp.errors';
import { mintBounceToken, tokenAddress } from './thread-token';

type Failed = Extract<SendOutcome, { status: 'failed' }>;

const failed = (code: string, fix: Failed['fix'], reason: string): Failed => ({ status: 'failed', code, fix, reason });

/** From whom to whom, or why this message must not be tried at all. Pure. */
export function addressed(settings: EmailSettings, message: OutboundMessage): Envelope | Failed {
  const capabilities = EMAIL_CAPABILITIES[message.threadKind];
  if (!capabilities?.reply.includes(message.visibility))
    return failed('capability_missing', 'agent', `A ${message.visibility} reply is not possible by e-mail.`);
  const from = settings.address;
  if (from === undefined)
    return failed('no_address', 'admin', 'The channel has no e-mail address. Set address in its settings.');
  const to = normaliseAddress(message.recipientExternalId);
  if (to === undefined) return failed('recipient_invalid', 'none', 'The mail came without an address to answer to.');
  if (settings.own.includes(withoutTag(to))) return failed('own_address', 'none', 'The mail would go to ourselves.');
  const { max, unit } = capabilities.textLimit;
  const length = lengthIn(message.text, unit);
  if (length > max)
    return failed('text_too_long', 'agent', `The text has ${length} of at most ${max} ${unit}. Shorten it.`);
  if (message.text === '' && message.attachments.length === 0)
    return failed('empty', 'agent', 'Write a text or attach a file.');
  return { from, to };
}

/** One mail over SMTP. Trying again after doubt sends the same Message-ID, so that receivers can tell the repeat. */
export async function sendMail(
  channel: ConnectedChannel,
  message: OutboundMessage,
  credentials: Credentials,
  now: Date,
): Promise<SendOutcome> {
  const settings = readSettings(channel);
  const envelope = addressed(settings, message);
  if ('status' in envelope) return envelope;
  if (!settings.smtp)
    return failed('no_smtp', 'admin', 'The channel has no SMTP server. Set smtpHost in its settings.');
  const attachments = await loaded(message.attachments);
  if ('status' in attachments) return attachments;
  const plan = planMail(message, envelope, settings, credentials['threadKey'] ?? '');
  const mime = await composed(plan, attachments.files, now);
  const from = returnAddress(settings, envelope.from, message.id, credentials['threadKey'] ?? '');
  const submission = await submit(settings, credentials, { ...envelope, from }, mime);
  if (submission.status !== 'accepted') return outcomeOf(submission);
  if (settings.appendSent) await fileCopy(settings, credentials, mime);
  return { status: 'sent', externalId: submission.serverMessageId ?? plan.messageId };
}

/** Where the mail comes back to when it cannot be delivered. */
function returnAddress({ bounceAddresses }: EmailSettings, from: string, messageId: string, key: string): string {
  const token = bounceAddresses ? mintBounceToken(messageId, key) : null;
  return token === null ? from : tokenAddress(from, token, 'b');
}

/** The mail is out; a copy that cannot be filed changes nothing about that. */
async function fileCopy(settings: EmailSettings, credentials: Credentials, mime: Buffer): Promise<void> {
  if (settings.sentFolder === undefined || !settings.imap) return;
  try {
    const client = await openImap(settings, credentials);
    await client.append(settings.sentFolder, mime, [String.raw`\Seen`]).finally(() => client.close());
  } catch {
    // Nobody can do anything about it here; `health` shows a folder that is missing.
  }
}

type Loaded = { files: LoadedAttachment[] } | Exclude<SendOutcome, { status: 'sent' }>;

async function loaded(attachments: readonly OutboundAttachment[]): Promise<Loaded> {
  const files: LoadedAttachment[] = [];
  let bytes = 0;
  for (const attachment of attachments) {
    if (!attachment.read)
      return failed(
        'attachment_unreadable',
        'agent',
        'Only files uploaded here can be sent by e-mail. Upload it, or send the link.',
      );
    const content = await attachment.read().catch(() => undefined);
    if (!content)
      return { status: 'retry', code: 'attachment_unreadable', reason: 'An attachment cannot be read at the moment.' };
    bytes += content.length;
    if (bytes > MOST_ATTACHED)
      return failed(
        'too_large',
        'agent',
        `The files are larger than ${Math.floor(MOST_ATTACHED / 1_048_576)} MB together. Send a link.`,
      );
    files.push({ name: attachment.name ?? attachment.kind, mimeType: attachment.mimeType, content });
  }
  return { files };
}
