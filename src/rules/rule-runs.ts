import { Injectable } from '@nestjs/common';
import type { Ticket } from '../inbox/tickets/ticket';
import { Notifications } from '../notifications/notifications';
import { ticketAudience } from '../outbox/audience';
import { type Actor, type DomainEvent, event as eventOf } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import type { Tx } from '../platform/database';
import { uuidv7 } from '../platform/ids';
import { ActionRunner } from './action-runner';
import type { Answer } from './conditions';
import type { KnownFacts } from './rule-facts.repository';
import { mayAct, type StopReason } from './loop';
import { ReceiptBook } from './receipt-book';
import type { Rule } from './rule';
import { RulesRepository } from './rules.repository';

const HOUR_MS = 3_600_000;

/** A rule whose conditions hold for an event, with what was seen. */
export interface Match {
  rule: Rule;
  event: DomainEvent;
  known: KnownFacts;
  answers: readonly Answer[];
}

/** Rules acting on events: receipts, actions, what the timeline tells. */
@Injectable()
export class RuleRuns {
  constructor(
    private readonly rules: RulesRepository,
    private readonly actions: ActionRunner,
    private readonly notifications: Notifications,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** What these rules did before, for a batch of events about tickets that are locked. */
  async open(
    tx: Tx,
    workspaceId: string,
    rules: readonly Rule[],
    events: readonly DomainEvent[],
    ticketIds: readonly string[],
  ): Promise<ReceiptBook> {
    const positions = events.map(({ position }) => position);
    const since = new Date(this.clock.now().getTime() - HOUR_MS);
    return new ReceiptBook(await this.rules.runsOf(tx, workspaceId, rules, positions, ticketIds, since));
  }

  /** Writes the receipts of a batch. */
  close(tx: Tx, workspaceId: string, book: ReceiptBook): Promise<void> {
    return this.rules.keep(tx, workspaceId, book.receipts);
  }

  /** @returns the ticket as the rule leaves it, and whether it did anything; not when it answered this event before, or is stopped */
  async run(
    tx: Tx,
    book: ReceiptBook,
    ticket: Ticket,
    { rule, event, known, answers }: Match,
  ): Promise<{ ticket: Ticket; acted: boolean }> {
    const { workspaceId } = event;
    const history = book.historyOf(rule.id, event.position, ticket.id);
    if (!history) return { ticket, acted: false };
    const now = this.clock.now();
    const receiptId = uuidv7(now.getTime());
    const occurrence = { position: event.position, type: event.type, at: event.at };
    const receipt = { id: receiptId, rule, event: occurrence, ticketId: ticket.id, matched: answers, at: now };
    const verdict = mayAct(rule.id, event.actor, history);
    if (!verdict.go) {
      book.write({ ...receipt, stopped: verdict.why, chain: event.actor.chain ?? [], changed: [], refused: [] });
      if (verdict.why === 'too_often') {
        await this.rules.suspend(tx, workspaceId, rule, ticket.id, now);
        book.suspend(rule.id, ticket.id);
      }
      if (verdict.tell) await this.tell(tx, ticket, rule, verdict.why, receiptId);
      return { ticket, acted: false };
    }
    const actor: Actor = { kind: 'rule', id: rule.id, chain: verdict.chain };
    const occasion = {
      workspaceId,
      cause: `rule:${receiptId}`,
      actor,
      messageId: known.messageId,
      rule: { id: rule.id, name: rule.name, receiptId, event: occurrence },
    };
    const { ticket: after, changed, refused } = await this.actions.run(tx, ticket, rule.actions, occasion);
    book.write({ ...receipt, stopped: null, chain: verdict.chain, changed, refused });
    const subject = { ticketId: ticket.id, conversationId: ticket.conversationId, contactId: ticket.contactId };
    const ran = {
      ruleId: rule.id,
      receiptId,
      changed: changed.map((done) => done.do),
      refused: refused.map((left) => `${left.do}:${left.code}`),
    };
    this.outbox.record(tx, eventOf(workspaceId, 'rule.ran', actor, subject, ticketAudience(after), ran));
    return { ticket: after, acted: changed.length > 0 };
  }

  /** Leads hear once of each way in which a rule goes wrong: of a ring per version, of a suspension each time. */
  private async tell(tx: Tx, ticket: Ticket, rule: Match['rule'], why: StopReason, receiptId: string): Promise<void> {
    const cause = why === 'too_often' ? receiptId : `${rule.id}:${rule.version}`;
    await this.notifications.notify(tx, ticket.workspaceId, {
      to: { leads: true },
      kind: why === 'too_often' ? 'rule.suspended' : 'rule.stopped',
      ticketId: ticket.id,
      data: { ruleId: rule.id, rule: rule.name, why, number: ticket.number },
      cause: `rule.stopped:${why}:${cause}`,
    });
  }
}
