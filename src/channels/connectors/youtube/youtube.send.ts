import type { ModerationAction, ModerationTarget } from '../../capabilities';
import type { ConnectedChannel } from '../../channel';
import type { LookupOutcome, OutboundMessage, SendOutcome } from '../../sending';
import type { HttpAnswer } from '../../egress';
import { lengthIn } from '../../../text/graphemes';
import { id, milliseconds, record, string, type JsonRecord } from '../json';
import { YOUTUBE_CAPABILITIES } from './youtube.capabilities';
import { itemsIn, type YouTubeCall, type YouTubeClient } from './youtube.client';
import { outcomeOf, reasonOf, type Refusal } from './youtube.errors';
import { youTubeSettings } from './youtube.settings';

const failed = (code: string, fix: 'agent' | 'admin' | 'none', reason: string): Refusal => ({
  status: 'failed',
  code,
  fix,
  reason,
});

/** The call that publishes this comment, or why it must not be tried. Pure. */
export function planSend(channel: ConnectedChannel, message: OutboundMessage): YouTubeCall | Refusal {
  if (message.threadKind !== 'comment' || !YOUTUBE_CAPABILITIES.comment?.reply.includes(message.visibility))
    return failed('capability_missing', 'agent', 'YouTube takes public answers to comments only.');
  if (message.attachments.length > 0)
    return failed('attachment_refused', 'agent', 'YouTube takes no attachments. Send the text without them.');
  if (message.text.trim() === '') return failed('empty', 'agent', 'Write a text.');
  const max = youTubeSettings(channel.settings).textLimit;
  const length = lengthIn(message.text, 'characters');
  if (length > max)
    return failed('text_too_long', 'agent', `The text has ${length} of at most ${max} characters. Shorten it.`);
  const thread = threadOf(message);
  const textOriginal = message.text;
  if (thread !== undefined)
    return {
      method: 'POST',
      path: 'comments',
      query: { part: 'snippet' },
      body: { snippet: { parentId: thread, textOriginal } },
    };
  const video = message.postExternalId;
  if (video === undefined) return failed('no_target', 'none', 'It is not known which comment or video is answered.');
  const topLevelComment = { snippet: { textOriginal } };
  const place = video === channel.externalId ? {} : { videoId: video };
  return {
    method: 'POST',
    path: 'commentThreads',
    query: { part: 'snippet' },
    body: { snippet: { channelId: channel.externalId, ...place, topLevelComment } },
  };
}

/** Threads are flat: an answer to an answer hangs under the top comment too, whose id begins that of the answer. */
export function threadOf({ replyToExternalId, replyToParentExternalId }: OutboundMessage): string | undefined {
  return replyToParentExternalId ?? replyToExternalId?.split('.', 1)[0];
}

/** Publishes it. `processingFailure` is sometimes passing (youtube.md §6), and certainly nothing was published: once more. */
export async function publish(client: YouTubeClient, call: YouTubeCall, now: number): Promise<SendOutcome> {
  let answer = await client.call(call);
  if (reasonOf(answer) === 'processingFailure') answer = await client.call(call);
  if (answer.kind !== 'answer' || !answer.ok) return outcomeOf(answer, now);
  const body = record(answer.json);
  const externalId = id(body?.['id']);
  if (externalId === undefined) return { status: 'unknown', reason: 'YouTube accepted the comment without naming it.' };
  return { status: 'sent', externalId };
}

const CLOCK_SLACK_MS = 5_000; // whole seconds, and YouTube's clock is not ours
const MAX_PAGES = 5;

const plain = (text: string) => text.normalize('NFC').trim();

/**
 * Looks for a comment in doubt where it would stand. It also finds out whether one that was accepted has been removed
 * since by the spam filter, which happens without a word (youtube.md §7).
 */
export async function lookUp(
  client: YouTubeClient,
  channel: ConnectedChannel,
  message: OutboundMessage,
  sentAfter: Date,
  now: number,
): Promise<LookupOutcome> {
  const thread = threadOf(message);
  const video = message.postExternalId;
  if (thread === undefined && video === undefined)
    return { status: 'cannot_tell', reason: 'It is not known where the comment would stand.' };
  const path = thread === undefined ? 'commentThreads' : 'comments';
  const place: Record<string, string> =
    thread === undefined ? { videoId: video ?? '', order: 'time' } : { parentId: thread };
  const notBefore = sentAfter.getTime() - CLOCK_SLACK_MS;
  const externalIds: string[] = [];
  let pageToken: string | undefined;
  for (let n = 0; n < MAX_PAGES; n++) {
    const query = { part: 'snippet', maxResults: '100', textFormat: 'plainText', ...place };
    // each page names the next
    const answer = await client.call({
      method: 'GET',
      path,
      query: pageToken === undefined ? query : { ...query, pageToken },
    });
    if (answer.kind !== 'answer' || !answer.ok) return { status: 'cannot_tell', reason: outcomeOf(answer, now).reason };
    for (const item of itemsIn(answer.json)) {
      const comment = record(record(item['snippet'])?.['topLevelComment']) ?? item;
      const externalId = id(comment['id']);
      if (externalId !== undefined && isSought(record(comment['snippet']), channel, message, notBefore))
        externalIds.push(externalId);
    }
    pageToken = string(record(answer.json)?.['nextPageToken']);
    if (pageToken === undefined)
      return externalIds.length > 0 ? { status: 'found', externalIds } : { status: 'absent' };
  }
  if (externalIds.length > 0) return { status: 'found', externalIds };
  return { status: 'cannot_tell', reason: 'There are too many comments to read all of them back.' };
}

function isSought(
  facts: JsonRecord | undefined,
  channel: ConnectedChannel,
  { text }: OutboundMessage,
  notBefore: number,
): boolean {
  const author = id(record(facts?.['authorChannelId'])?.['value']);
  const words = string(facts?.['textOriginal']) ?? string(facts?.['textDisplay']) ?? '';
  const published = milliseconds(facts?.['publishedAt']) ?? 0;
  return author === channel.externalId && published >= notBefore && plain(words) === plain(text);
}

/**
 * What a moderator's action is at YouTube. Our own comments are deleted; what others wrote is rejected, which cannot be
 * taken back, and blocking is rejecting with a ban. Source: youtube.md §5.
 */
export function moderationCall(
  channel: ConnectedChannel,
  action: ModerationAction,
  { messageExternalId, authorExternalId }: ModerationTarget,
): YouTubeCall | Refusal {
  const set = (moderationStatus: string, more: Record<string, string> = {}): YouTubeCall => ({
    method: 'POST',
    path: 'comments/setModerationStatus',
    query: { id: messageExternalId, moderationStatus, ...more },
  });
  switch (action) {
    case 'hide':
      return set('heldForReview');
    case 'unhide':
      return set('published');
    case 'delete':
      return authorExternalId === channel.externalId
        ? { method: 'DELETE', path: 'comments', query: { id: messageExternalId } }
        : set('rejected');
    case 'block':
      return set('rejected', { banAuthor: 'true' });
    default:
      return failed('capability_missing', 'agent', 'YouTube does not offer this for comments.');
  }
}

export function moderationOutcome(
  answer: HttpAnswer,
  action: ModerationAction,
  externalId: string,
  now: number,
): SendOutcome {
  const outcome = repeatableOutcome(answer, externalId, now);
  const gone = outcome.status === 'failed' && outcome.code === 'object_gone';
  return action === 'delete' && gone ? { status: 'sent', externalId } : outcome;
}

/** What came of a call that ends the same however often it is made: doubt is answered by making it again. */
export function repeatableOutcome(answer: HttpAnswer, externalId: string, now: number): SendOutcome {
  if (answer.kind === 'answer' && answer.ok) return { status: 'sent', externalId };
  const outcome = outcomeOf(answer, now);
  return outcome.status === 'unknown' ? { status: 'retry', reason: outcome.reason } : outcome;
}

export const editCall = (externalId: string, textOriginal: string): YouTubeCall => ({
  method: 'PUT',
  path: 'comments',
  query: { part: 'snippet' },
  body: { id: externalId, snippet: { textOriginal } },
});
