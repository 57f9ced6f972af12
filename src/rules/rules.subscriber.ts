import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { BusinessCalendar } from '../calendars/calendar';
import { Calendars } from '../calendars/calendars';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import type { Ticket } from '../inbox/tickets/ticket';
import { TicketThreads } from '../inbox/tickets/ticket-threads';
import { MacrosRepository } from '../macros/macros.repository';
import type { DomainEvent } from '../outbox/domain-event';
import { Subscriptions } from '../outbox/subscriptions';
import type { Tx } from '../platform/database';
import { assigneesOf, withMacros } from './actions';
import { judge } from './conditions';
import { asksRepeated, factsOf, isStillIdle } from './facts';
import { RuleFactsRepository, type KnownFacts } from './rule-facts.repository';
import { isOpenAt } from './opening';
import { listens, type Rule, RULE_EVENTS } from './rule';
import { type Match, RuleRuns } from './rule-runs';
import { RulesRepository } from './rules.repository';
import { idleRules, RuleTimersRepository } from './timers.repository';

export const RULES_SUBSCRIBER = 'rules.run';

/** A word or a life step: what begins, ends or moves a silence. */
const MOVES_SILENCE = new Set(['message.received', 'message.sent', 'ticket.opened', 'ticket.status_changed']);

/**
 * Asks the rules about what happens and lets those that match act, in the transaction that moves the bookmark: each rule
 * answers an event once, whatever is handed over again. First a look without locks; only tickets that some rule wants
 * are then locked (threads, agents, tickets, each in id order) and asked about again, event by event, rule by rule.
 */
@Injectable()
export class RulesSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly rules: RulesRepository,
    private readonly macros: MacrosRepository,
    private readonly timers: RuleTimersRepository,
    private readonly facts: RuleFactsRepository,
    private readonly runs: RuleRuns,
    private readonly threads: TicketThreads,
    private readonly tickets: TicketEffects,
    private readonly calendars: Calendars,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: RULES_SUBSCRIBER,
      types: RULE_EVENTS,
      handle: (tx, events) => this.handle(tx, events),
    });
  }

  async handle(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const workspaceId = events[0]?.workspaceId; // a batch is of one workspace
    if (!workspaceId) return;
    const enabled = await this.rules.enabled(tx, workspaceId);
    if (enabled.length === 0) return;
    const moved = events.flatMap((event) => (event.ticketId && MOVES_SILENCE.has(event.type) ? [event.ticketId] : []));
    await this.timers.follow(tx, workspaceId, idleRules(enabled), [...new Set(moved)]);

    const heard = events.filter((event) => event.ticketId && enabled.some((rule) => listens(rule, event)));
    if (heard.length === 0) return;
    const rules = await this.unfolded(tx, workspaceId, enabled);
    const calendar = (await this.calendars.book(tx, workspaceId)).default;
    const withRepeats = asksRepeated(rules);
    const known = await this.facts.of(tx, workspaceId, heard, withRepeats);
    const wanted = heard.flatMap((event) => rules.flatMap((rule) => matchOf(rule, event, known, calendar) ?? []));
    if (wanted.length === 0) return;
    const tickets = await this.lock(tx, workspaceId, wanted);
    const asked = heard.filter(({ ticketId }) => tickets.has(ticketId ?? ''));
    const locked = await this.facts.of(tx, workspaceId, asked, withRepeats);
    const book = await this.runs.open(tx, workspaceId, rules, asked, [...tickets.keys()]);
    const touched = new Set<string>(); // tickets and threads that a rule has changed since
    for (const event of asked) {
      let facts = locked;
      let stale = isTouched(facts.get(event.position), touched);
      for (const rule of rules) {
        if (!listens(rule, event)) continue;
        if (stale) facts = await this.facts.of(tx, workspaceId, [event], withRepeats); // it sees what the one before left
        stale = false;
        const match = matchOf(rule, event, facts, calendar);
        if (!match) continue;
        const { ticketId, conversationId, threadId } = match.known;
        const { ticket, acted } = await this.runs.run(tx, book, tickets.get(ticketId)!, match);
        tickets.set(ticketId, ticket);
        if (!acted) continue;
        for (const id of [ticketId, conversationId, threadId]) touched.add(id);
        stale = true;
      }
    }
    await this.runs.close(tx, workspaceId, book);
  }

  /** Rules with what their macros do in place. */
  private async unfolded(tx: Tx, workspaceId: string, rules: readonly Rule[]): Promise<Rule[]> {
    const macros = await this.macros.actionsOf(
      tx,
      workspaceId,
      rules.map(({ actions }) => actions),
    );
    return rules.map((rule) => ({ ...rule, actions: withMacros(rule.actions, macros) }));
  }

  private async lock(tx: Tx, workspaceId: string, matches: readonly Match[]): Promise<Map<string, Ticket>> {
    await this.threads.lock(tx, workspaceId, [
      ...new Set(matches.flatMap(({ known }) => [known.conversationId, known.threadId])),
    ]);
    const agents = new Set(matches.flatMap(({ rule }) => assigneesOf(rule.actions)));
    if (agents.size > 0) await this.tickets.lockAgents(tx, workspaceId, [...agents]);
    const tickets = await this.tickets.lock(tx, workspaceId, [...new Set(matches.map(({ known }) => known.ticketId))]);
    return new Map(tickets.map((ticket) => [ticket.id, ticket]));
  }
}

const isTouched = (known: KnownFacts | undefined, touched: ReadonlySet<string>): boolean =>
  known !== undefined && [known.ticketId, known.conversationId, known.threadId].some((id) => touched.has(id));

function matchOf(
  rule: Rule,
  event: DomainEvent,
  facts: ReadonlyMap<number, KnownFacts>,
  calendar: BusinessCalendar | null,
): Match | null {
  const known = facts.get(event.position);
  if (!known || !listens(rule, event) || !isStillIdle(known, event)) return null;
  const { holds, answers } = judge(rule.conditions, factsOf(known, event, isOpenAt(calendar, event.at)));
  return holds ? { rule, event, known, answers } : null;
}
