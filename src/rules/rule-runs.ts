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
import type { KnownFacts } from './facts.repository';
import { mayAct, type StopReason } from './loop';
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

/** One rule acting on one event: receipt, actions, what the timeline tells. */
@Injectable()
export class RuleRuns {
  constructor(
    private readonly rules: RulesRepository,
    private readonly actions: ActionRunner,
    private readonly notifications: Notifications,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @returns the ticket as the rule leaves it; as it was when this rule has answered this event before, or is stopped */
  async run(tx: Tx, ticket: Ticket, { rule, event, known, answers }: Match): Promise<Ticket> {
    const { workspaceId } = event;
    const now = this.clock.now();
    const receiptId = uuidv7(now.getTime());
    const occurrence = { position: event.position, type: event.type, at: event.at };
    const receipt = { id: receiptId, rule, event: occurrence, ticketId: ticket.id, matched: answers, at: now };
    const history = await this.rules.open(tx, workspaceId, receipt, new Date(now.getTime() - HOUR_MS));
    if (!history) return ticket;
    const verdict = mayAct(rule.id, event.actor, history);
    if (!verdict.go) {
      const left = { stopped: verdict.why, chain: event.actor.chain ?? [], changed: [], refused: [] };
      await this.rules.close(tx, workspaceId, receiptId, left);
      if (verdict.why === 'too_often') await this.rules.suspend(tx, workspaceId, rule, ticket.id, now);
      if (verdict.tell) await this.tell(tx, ticket, rule, verdict.why, receiptId);
      return ticket;
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
    await this.rules.close(tx, workspaceId, receiptId, { stopped: null, chain: verdict.chain, changed, refused });
    const subject = { ticketId: ticket.id, conversationId: ticket.conversationId, contactId: ticket.contactId };
    const ran = {
      ruleId: rule.id,
      receiptId,
      changed: changed.map((done) => done.do),
      refused: refused.map((left) => `${left.do}:${left.code}`),
    };
    this.outbox.record(tx, eventOf(workspaceId, 'rule.ran', actor, subject, ticketAudience(after), ran));
    return after;
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
