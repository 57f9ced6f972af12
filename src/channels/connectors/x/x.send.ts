import type { ConnectedChannel } from '../../channel';
import type { OutboundMessage, SendOutcome } from '../../sending';
import { lengthIn } from '../../../text/graphemes';
import { X_CAPABILITIES } from './x.capabilities';
import type { XCall, XClient } from './x.client';
import type { CallKind } from './x.errors';
import { idText, ownRecord, xid } from './x.fields';
import { checkReply } from './x.reply-rule';
import { flag } from './x.settings';
import { upload } from './x.upload';

type Failed = Extract<SendOutcome, { status: 'failed' }>;

const failed = (code: string, fix: Failed['fix'], reason: string): Failed => ({ status: 'failed', code, fix, reason });

const CASHTAG = /(?<![\p{L}\p{N}_$])\$[a-z]{1,6}(?:[._][a-z]{1,2})?(?![\p{L}\p{N}_])/giu;
const PICTURES = 4; // a post takes up to four pictures, or one film

/** Why this message must not be tried at all, by what is known without asking X. */
export function refusalOf(
  { settings }: Pick<ConnectedChannel, 'settings'>,
  message: OutboundMessage,
): Failed | undefined {
  const capabilities = X_CAPABILITIES[message.threadKind];
  if (!capabilities?.reply.includes(message.visibility))
    return failed('capability_missing', 'agent', `A ${message.visibility} reply is not possible here.`);
  if (message.template) return failed('capability_missing', 'agent', 'X has no templates.');
  const { max, unit } = capabilities.textLimit;
  const length = lengthIn(message.text, unit);
  if (length > max)
    return failed('text_too_long', 'agent', `The text has ${length} of at most ${max} as X counts. Shorten it.`);
  const { attachments, text } = message;
  if (attachments.length === 0 && text.trim() === '') return failed('empty', 'agent', 'Write a text or attach a file.');
  const foreign = attachments.find(({ kind }) => !capabilities.attachments.some((allowed) => allowed.kind === kind));
  if (foreign)
    return failed('attachment_refused', 'agent', `An attachment of kind ${foreign.kind} cannot be sent here.`);
  const films = attachments.filter(({ kind }) => kind === 'video').length;
  const most = message.threadKind === 'dm' || films > 0 ? 1 : PICTURES;
  if (attachments.length > most)
    return failed('split_required', 'agent', `X takes at most ${most} of these in one message. Send them one by one.`);
  // Since 20 April 2026, without an enterprise plan (docs.x.com, changelog).
  const cashtags = message.threadKind === 'comment' ? (text.match(CASHTAG)?.length ?? 0) : 0;
  if (cashtags > 1 && !flag(settings, 'enterprise'))
    return failed('too_many_cashtags', 'agent', 'X takes at most one $cashtag from an app. Remove the others.');
  return undefined;
}

// Whoever sends holds the message for 90 seconds. Beyond that another may look for it, not find it, and send it again, so
// the call that sends begins early enough to have ended by then: 40 + 20 to prepare, at most 20 for the call itself.
const PREPARING_MS = 40_000;
const SLACK_MS = 20_000;

/** The only call after which a customer may have seen something. */
interface FinalCall {
  call: XCall;
  kind: CallKind;
  idField: 'id' | 'dm_event_id';
}

/** Everything before the final call changes nothing a customer sees, so doubt in it is only another try. */
export async function prepareSend(
  client: XClient,
  channel: ConnectedChannel,
  message: OutboundMessage,
): Promise<FinalCall | Exclude<SendOutcome, { status: 'sent' }>> {
  const refusal = refusalOf(channel, message);
  if (refusal) return refusal;
  const until = client.time() + PREPARING_MS;
  const dm = message.threadKind === 'dm';
  const prepared = dm
    ? await directMessage(client, message, until)
    : await publicReply(client, channel, message, until);
  if ('status' in prepared || client.time() <= until + SLACK_MS) return prepared;
  return { status: 'retry', reason: 'X answered too slowly to send it safely.', code: 'too_slow' };
}

async function publicReply(client: XClient, channel: ConnectedChannel, message: OutboundMessage, until: number) {
  const target = message.replyToExternalId;
  if (target === undefined) return failed('no_target', 'none', 'A public reply needs the post it answers.');
  const check = await checkReply(client, channel, target);
  if (check.status !== 'allowed') return check;
  const media = await uploads(client, message, 'tweet', until);
  if ('status' in media) return media;
  const body = {
    ...(message.text === '' ? {} : { text: message.text }),
    reply: { in_reply_to_tweet_id: check.targetId },
    ...(media.ids.length > 0 ? { media: { media_ids: media.ids } } : {}),
  };
  return { call: { method: 'POST', path: ['tweets'], body } as const, kind: 'post' as const, idField: 'id' as const };
}

async function directMessage(client: XClient, message: OutboundMessage, until: number) {
  const person = idText(message.recipientExternalId);
  if (person === undefined) return failed('recipient_not_found', 'none', 'The person’s id is unknown.');
  const media = await uploads(client, message, 'dm', until);
  if ('status' in media) return media;
  const body = {
    ...(message.text === '' ? {} : { text: message.text }),
    ...(media.ids.length > 0 ? { attachments: media.ids.map((media_id) => ({ media_id })) } : {}),
  };
  const path = ['dm_conversations', 'with', person, 'messages'];
  return { call: { method: 'POST', path, body } as const, kind: 'dm' as const, idField: 'dm_event_id' as const };
}

async function uploads(client: XClient, { attachments }: OutboundMessage, use: 'tweet' | 'dm', until: number) {
  const ids: string[] = [];
  for (const attachment of attachments) {
    const uploaded = await upload(client, attachment, use, until);
    if (uploaded.status !== 'uploaded') return uploaded;
    ids.push(uploaded.mediaId);
  }
  return { ids };
}

/** Makes the final call and says how it ended; `exhaustedMs` when it used up the allowance. */
export async function finishSend(
  client: XClient,
  { call, kind, idField }: FinalCall,
): Promise<{ outcome: SendOutcome; exhaustedMs?: number }> {
  const reply = await client.call(call);
  if (reply.kind !== 'ok') return { outcome: client.outcome(reply, kind) };
  const { exhaustedMs } = reply;
  const externalId = xid(ownRecord(reply.body, 'data'), idField);
  if (externalId === undefined)
    return { outcome: { status: 'unknown', reason: 'X accepted the message without naming it.' }, exhaustedMs };
  return { outcome: { status: 'sent', externalId }, exhaustedMs };
}
