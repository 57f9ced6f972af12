import type { ConnectedChannel } from '../../channel';
import type { OutboundMessage, SendOutcome } from '../../sending';
import type { HttpAnswer } from '../../egress';
import { lengthIn } from '../../../text/graphemes';
import { record } from '../json';
import { LINKEDIN_CAPABILITIES } from './linkedin.capabilities';
import type { LinkedInCall, LinkedInClient } from './linkedin.client';
import { outcomeOf, type Refusal } from './linkedin.errors';
import { linkedInSettings } from './linkedin.settings';
import { type CommentUrn, commentUrn, commentUrnOf, encoded, organizationUrn, urn } from './linkedin.urns';
import { urnOfRead } from './parse-comment';

/** Where a comment of ours goes: under a comment of the first level, or under a post itself. */
export type Target = { top: CommentUrn } | { post: string };

const failed = (code: string, fix: 'agent' | 'admin' | 'none', reason: string): Refusal => ({
  status: 'failed',
  code,
  fix,
  reason,
});

/** Why this message must not be tried, or undefined. */
export function refusalOf(channel: ConnectedChannel, message: OutboundMessage): Refusal | undefined {
  if (message.threadKind !== 'comment' || !LINKEDIN_CAPABILITIES.comment?.reply.includes(message.visibility))
    return failed('capability_missing', 'agent', 'LinkedIn takes public answers to comments only.');
  if (message.attachments.length > 0)
    return failed('attachment_refused', 'agent', 'LinkedIn takes no attachments here. Send the text without them.');
  if (message.text.trim() === '') return failed('empty', 'agent', 'Write a text.');
  const max = linkedInSettings(channel.settings).textLimit;
  const length = lengthIn(message.text, 'characters');
  if (length > max)
    return failed('text_too_long', 'agent', `The text has ${length} of at most ${max} characters. Shorten it.`);
  return undefined;
}

/**
 * Finds the comment of the first level: LinkedIn has two, and answers to an answer hang under the one above it. A
 * notification does not say what a comment answers, so it is read where we were not told.
 */
export async function targetOf(
  client: LinkedInClient,
  message: OutboundMessage,
  now: number,
): Promise<{ target: Target } | { refusal: Refusal }> {
  const comment = commentUrn(message.replyToExternalId);
  if (!comment) {
    const post = urn(message.replyToExternalId) ?? urn(message.postExternalId);
    if (post !== undefined) return { target: { post } };
    return { refusal: failed('no_target', 'none', 'It is not known which comment or post is answered.') };
  }
  const told = commentUrn(message.replyToParentExternalId);
  if (told) return { target: { top: told } };
  const answer = await client.call(commentCall('GET', comment));
  if (answer.kind === 'answer' && answer.ok)
    return { target: { top: commentUrn(record(answer.json)?.['parentComment']) ?? comment } };
  const refusal = outcomeOf(answer, now);
  // Only read so far: nothing is out, so doubt is none.
  return { refusal: refusal.status === 'unknown' ? { status: 'retry', reason: refusal.reason } : refusal };
}

/** The call that publishes the comment. Comments are plain text: nothing is escaped (linkedin.md §5). */
export function sendCall(channel: ConnectedChannel, message: OutboundMessage, target: Target): LinkedInCall {
  const actor = organizationUrn(channel.externalId);
  const text = { text: message.text };
  if ('post' in target)
    return {
      method: 'POST',
      path: `/socialActions/${encoded(target.post)}/comments`,
      body: { actor, object: target.post, message: text },
    };
  const { top } = target;
  const under = linkedInSettings(channel.settings).replyTarget === 'comment' ? top.urn : top.thread;
  return {
    method: 'POST',
    path: `/socialActions/${encoded(under)}/comments`,
    body: { actor, object: top.thread, message: text, parentComment: top.urn },
  };
}

/** What became of it. The new comment is named in the body or in `x-restli-id`. */
export function sentOutcome(answer: HttpAnswer, target: Target, now: number): SendOutcome {
  if (answer.kind !== 'answer' || !answer.ok) return outcomeOf(answer, now);
  const thread = 'post' in target ? target.post : target.top.thread;
  const header = answer.headers.get('x-restli-id') ?? '';
  const comment =
    urnOfRead(record(answer.json) ?? {}) ??
    commentUrn(header) ??
    (header === '' ? undefined : commentUrnOf(thread, header));
  if (comment) return { status: 'sent', externalId: comment.urn };
  return { status: 'unknown', reason: 'LinkedIn accepted the comment without naming it.' };
}

/** One comment by its own address; writing calls say for whom they act. */
export function commentCall(
  method: 'GET' | 'POST' | 'DELETE',
  { thread, commentId }: CommentUrn,
  actor?: string,
): LinkedInCall {
  const path = `/socialActions/${encoded(thread)}/comments/${encoded(commentId)}`;
  return actor === undefined ? { method, path } : { method, path, query: `actor=${encoded(actor)}` };
}

/** Changes the text of a comment of ours. Source: linkedin.md §5, partial update [M]. */
export const editCall = (comment: CommentUrn, actor: string, text: string): LinkedInCall => ({
  ...commentCall('POST', comment, actor),
  restliMethod: 'PARTIAL_UPDATE',
  body: { patch: { message: { $set: { text } } } },
});
