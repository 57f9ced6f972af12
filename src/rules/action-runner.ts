import { Inject, Injectable, Optional } from '@nestjs/common';
import { BRAKE_MEMORY_MS, brakeSettings, hadEnough, isTooOld } from '../bot/answer-brake';
import { BOT_REPLIES, type BotReplies } from '../bot/bot-replies';
import { TicketChanges } from '../inbox/tickets/ticket-changes';
import type { Ticket } from '../inbox/tickets/ticket';
import { CannedTexts } from '../macros/canned-texts';
import { Notifications } from '../notifications/notifications';
import { ModerationService } from '../outbound/moderation.service';
import type { Actor } from '../outbox/domain-event';
import { Clock } from '../platform/clock';
import type { Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import type { Action } from './actions';
import { Approvals } from './approvals';
import { RuleWordsRepository } from './rule-words.repository';
import { RuleWebhooks } from './rule-webhooks';
import type { Changed, Refused } from './rules.repository';

/** On what, and on whose behalf, actions are done. */
export interface Occasion {
  workspaceId: string;
  /** Unique for what made it: a receipt, an approval, one use of a macro. */
  cause: string;
  actor: Actor;
  /** The customer's words it is about: what `hide` hides and `reply` answers. */
  messageId: string | null;
  /** Of a rule; null when an agent does it by hand. */
  rule: { id: string; name: string; receiptId: string; event: { type: string; position: number; at: Date } } | null;
}

export interface Outcome {
  ticket: Ticket;
  changed: Changed[];
  refused: Refused[];
}

type Done = { ticket: Ticket; did: Record<string, unknown> | null };

const MINUTE_MS = 60_000;

/**
 * Does a list of actions to one ticket that the caller holds locked, in the caller's transaction. An action that is refused
 * leaves nothing behind and does not stop the others.
 */
@Injectable()
export class ActionRunner {
  constructor(
    private readonly changes: TicketChanges,
    private readonly notifications: Notifications,
    private readonly moderation: ModerationService,
    private readonly texts: CannedTexts,
    private readonly approvals: Approvals,
    private readonly words: RuleWordsRepository,
    private readonly clock: Clock,
    @Inject(BOT_REPLIES) private readonly replies: BotReplies,
    @Optional() private readonly webhooks?: RuleWebhooks,
  ) {}

  async run(tx: Tx, ticket: Ticket, actions: readonly Action[], occasion: Occasion): Promise<Outcome> {
    const outcome: Outcome = { ticket, changed: [], refused: [] };
    for (const [place, action] of actions.entries()) {
      const named = { action: place, do: action.do };
      try {
        const done = await tx.savepoint(() => this.one(tx, outcome.ticket, action, occasion, place));
        outcome.ticket = done.ticket;
        if (done.did) outcome.changed.push({ ...named, did: done.did });
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        outcome.refused.push({ ...named, code: codeOf(error), message: error.message });
      }
    }
    return outcome;
  }

  private async one(tx: Tx, ticket: Ticket, action: Action, occasion: Occasion, place: number): Promise<Done> {
    const { actor, workspaceId } = occasion;
    switch (action.do) {
      case 'assign':
        return told(ticket, await this.changes.assign(tx, ticket, action.agentId, actor), 'assigneeId');
      case 'take':
        if (actor.kind !== 'agent' || !actor.id) throw new DomainError('conflict', 'Only an agent can take a ticket.');
        return told(ticket, await this.changes.assign(tx, ticket, actor.id, actor, { how: 'claim' }), 'assigneeId');
      case 'move':
        return told(ticket, await this.changes.moveToTeam(tx, ticket, action.teamId, actor), 'teamId', 'assigneeId');
      case 'tag':
        return told(ticket, await this.changes.tag(tx, ticket, action, actor), 'tags');
      case 'priority':
        return told(ticket, await this.changes.setPriority(tx, ticket, action.priority, actor), 'priority');
      case 'type':
        return told(ticket, await this.changes.setType(tx, ticket, action.type, actor), 'type');
      case 'language':
        return told(ticket, await this.changes.setLanguage(tx, ticket, action.language, actor), 'language');
      case 'fields':
        return told(ticket, await this.changes.setFields(tx, ticket, action.fields, actor), 'fields');
      case 'status':
        return told(
          ticket,
          await this.changes.setStatus(tx, ticket, action.status, actor, reasonOf(occasion)),
          'status',
        );
      case 'dismiss':
        return told(ticket, await this.changes.dismiss(tx, ticket, action.reason, actor), 'status', 'resolution');
      case 'snooze':
        return told(
          ticket,
          await this.changes.snooze(tx, ticket, this.snoozeOf(action), actor),
          'status',
          'snoozedUntil',
        );
      case 'follow':
        return {
          ticket: await this.changes.follow(tx, ticket, [action.agentId], actor),
          did: { agentId: action.agentId },
        };
      case 'note':
        return { ticket: await this.changes.note(tx, ticket, action.text, actor), did: {} };
      case 'macro':
        throw new DomainError('not_found', 'This macro was deleted; take it out of the rule.', {
          macroId: action.macroId,
        });
      case 'hide':
        return this.hide(tx, ticket, action.reason, occasion);
      case 'reply':
        return this.reply(tx, ticket, action, occasion);
      case 'notify':
        return this.notify(tx, ticket, action, occasion, place);
      case 'webhook':
        return this.webhook(tx, ticket, action.endpointId, occasion);
      case 'approval': {
        if (!occasion.rule) throw new DomainError('conflict', 'Only a rule asks for approval.');
        const { id: ruleId, receiptId } = occasion.rule;
        const { messageId } = occasion;
        const held = { ruleId, receiptId, messageId, text: action.text ?? null, actions: action.actions };
        return { ticket, did: { approvalId: await this.approvals.request(tx, workspaceId, ticket, held, actor) } };
      }
    }
  }

  private snoozeOf({ minutes, workingDay, wakeOn = [] }: Extract<Action, { do: 'snooze' }>) {
    const until = minutes === undefined ? {} : { until: new Date(this.clock.now().getTime() + minutes * MINUTE_MS) };
    return { ...until, ...(workingDay === undefined ? {} : { workingDay }), on: wakeOn };
  }

  /** Asked for here; done at the network by a job of this transaction. */
  private async hide(
    tx: Tx,
    ticket: Ticket,
    reason: string,
    { workspaceId, messageId, actor }: Occasion,
  ): Promise<Done> {
    if (!messageId) throw new DomainError('not_found', 'There is no message of the customer here to hide.');
    const asked = await this.moderation.ask(tx, workspaceId, messageId, 'hide', reason, actor);
    return { ticket, did: asked ? { messageId } : null };
  }

  /**
   * In the rule's name, by what holds for machines: never in a window meant for humans, and beside a person who has the
   * thread only where the rule says so. It answers nothing, so whoever owes an answer still owes it.
   */
  private async reply(
    tx: Tx,
    ticket: Ticket,
    { cannedReplyId, besidePeople = false }: Extract<Action, { do: 'reply' }>,
    { workspaceId, messageId, rule, actor }: Occasion,
  ): Promise<Done> {
    const thread = messageId ? await this.texts.threadOf(tx, workspaceId, messageId) : undefined;
    if (!messageId || !thread)
      throw new DomainError('send_refused', 'There is no message of the customer here to answer.');
    if (thread.handler !== 'bot' && !besidePeople) {
      throw new DomainError(
        'send_refused',
        'A person answers in this conversation, so the rule kept silent; let it write beside people where it should.',
        { reason: 'human_answers' },
      );
    }
    if (rule) await this.refuseBraked(tx, { workspaceId, conversationId: thread.conversationId }, rule.id, messageId);
    const rendered = await this.texts.forTicket(tx, workspaceId, cannedReplyId, { ticketId: ticket.id, agent: null });
    if (rendered.missing.length > 0) {
      throw new DomainError(
        'send_refused',
        'This reply has gaps that nobody fills in; give its variables a fallback.',
        {
          reason: 'values_missing',
          missing: rendered.missing,
        },
      );
    }
    const { text, language } = rendered;
    const sent = await this.replies.reply(tx, {
      workspaceId,
      conversationId: thread.conversationId,
      text,
      answerId: rule?.receiptId ?? cannedReplyId,
      questionMessageId: messageId,
      ...(rule ? { rule: { id: rule.id, name: rule.name, chain: actor.chain ?? [rule.id] } } : {}),
    });
    const beside = thread.handler === 'bot' ? {} : { besidePeople: true };
    return { ticket, did: { cannedReplyId, messageId: sent.messageId, language, ...beside } };
  }

  /** Two machines must not write to each other without end, and words that come hours late are for people. */
  private async refuseBraked(
    tx: Tx,
    where: { workspaceId: string; conversationId: string },
    ruleId: string,
    messageId: string,
  ): Promise<void> {
    const now = this.clock.now().getTime();
    const since = new Date(now - BRAKE_MEMORY_MS);
    const { ageMs, wroteAt, brake } = await this.words.of(tx, where.workspaceId, ruleId, messageId, since);
    const settings = brakeSettings(brake);
    if (isTooOld(ageMs, settings))
      throw new DomainError(
        'send_refused',
        'These words reached us long after they were written, so the rule kept silent; a person should answer.',
        { reason: 'came_late' },
      );
    const instants = wroteAt.map((at) => at.getTime());
    const { amongMachines } = await this.replies.allowance(tx, where);
    if (hadEnough(instants, settings, now, amongMachines))
      throw new DomainError(
        'send_refused',
        'This rule wrote to this customer a while ago, so it kept silent; a person should answer.',
        { reason: 'wrote_lately' },
      );
  }

  private async notify(
    tx: Tx,
    ticket: Ticket,
    action: Extract<Action, { do: 'notify' }>,
    { workspaceId, cause, rule, actor }: Occasion,
    place: number,
  ): Promise<Done> {
    const assignee = action.assignee && ticket.assigneeId !== null ? [ticket.assigneeId] : [];
    const to = { agentIds: [...(action.agentIds ?? []), ...assignee], teamIds: action.teamIds, leads: action.leads };
    const data = {
      number: ticket.number,
      ...(rule ? { ruleId: rule.id, rule: rule.name } : {}),
      text: action.text ?? null,
    };
    const about = { to, kind: 'rule.notify', ticketId: ticket.id, data, cause: `${cause}:${place}`, actor };
    const agentIds = await this.notifications.notify(tx, workspaceId, about);
    if (agentIds.length === 0) throw new DomainError('not_found', 'There is nobody to tell; choose other receivers.');
    return { ticket, did: { agentIds } };
  }

  private async webhook(
    tx: Tx,
    ticket: Ticket,
    endpointId: string,
    { workspaceId, cause, messageId, rule }: Occasion,
  ): Promise<Done> {
    if (!this.webhooks || !rule)
      throw new DomainError('capability_missing', 'Outgoing webhooks are not set up here, so nothing was sent.');
    const { event } = rule;
    await this.webhooks.send(tx, workspaceId, endpointId, cause, {
      ruleId: rule.id,
      receiptId: rule.receiptId,
      ticketId: ticket.id,
      conversationId: ticket.conversationId,
      messageId,
      event: { ...event, at: event.at.toISOString() },
    });
    return { ticket, did: { endpointId } };
  }
}

const reasonOf = ({ rule }: Occasion): string => (rule ? 'rule' : 'macro');

/** The finer word where there is one: which rule of the network, which field. */
function codeOf({ code, details }: DomainError): string {
  const { reason } = details;
  return typeof reason === 'string' ? `${code}:${reason}` : code;
}

/** What changed of these; nothing when the ticket was so already. */
function told(before: Ticket, after: Ticket, ...keys: (keyof Ticket)[]): Done {
  const differing = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  const did = Object.fromEntries(differing.map((key) => [key, { from: before[key], to: after[key] }]));
  return { ticket: after, did: differing.length > 0 ? did : null };
}
