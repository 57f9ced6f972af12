import type { Words } from '../text/words';

/** Whoever acts. */
export interface Actor {
  kind: 'agent' | 'bot' | 'contact' | 'system' | 'crm' | 'rule';
  id?: string;
  /** Of a rule: the rules whose changes led to this one, itself last. */
  chain?: readonly string[];
}

export const SYSTEM: Actor = { kind: 'system' };

/**
 * Everything that happens, by name: past tense, `from` and `to` where something changed, ids and never message text.
 * The one list that subscribers, the timeline, sockets and reports read.
 */
export interface DomainEventData {
  'message.received': {
    seq: number;
    direction: 'in' | 'out';
    kind: 'comment' | 'dm';
    late?: boolean;
    opensWork: boolean;
    /** How many; absent without any. */
    attachments?: number;
    /** A button of ours: the network shows it as busy until it hears that the press was taken. */
    pressed?: true;
  };
  /** `system`: asked by the product itself (a survey); it answers nothing. */
  'message.sent': { seq: number; visibility: 'public' | 'private'; author: 'agent' | 'bot' | 'rule' | 'system' };
  'message.noted': { seq: number };
  /** Parts were added, or a file was fetched: read the message again. */
  'message.attachments_changed': { attachmentIds?: string[] };
  'message.edited': { version: number };
  /** It was written at another time than it was taken for. */
  'message.retimed': { from: string; to: string };
  'message.deleted': { by: string; reason?: string };
  'message.hidden': { reason?: string };
  'message.unhidden': { reason?: string };
  'message.liked': { reason?: string };
  'message.unliked': { reason?: string };
  /** The network did not take the new text of a message of ours; the old one stands. */
  'message.edit_refused': { code: string; reason: string };
  'message.reacted': { action: 'add' | 'remove'; reaction: string };
  /** `remedy`: what helps against a failure that was told afterwards. */
  'message.delivery_changed': { from: string; to: string; reason?: string; code?: string; remedy?: Remedy };
  'conversation.opened': { kind: 'comment' | 'dm'; channelId: string };
  /** The post above its comments is known now. */
  'conversation.post_described': { postId: string };
  'conversation.handler_changed': { from: 'bot' | 'human'; to: 'bot' | 'human'; reason: string };
  'conversation.handoff_requested': { to: 'agent' | 'phone' | 'email'; reason: string };
  /** Nobody told or confirmed an e-mail address in time: it is not waited for any longer. */
  'conversation.handoff_expired': { to: 'email'; handoffId: string };
  /** The ticket goes on in another conversation: `event.conversationId` is the one it came from. */
  'conversation.continued': { by: 'email' | 'phone'; inConversationId: string | null };
  /** This conversation's words belong to the event's ticket from now on, or (`joined` false) no longer. */
  'conversation.joined': { ticketId: string; joined: boolean; why: 'email' | 'merge' | 'undo' | 'ended' | 'flood' };
  /** Two threads proved to be one: everything of `from` stands in `into` now, and its id leads there. */
  'conversation.merged': { from: string; into: string };
  'ticket.opened': { number: number; position: number; teamId: string | null };
  'ticket.status_changed': { from: string; to: string; reason?: string };
  'ticket.priority_changed': { from: string; to: string };
  'ticket.assigned': {
    from: string | null;
    to: string | null;
    teamId: string | null;
    how: string;
    why?: Record<string, unknown>;
  };
  'ticket.moved': { from: string | null; to: string | null };
  /** Type, subject, language, custom fields (`fields.<key>`): what each was and is. */
  'ticket.changed': { changes: Record<string, { from: unknown; to: unknown }> };
  'ticket.tags_changed': { added: string[]; removed: string[] };
  'ticket.followers_changed': { added: string[]; removed: string[] };
  /** How the work ended, or (`to` null) that it did not. */
  'ticket.resolution_changed': { from: string | null; to: string | null };
  'ticket.snoozed': { until: string | null; wakeOn: string[] };
  'ticket.woken': { why: 'time' | 'reply' | 'crm' | 'agent' };
  /** Told on both tickets. */
  'ticket.merged': { from: string; into: string };
  'ticket.unmerged': { from: string; into: string };
  'ticket.split': { from: string; into: string; messages: number };
  /** Its customer says there what they said before, here or elsewhere: `count` times by now. */
  'ticket.repeated': { count: number };
  'ticket.linked': { to: string; kind: string };
  'ticket.unlinked': { to: string; kind: string };
  'ticket.bulk_progress': { batchId: string; action: string; total: number; done: number; failed: number };
  'ticket.queued': { from: string | null; to: string | null; why: string };
  /** Another calendar says when a queue is open (`null`: always); `version` of the queue. Clocks by its hours follow. */
  'queue.hours_changed': { queueId: string; from: string | null; to: string | null; version: number };
  'ticket.offered': { agentId: string; expiresAt: string; why: Record<string, unknown> };
  'ticket.offer_ended': { agentId: string; how: 'accepted' | 'declined' | 'timed_out' | 'withdrawn'; reason?: string };
  'ticket.sla_changed': { dueAt: string | null; clock: string; why: string };
  /** A share of the target has passed, percent. */
  'sla.warned': { clock: string; dueAt: string; percent: number; toldAt: string };
  'sla.escalated': { clock: string; dueAt: string; step: string; toldAt: string };
  'sla.breached': { clock: string; dueAt: string; toldAt: string };
  /** Hours or holidays changed: open clocks were computed anew. */
  'calendar.changed': { calendarId: string; version: number };
  'call.promised': { promiseId: string; windowStart: string; windowEnd: string };
  'call.rescheduled': { promiseId: string; windowStart: string; windowEnd: string; reason: string };
  'call.claimed': { promiseId: string; agentId: string };
  'call.started': { promiseId: string; attempt: number; provider: string | null };
  /** `reached`: the customer was spoken to, which keeps the promise. */
  'call.ended': { promiseId: string; attempt: number; outcome: string; reached: boolean };
  'call.missed': { promiseId: string };
  'call.cancelled': { promiseId: string; reason: string };
  /** The agent let go of it, or did nothing for too long: anyone may take it. */
  'call.released': { promiseId: string; agentId: string; why: 'agent' | 'lease' | 'provider' };
  /** It will not be made; with `not_reached` a message on the customer's own channel is what is left. */
  'call.failed': { promiseId: string; reason: 'not_reached' | 'wrong_number' | 'expired' };
  /** More is known of an attempt that is told already: how long it was, a recording. */
  'call.updated': { promiseId: string; attempt: number };
  /** Somebody was, or was not, shown to be who they say. */
  'identity.checked': { method: string; passed: boolean };
  /** A rule matched: what it changed and what refused. The receipt has the whole. */
  'rule.ran': { ruleId: string; receiptId: string; changed: string[]; refused: string[] };
  /** Nobody of `side` wrote for so long; told for the rule that waits for it. */
  'ticket.idled': {
    ruleId: string;
    ruleVersion: number;
    side: 'customer' | 'agent' | 'any';
    since: string;
    minutes: number;
  };
  'approval.requested': { approvalId: string; action: string };
  'approval.settled': { approvalId: string; action: string; approved: boolean };
  'agent.notified': { notificationId: string; kind: string; ringAt: string };
  /** What it told is over; nothing is to be done about it any more. */
  'agent.notice_settled': { notificationId: string; kind: string };
  'survey.asked': { surveyId: string; kind: 'csat' | 'nps' };
  'survey.answered': { surveyId: string; kind: 'csat' | 'nps'; score: number };
  'webhook.disabled': { endpointId: string; reason: string };
  'contact.changed': { fields: string[] };
  'contact.blocked': { channelId: string; reason?: string };
  'contact.unblocked': { channelId: string; reason?: string };
  /** `filled`: fields the one that stays got from the other. */
  'contact.merged': { from: string; into: string; filled?: string[] };
  'contact.unmerged': { from: string; into: string };
  /** Somebody said that the two are not one person, or that they may be after all. */
  'contact.told_apart': { otherId: string };
  'contact.verdict_lifted': { otherId: string };
  /** Of a batch: told from time to time and when it ends. */
  'moderation.progress': { batchId: string; action: string; total: number; done: number; failed: number };
  'bot.suggested': { answerId: string; articleId: string; score: number; locale: string };
  'bot.answered': { answerId: string; articleId: string; score: number; locale: string };
  'bot.suggestion_settled': { answerId: string; outcome: 'accepted' | 'dismissed' };
  'crm.linked': { method: string; matchedType: string | null; matchedId: string | null };
  /** The customer’s record there (or a case of theirs) was changed by somebody else; told while tickets wait for it. */
  'crm.changed': { type: string; id: string; changedAt: string };
  'crm.synced': { entity: string; count: number };
  'crm.trouble': { code: string; message: string };
  'channel.connected': { channelId: string; kind: string };
  'channel.state_changed': { channelId: string; from: string; to: string; reason?: string };
  'channel.alarm_raised': { channelId: string; name: string; message: Words; fix: Words | null };
  'channel.alarm_cleared': { channelId: string; name: string };
  /** How full the store of files counts as now, in percent: 0 (well below), 80 or 100. */
  'files.filling': { from: number; percent: number; usedBytes: number; limitBytes: number | null };
  /** `takes`: only these types of work; `why` where the agent did not choose it. */
  'presence.changed': { agentId: string; from: string; to: string; takes?: string[]; why?: string };
  /** A notice for a channel nobody can answer on; in `parts` where one message cannot carry its text. */
  'notice.queued': { noticeId: string; channelId: string; parts: number };
  /** Of a notice, or of one part of it. */
  'notice.delivery_changed': {
    noticeId: string;
    channelId: string;
    from: string;
    to: string;
    reason?: string;
    code?: string;
  };
  'job.parked': { jobId: string; name: string; error: string };
}

export type DomainEventType = keyof DomainEventData;

export interface EventSubject {
  ticketId?: string | null;
  conversationId?: string | null;
  contactId?: string | null;
  messageId?: string | null;
}

/** An event about to be recorded. `audience` names rooms, see `audience.ts`. */
export interface NewEvent<T extends DomainEventType = DomainEventType> extends EventSubject {
  workspaceId: string;
  type: T;
  data: DomainEventData[T];
  actor: Actor;
  audience: string[];
  at?: Date;
}

/**
 * What helps against a failure the network told of afterwards: sending it `again`, after so many milliseconds at the
 * earliest and (`whole`) with all of the account waiting as long, or connecting the channel anew.
 */
export type Remedy = { is: 'again'; afterMs?: number; whole?: true } | { is: 'reconnect' };

/** An event as recorded, in its place. */
export interface DomainEvent<T extends DomainEventType = DomainEventType> {
  workspaceId: string;
  /** 1, 2, 3 … in the workspace, in commit order and without gaps. */
  position: number;
  at: Date;
  type: T;
  data: DomainEventData[T];
  actor: Actor;
  ticketId: string | null;
  conversationId: string | null;
  contactId: string | null;
  messageId: string | null;
  audience: string[];
  requestId: string | null;
}

/** Builds one event with its payload checked against its name. */
export function event<T extends DomainEventType>(
  workspaceId: string,
  type: T,
  actor: Actor,
  subject: EventSubject,
  audience: string[],
  data: DomainEventData[T],
): NewEvent<T> {
  return { workspaceId, type, actor, ...subject, audience, data };
}

export const isEvent = <T extends DomainEventType>(e: DomainEvent, type: T): e is DomainEvent<T> => e.type === type;
