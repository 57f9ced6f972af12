import { Injectable } from '@nestjs/common';
import { Calendars } from '../calendars/calendars';
import { type Principal } from '../identity/principal';
import type { DomainEvent } from '../outbox/domain-event';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { type Answer, judge, questionsOf } from './conditions';
import { DryRunRepository } from './dry-run.repository';
import { asksRepeated, factsOf } from './facts';
import { RuleFactsRepository, type KnownFacts } from './rule-facts.repository';
import { isOpenAt } from './opening';
import { refuse } from './problems';
import { idleTriggers, listens, type RuleDraft } from './rule';
import { type GivenRule, RulesService } from './rules.service';

export interface DryRun {
  from: Date;
  to: Date;
  /** Events the rule listens to, in that time; `looked` of them were asked about. */
  events: number;
  looked: number;
  /** Only every n-th was looked at; the counts are of those. */
  every: number;
  matched: number;
  tickets: number;
  byEvent: Record<string, { looked: number; matched: number }>;
  examples: {
    event: { position: number; type: string; at: Date };
    ticket: { id: string; number: number; subject: string };
    answers: Answer[];
  }[];
  /** Fields that were taken as they are now: what they were then is not kept. */
  asOfNow: string[];
  /** What there was too much of to look at. */
  notCovered: string[];
  actions: string[];
}

export const WEEK_MS = 7 * 24 * 3_600_000;
const LOOK_AT_MOST = 10_000;
const AT_ONCE = 500;
const TIMEOUT_MS = 5_000; // a rehearsal must not hold the stage
/** These are as they were: they belong to the event or its message. */
const KEPT = new Set([
  'text',
  'hasAttachments',
  'firstMessage',
  'channelKind',
  'channelId',
  'threadKind',
  'contactIsNew',
]);

/** What a rule would have answered to, had it been there. Changes nothing. */
@Injectable()
export class DryRuns {
  constructor(
    private readonly database: Database,
    private readonly rules: RulesService,
    private readonly repository: DryRunRepository,
    private readonly facts: RuleFactsRepository,
    private readonly calendars: Calendars,
    private readonly clock: Clock,
  ) {}

  /**
   * @param limit how many examples to show
   * @throws DomainError `validation_failed`; `unavailable` when it takes too long
   */
  run(who: Principal, given: GivenRule, span: { from?: Date; to?: Date }, limit: number): Promise<DryRun> {
    const now = this.clock.now();
    const to = span.to && span.to < now ? span.to : now;
    const earliest = new Date(now.getTime() - WEEK_MS);
    const from = span.from && span.from > earliest ? span.from : earliest;
    if (from >= to) refuse([{ path: 'from', problem: 'must be before "to", within the last seven days' }]);
    return this.database.transaction(who, async (tx) => {
      await tx.execute(`SET LOCAL statement_timeout = ${TIMEOUT_MS}`);
      const draft = await this.rules.read(tx, who.workspaceId, given);
      return this.rehearse(tx, who, draft, from, to, limit).catch(tooSlow);
    });
  }

  private async rehearse(
    tx: Tx,
    who: Principal,
    draft: RuleDraft,
    from: Date,
    to: Date,
    limit: number,
  ): Promise<DryRun> {
    const { workspaceId } = who;
    const types = [...new Set(draft.when.map(({ on }) => on))].filter((on) => on !== 'idle');
    const silences = await this.silences(tx, workspaceId, draft, from, to);
    const told = await this.repository.count(tx, workspaceId, types, from, to);
    const every = Math.max(1, Math.ceil(told / LOOK_AT_MOST));
    const calendar = (await this.calendars.book(tx, workspaceId)).default;
    const asRule = { id: '', version: 0, when: draft.when, createdAt: from };
    const run: DryRun = {
      from,
      to,
      events: told + silences.length,
      looked: 0,
      every,
      matched: 0,
      tickets: 0,
      byEvent: {},
      examples: [],
      asOfNow: [...new Set(questionsOf(draft.conditions).map(({ field }) => field))].filter(isOfNow),
      notCovered: silences.length < LOOK_AT_MOST ? [] : [`idle before ${silences.at(-1)!.at.toISOString()}`],
      actions: draft.actions.map((action) => action.do),
    };
    const tickets = new Set<string>();
    const look = async (events: readonly DomainEvent[]) => {
      const heard = events.filter((event) => listens(asRule, event));
      const known = await this.facts.of(tx, workspaceId, heard, asksRepeated([draft]));
      for (const event of heard) {
        const facts = known.get(event.position);
        if (!facts) continue;
        const match = judge(draft.conditions, factsOf(facts, event, isOpenAt(calendar, event.at)));
        count(run, event, facts, match, limit);
        if (match.holds) tickets.add(facts.ticketId);
      }
    };
    for (let at = 0; at < silences.length; at += AT_ONCE) await look(silences.slice(at, at + AT_ONCE));
    for (let before: number | null = null; types.length > 0;) {
      const page = { types, from, to, every, before, limit: AT_ONCE };
      const events = await this.repository.page(tx, workspaceId, page);
      await look(events);
      if (events.length < AT_ONCE) break;
      before = events.at(-1)!.position;
    }
    return { ...run, tickets: tickets.size };
  }

  private async silences(tx: Tx, workspaceId: string, draft: RuleDraft, from: Date, to: Date): Promise<DomainEvent[]> {
    const [idle] = idleTriggers(draft);
    return idle ? this.repository.silences(tx, workspaceId, { ...idle, from, to, limit: LOOK_AT_MOST }) : [];
  }
}

function count(
  run: DryRun,
  { type, position, at }: DomainEvent,
  facts: KnownFacts,
  match: ReturnType<typeof judge>,
  examples: number,
): void {
  const ofType = (run.byEvent[type] ??= { looked: 0, matched: 0 });
  run.looked += 1;
  ofType.looked += 1;
  if (!match.holds) return;
  run.matched += 1;
  ofType.matched += 1;
  if (run.examples.length >= examples) return;
  const ticket = { id: facts.ticketId, number: facts.number, subject: facts.subject };
  run.examples.push({ event: { position, type, at }, ticket, answers: match.answers });
}

const isOfNow = (field: string): boolean =>
  !KEPT.has(field) && !field.startsWith('event.') && field !== 'insideBusinessHours';

function tooSlow(error: unknown): never {
  if ((error as { code?: string }).code !== '57014') throw error;
  const message = 'Looking back takes too long; ask about a shorter time.';
  throw new DomainError('unavailable', message, {}, { cause: error });
}
