import type {
  InboundEdit,
  InboundEvent,
  InboundIdentity,
  InboundMessage,
} from '../../../inbox/conversations/inbound-event';
import { compact, instant, key, milliseconds, record, type JsonRecord } from '../json';
import { type CommentUrn, commentUrn, commentUrnOf } from './linkedin.urns';
import { actorOf, attachmentsOf, authorOf, type PageFacts, postOf, withheld, wordsOf } from './parse-facts';

/** What is known of one comment, from a notification and, where we read it, from the comment itself. */
export interface Told {
  comment: CommentUrn;
  /** The comment, or its decoration inside the notification. */
  content: JsonRecord | undefined;
  /** Decoration of the post above. */
  source: JsonRecord | undefined;
  /** `content` is the comment as LinkedIn lists it, so that no words means there are none. */
  whole: boolean;
  /** The page itself wrote it. */
  own: boolean;
  /** ms or ISO, the notification's. */
  changedAt: unknown;
  parentExternalId: string | undefined;
}

const timeIn = (content: JsonRecord | undefined, name: string): unknown => record(content?.[name])?.['time'];

/** Everything the events of one comment share. */
function baseOf(facts: PageFacts, { comment, content, own, parentExternalId }: Told) {
  const author = actorOf(content);
  // Our own comment names no customer: it belongs to the thread of the comment it answers.
  const ownThread = parentExternalId === undefined ? key('post', comment.thread) : key('message', parentExternalId);
  return {
    accountId: facts.accountId,
    threadKind: 'comment' as const,
    threadKey: own ? ownThread : threadKey(comment, author ?? withheld(comment.urn)),
  };
}

export const threadKey = (comment: CommentUrn, author: string) => key('comment', comment.thread, author);

function peopleOf(facts: PageFacts, { comment, content, own }: Told): Pick<InboundMessage, 'author' | 'contact'> {
  const author = authorOf(own ? facts.ownUrn : (actorOf(content) ?? withheld(comment.urn)), content);
  return own ? { author } : { author, contact: author };
}

/** The comment as it came into being. Without a text it is shown as a placeholder until an edit fills it. */
export function commentMessage(facts: PageFacts, told: Told): InboundMessage {
  const { comment, content, source, whole, own, changedAt, parentExternalId } = told;
  const words = wordsOf(content);
  const attachments = attachmentsOf(content);
  const empty = (words ?? '') === '' && attachments.length === 0;
  return compact({
    ...baseOf(facts, told),
    type: 'message' as const,
    eventKey: key('comment', comment.urn, 'add'),
    occurredAt: instant(timeIn(content, 'created'), changedAt),
    direction: own ? ('out' as const) : ('in' as const),
    externalId: comment.urn,
    ...peopleOf(facts, told),
    text: words ?? '',
    attachments,
    post: postOf(comment, source),
    parentExternalId,
    subtype: empty ? 'placeholder' : undefined,
    // Tells that a pull can fill it; the text of a comment never travels in this mark.
    meta: empty && !whole ? { textUntold: true } : undefined,
  });
}

/** The text as it is at `changedAt`. Undefined when no text or no time was told: then nothing is known to have changed. */
export function commentEdit(facts: PageFacts, told: Told): InboundEdit | undefined {
  const { comment, content, source, whole, own, changedAt, parentExternalId } = told;
  const words = wordsOf(content);
  const version = milliseconds(timeIn(content, 'lastModified')) ?? milliseconds(changedAt);
  if (words === undefined || (words === '' && !whole) || version === undefined) return undefined;
  return compact({
    ...baseOf(facts, told),
    type: 'edit' as const,
    eventKey: key('comment', comment.urn, 'edit', version),
    occurredAt: instant(version),
    externalId: comment.urn,
    text: words,
    attachments: attachmentsOf(content),
    version,
    ...peopleOf(facts, told),
    direction: own ? ('out' as const) : ('in' as const),
    post: postOf(comment, source),
    parentExternalId,
  });
}

/** The author of a comment whose first notification kept them back: the stand-in becomes the person. */
export function commentAuthor(facts: PageFacts, told: Told): InboundIdentity | undefined {
  const actor = actorOf(told.content);
  if (told.own || actor === undefined) return undefined;
  return {
    ...baseOf(facts, told),
    type: 'identity',
    eventKey: key('comment', told.comment.urn, 'author'),
    threadAliases: [threadKey(told.comment, withheld(told.comment.urn))],
    person: authorOf(actor, told.content),
    formerExternalId: withheld(told.comment.urn),
  };
}

/** A comment as LinkedIn lists it: told whole, so whatever was missing of it before is filled. */
export function parseReadComment(
  facts: PageFacts,
  content: JsonRecord,
  source: JsonRecord | undefined,
  wanted?: { comment: CommentUrn; own: boolean },
): InboundEvent[] | undefined {
  const comment = urnOfRead(content) ?? wanted?.comment;
  if (!comment) return undefined;
  const own = wanted?.own === true || actorOf(content) === facts.ownUrn;
  const parentExternalId = commentUrn(content['parentComment'])?.urn;
  const told = { comment, content, source, whole: true, own, changedAt: undefined, parentExternalId };
  const message = commentMessage(facts, told);
  const edit = commentEdit(facts, told);
  const unchanged = own && edit?.occurredAt === message.occurredAt; // ours are never told without their words
  return edit && !unchanged ? [message, edit] : [message];
}

/** `$URN` first, then `commentUrn`, then thread and id: which of them is there differs by version (linkedin.md §8). */
export function urnOfRead(content: JsonRecord): CommentUrn | undefined {
  const thread = content['object'];
  const number = content['id'];
  const built =
    typeof thread === 'string' && (typeof number === 'string' || typeof number === 'number')
      ? commentUrnOf(thread, String(number))
      : undefined;
  return commentUrn(content['$URN']) ?? commentUrn(content['commentUrn']) ?? built ?? commentUrn(number);
}
