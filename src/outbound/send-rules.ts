import type { ThreadCapabilities, Visibility } from '../channels/capabilities';
import { lengthIn } from '../text/graphemes';
import { splitText } from '../text/split';

/** What deciding about a reply needs to know. Instants as dates, `now` included by the caller. */
export interface SendFacts {
  capabilities: ThreadCapabilities | undefined;
  kind: 'comment' | 'dm';
  author: 'agent' | 'bot';
  visibility: Visibility;
  text: string;
  attachments: readonly { kind: string; sizeBytes?: number }[];
  /** The customer's last action in this thread: opens the window. */
  lastInboundAt: Date | null;
  /** They blocked the channel or left it: nothing private reaches them. */
  recipientUnreachable?: boolean;
  /** Nobody has shown that this address is theirs. */
  recipientUnconfirmed?: boolean;
  /** The comment being answered, in comment threads. */
  comment: {
    at: Date;
    deleted: boolean;
    privateReplies: number;
    hidden?: boolean;
    /** Whether the network lets an app answer it in public, where it said so. */
    mayReply?: boolean | null;
    /** Of the post above it. `from`: the earliest we know it ran; `endedAt`: when the network told that it was over. */
    broadcast?: { from: Date; endedAt: Date | null };
  } | null;
  /** It is sent from a template the network has approved, which no window stands in the way of. */
  template?: boolean;
}

export type RefusalReason =
  | 'not_possible_here'
  | 'empty'
  | 'text_too_long'
  | 'attachment_refused'
  | 'split_required'
  | 'template_not_possible'
  | 'window_closed'
  | 'window_for_humans_only'
  | 'bot_may_not_reply'
  | 'recipient_unreachable'
  | 'recipient_unconfirmed'
  | 'nothing_to_answer'
  | 'comment_deleted'
  | 'private_reply_used'
  | 'private_reply_expired'
  | 'comment_hidden'
  | 'not_addressed'
  | 'live_private_only'
  | 'live_over';

export interface Refusal {
  reason: RefusalReason;
  message: string;
  facts?: Record<string, unknown>;
}

export type SendDecision = { window: 'standard' | 'human_window' } | { refusal: Refusal };

const refuse = (reason: RefusalReason, message: string, facts?: Record<string, unknown>): { refusal: Refusal } => ({
  refusal: { reason, message, facts },
});

/** Whether a network will take this reply, before it is asked: windows, one-time private replies, lengths, kinds. */
export function decideSend(facts: SendFacts, now: Date): SendDecision {
  const { capabilities, visibility } = facts;
  const possible = decideVisibility(facts, now);
  if ('refusal' in possible || !capabilities) return possible;
  if (facts.template) return possible; // the network knows its text
  const once = facts.kind === 'comment' && visibility === 'private';
  const rules = { ...capabilities, textLimit: limitOf(capabilities, facts) };
  return refuseContent(once ? { ...rules, partsTogether: 1 } : rules, facts, once) ?? possible;
}

/** What one message may hold. */
export type ContentRules = Pick<ThreadCapabilities, 'textLimit' | 'attachments' | 'partsTogether' | 'captionLimit'>;

/** @param once there is no second message that could take the rest */
export function refuseContent(
  rules: ContentRules,
  { text, attachments }: Pick<SendFacts, 'text' | 'attachments'>,
  once = false,
): { refusal: Refusal } | undefined {
  if (text.trim() === '' && attachments.length === 0) return refuse('empty', 'Write a text or attach a file.');
  const limit = rules.textLimit;
  const length = lengthIn(text, limit.unit);
  if (length > limit.max) return tooLong(text, length, limit, once);
  if (attachments.length > 0 && !fitsBesideFile(rules, text))
    return refuse('split_required', 'The text is too long to go with a file; send them one by one.', {
      length,
      ...rules.captionLimit,
    });
  const foreign = attachments.find(({ kind }) => !rules.attachments.some((allowed) => allowed.kind === kind));
  if (foreign)
    return refuse('attachment_refused', `An attachment of kind ${foreign.kind} cannot be sent here.`, {
      kind: foreign.kind,
    });
  for (const { kind, sizeBytes = 0 } of attachments) {
    const maxBytes = Math.max(...rules.attachments.filter((a) => a.kind === kind).map((a) => a.maxBytes));
    if (sizeBytes > maxBytes)
      return refuse(
        'attachment_refused',
        `The file has ${sizeBytes} of at most ${maxBytes} bytes; send a smaller one.`,
        {
          kind,
          sizeBytes,
          maxBytes,
        },
      );
  }
  const parts = attachments.length + (text.trim() === '' ? 0 : 1);
  if (rules.partsTogether !== undefined && (parts > rules.partsTogether || attachments.length > 1))
    return refuse(
      'split_required',
      'This network takes a text and each attachment as messages of their own; send them one by one.',
    );
  return once && text.trim() === '' ? refuse('empty', 'A private reply needs a text.') : undefined;
}

const fitsBesideFile = ({ captionLimit }: Pick<ContentRules, 'captionLimit'>, text: string): boolean =>
  !captionLimit || lengthIn(text, captionLimit.unit) <= captionLimit.max;

function limitOf(
  capabilities: Pick<ThreadCapabilities, 'textLimit'> & Partial<Pick<ThreadCapabilities, 'privateReply'>>,
  { kind, visibility }: Pick<SendFacts, 'kind' | 'visibility'>,
): ThreadCapabilities['textLimit'] {
  const ofPrivateReply =
    kind === 'comment' && visibility === 'private' ? capabilities.privateReply?.textLimit : undefined;
  return ofPrivateReply ?? capabilities.textLimit;
}

/** Says how many messages it would be, except where there is only one. */
function tooLong(text: string, length: number, limit: ThreadCapabilities['textLimit'], once: boolean) {
  const what = `The text has ${length} of at most ${limit.max} ${limit.unit.replace('_', ' ')}`;
  if (once) return refuse('text_too_long', `${what}; shorten it.`, { length, ...limit });
  const parts = splitText(text, limit).length;
  return refuse('text_too_long', `${what}; shorten it, or send it split into ${parts} messages.`, {
    length,
    ...limit,
    parts,
  });
}

/** What one message carries when a reply is split. */
export interface Part<Attachment> {
  text: string;
  attachments: Attachment[];
}

/**
 * A reply as the messages it takes: a long text in parts, and each attachment by itself where the network joins no more.
 * A private reply to a comment stays one: there is no second.
 */
export function partsOf<Attachment>(
  capabilities: ContentRules & Partial<Pick<ThreadCapabilities, 'privateReply'>>,
  reply: Pick<SendFacts, 'kind' | 'visibility' | 'text'> & { attachments: readonly Attachment[] },
): Part<Attachment>[] {
  const whole = { text: reply.text, attachments: [...reply.attachments] };
  if (reply.kind === 'comment' && reply.visibility === 'private') return [whole];
  const limit = limitOf(capabilities, reply);
  const texts = lengthIn(reply.text, limit.unit) > limit.max ? splitText(reply.text, limit) : [reply.text];
  const parts: Part<Attachment>[] = texts.map((text) => ({ text, attachments: [] }));
  const together = capabilities.partsTogether ?? Infinity;
  for (const attachment of reply.attachments) {
    const last = parts.at(-1);
    const alone = capabilities.partsTogether !== undefined && last?.attachments.length === 1;
    const fits = last !== undefined && fitsBesideFile(capabilities, last.text);
    if (last && fits && !alone && last.attachments.length + (last.text.trim() === '' ? 1 : 2) <= together)
      last.attachments.push(attachment);
    else parts.push({ text: '', attachments: [attachment] });
  }
  return parts.length === 0 ? [whole] : parts;
}

/** The part that does not depend on the text: what the composer offers. */
export function decideVisibility(facts: Omit<SendFacts, 'text' | 'attachments'>, now: Date): SendDecision {
  const { capabilities, visibility, kind } = facts;
  if (capabilities?.underBroadcast && visibility === 'public' && !capabilities.reply.includes('public'))
    return refuse('live_private_only', 'Comments of a live broadcast take a private reply only, while it runs.');
  if (!capabilities?.reply.includes(visibility))
    return refuse('not_possible_here', `A ${visibility} reply is not possible in this thread.`);
  if (facts.author === 'bot' && !capabilities.botMayReply)
    return refuse('bot_may_not_reply', 'The bot may only suggest answers here.');
  if (facts.template && (!capabilities.templates || facts.author === 'bot'))
    return refuse('template_not_possible', 'Templates cannot be sent in this thread; write a text.');
  if (facts.recipientUnreachable && visibility === 'private')
    return refuse(
      'recipient_unreachable',
      'Nothing reaches them here: they blocked this channel, left it, or nobody is at their address. Once they write again it does.',
    );
  if (facts.recipientUnconfirmed)
    return refuse(
      'recipient_unconfirmed',
      'Nobody has shown that this address is the customer’s; wait for their answer, or confirm it with a note.',
    );
  if (kind === 'comment') return decideComment(facts, capabilities, now);
  return decideWindow(facts, capabilities, now);
}

function decideComment(
  facts: Omit<SendFacts, 'text' | 'attachments'>,
  capabilities: ThreadCapabilities,
  now: Date,
): SendDecision {
  const { comment } = facts;
  if (!comment) return refuse('nothing_to_answer', 'There is no comment of the customer to answer.');
  if (comment.deleted)
    return refuse('comment_deleted', 'The customer deleted this comment; it can no longer be answered.');
  if (facts.visibility === 'public') {
    if (comment.hidden && capabilities.hiddenTakesNoReply)
      return refuse('comment_hidden', 'A hidden comment cannot be answered; show it first.');
    if (comment.mayReply === false && capabilities.answersAddressedOnly)
      return refuse(
        'not_addressed',
        'This network lets an app answer only people who addressed the account; open it there and answer.',
      );
    return { window: 'standard' };
  }
  const rule = capabilities.privateReply;
  if (!rule) return refuse('not_possible_here', 'A private reply to a comment is not possible here.');
  if (comment.privateReplies >= rule.perComment) {
    return refuse(
      'private_reply_used',
      'The one private reply to this comment has been used; wait until the customer answers.',
    );
  }
  return refusePrivateReply(capabilities, comment, now) ?? { window: 'standard' };
}

function refusePrivateReply(
  capabilities: ThreadCapabilities,
  comment: NonNullable<SendFacts['comment']>,
  now: Date,
): { refusal: Refusal } | undefined {
  const endsAt = privateReplyEndsAt(capabilities, comment);
  if (!endsAt || now < endsAt) return undefined;
  if (capabilities.underBroadcast)
    return refuse('live_over', 'The broadcast is over; its comments take no private reply any more.', {
      endedAt: endsAt,
      told: comment.broadcast?.endedAt != null,
    });
  return refuse('private_reply_expired', 'The time for a private reply to this comment is over.', {
    expiredAt: endsAt,
  });
}

/** Until when a private reply to this comment is taken: after it, or while the broadcast above it runs. */
export function privateReplyEndsAt(
  { privateReply, underBroadcast }: ThreadCapabilities,
  { at, broadcast }: Pick<NonNullable<SendFacts['comment']>, 'at' | 'broadcast'>,
): Date | null {
  if (!privateReply) return null;
  if (!underBroadcast) return new Date(at.getTime() + privateReply.withinMs);
  const latest = (broadcast?.from ?? at).getTime() + privateReply.withinMs;
  return new Date(Math.min(latest, broadcast?.endedAt?.getTime() ?? Infinity));
}

function decideWindow(
  facts: Omit<SendFacts, 'text' | 'attachments'>,
  capabilities: ThreadCapabilities,
  now: Date,
): SendDecision {
  const { replyWindowMs, humanWindowMs } = capabilities;
  if (replyWindowMs === null || facts.template) return { window: 'standard' };
  if (!facts.lastInboundAt) return refuse('window_closed', 'The customer has to write first.');
  const open = (ms: number) => now.getTime() < facts.lastInboundAt!.getTime() + ms;
  if (open(replyWindowMs)) return { window: 'standard' };
  if (humanWindowMs === null || !open(humanWindowMs)) {
    return refuse('window_closed', 'The time to answer is over; the customer has to write again.', {
      closedAt: new Date(facts.lastInboundAt.getTime() + (humanWindowMs ?? replyWindowMs)),
    });
  }
  if (facts.author === 'bot')
    return refuse('window_for_humans_only', 'Only a human may answer now; the bot keeps silent.');
  return { window: 'human_window' };
}

/**
 * What time alone may have changed since a reply was decided on and written: the window it goes by, or that none is open
 * any more.
 */
export function decideTiming(facts: Omit<SendFacts, 'text' | 'attachments'>, now: Date): SendDecision {
  const { capabilities, comment, kind, visibility } = facts;
  if (!capabilities) return { window: 'standard' };
  if (kind === 'dm') return decideWindow(facts, capabilities, now);
  return comment && visibility === 'private'
    ? (refusePrivateReply(capabilities, comment, now) ?? { window: 'standard' })
    : { window: 'standard' };
}

/** Which window is open and until when, for the console. */
export function windowOf(
  capabilities: ThreadCapabilities | undefined,
  kind: 'comment' | 'dm',
  lastInboundAt: Date | null,
  now: Date,
) {
  const standard = capabilities?.replyWindowMs ?? null;
  if (!capabilities || kind === 'comment' || standard === null) return { kind: 'none' as const, closesAt: null };
  const end = (ms: number | null) => (lastInboundAt && ms !== null ? new Date(lastInboundAt.getTime() + ms) : null);
  const closes = end(standard);
  if (closes && now < closes) return { kind: 'standard' as const, closesAt: closes };
  const closesForHumans = end(capabilities.humanWindowMs);
  if (closesForHumans && now < closesForHumans) return { kind: 'human' as const, closesAt: closesForHumans };
  return { kind: 'closed' as const, closesAt: closesForHumans ?? closes };
}
