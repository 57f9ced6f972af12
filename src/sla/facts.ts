import type { BusinessCalendar } from '../calendars/calendar';
import type { TicketStatus } from '../inbox/tickets/ticket';
import { openTime, type Paused, runsOutAt, without } from './clock';
import { type ClockKind, type PolicyFacts, type SlaPolicy, targetMs } from './policy';

/**
 * What happened to a ticket, as its clocks see it. Facts carry their position in the workspace's order of events; times
 * are those the facts carry, never the time of a computation.
 */
export type Fact = { position: number } & (
  | { type: 'customer_wrote'; startedAt: Date; messageId?: string }
  /** `elsewhere`: with another tool, so that it may reach us before or after what it answers. */
  | { type: 'answered'; by: 'agent' | 'bot'; at: Date; elsewhere?: true; messageId?: string }
  /** A word of the customer that is gone: by their hand or ours, nobody can answer it any more. */
  | { type: 'taken_back'; messageId: string; at: Date }
  /** An answer of ours that never arrived: what it met runs on as if it had not been written. */
  | { type: 'answer_failed'; messageId: string; at: Date }
  /** Work that began without a word of the customer. */
  | { type: 'opened'; at: Date }
  | {
      type: 'status_changed';
      from: TicketStatus;
      to: TicketStatus;
      byAgent: boolean;
      at: Date;
      /** Set together with an answer: `pending` then rests on that answer. */
      withReply?: boolean;
      /** Closed because its work went elsewhere, or opened because it came back: the merge tells what becomes of waits. */
      ofMerge?: boolean;
    }
  | Described
  /** Its work is done in another ticket from now on. */
  | { type: 'merged_away'; at: Date }
  /** It has its work back. `answeredAt`: the first answer it had meanwhile; `waitingSince`: the first word after the last. */
  | { type: 'unmerged'; at: Date; answeredAt: Date | null; waitingSince: Date | null }
  /**
   * Work that began elsewhere is done here: another ticket was merged into this one (`fromTicketId`), or this one split
   * off. `waitingSince`: since when its customer waited for us then.
   */
  | { type: 'took_in'; at: Date; fromTicketId: string | null; waitingSince: Date | null }
  | { type: 'gave_back'; at: Date; tookInPosition: number }
  | { type: 'call_promised'; promiseId: string; dueAt: Date; at: Date }
  | { type: 'call_rescheduled'; promiseId: string; dueAt: Date }
  | { type: 'call_reached'; promiseId: string; at: Date }
  | { type: 'call_cancelled'; promiseId: string; at: Date }
);

/** A change of something policies are chosen by. */
export type Described =
  | { type: 'priority_changed'; from: PolicyFacts['priority']; to: PolicyFacts['priority'] }
  | { type: 'tags_changed'; added: readonly string[]; removed: readonly string[] }
  | { type: 'language_changed'; from: string | null; to: string | null }
  | { type: 'team_changed'; from: string | null; to: string | null }
  | { type: 'queue_changed'; from: string | null; to: string | null };

export type EndWhy =
  | 'answered'
  | 'solved'
  | 'pending'
  | 'merged'
  | 'one_wait'
  | 'given_back'
  | 'taken_back'
  | 'reached'
  | 'call_cancelled';

/** A stretch that did not count, with the positions of what began and ended it. */
export interface Pause {
  from: Date;
  to: Date | null;
  why: Paused['why'];
  opened: number;
  ended: number | null;
}

export interface Clock {
  id: string;
  kind: ClockKind;
  policyId: string;
  policyVersion: number;
  /** Whose hours count, as of which version; null: all time does. */
  calendar: { id: string; version: number } | null;
  startedAt: Date;
  /** Null: the policy has no target; the wait is remembered, and is never due. A call-back has its own time. */
  targetMs: number | null;
  /** Null while it is paused with time left, without a target, or when the hours never open long enough. */
  dueAt: Date | null;
  metAt: Date | null;
  cancelledAt: Date | null;
  endedWhy: EndWhy | null;
  openedPosition: number;
  endedPosition: number | null;
  pauses: Pause[];
  /** Of a call-back. */
  promiseId: string | null;
}

export interface ClockContext {
  /** What the ticket's policies are chosen by, after all facts. */
  described: PolicyFacts;
  policyFor: (facts: PolicyFacts) => SlaPolicy;
  policyById: (id: string) => SlaPolicy | undefined;
  /** Null: always open. */
  calendarOf: (policy: SlaPolicy, described: PolicyFacts) => BusinessCalendar | null;
  calendarById: (id: string) => BusinessCalendar | null;
  newId: () => string;
}

export const isRunning = (clock: Clock): boolean => clock.metAt === null && clock.cancelledAt === null;

export const isPaused = (clock: Clock): boolean => isRunning(clock) && clock.pauses.some(({ to }) => to === null);

export const endOf = (clock: Clock): Date | null => clock.metAt ?? clock.cancelledAt;

export const isDescribed = (fact: Fact): fact is { position: number } & Described =>
  fact.type === 'priority_changed' ||
  fact.type === 'tags_changed' ||
  fact.type === 'language_changed' ||
  fact.type === 'team_changed' ||
  fact.type === 'queue_changed';

/** Facts are complete from the first one on, so taking back what is later tells what it was at a position. */
export function describedAt(facts: readonly Fact[], position: number, { described }: ClockContext): PolicyFacts {
  let then = described;
  for (const fact of facts.toReversed()) {
    if (fact.position <= position) break;
    if (fact.type === 'priority_changed') then = { ...then, priority: fact.from };
    if (fact.type === 'language_changed') then = { ...then, language: fact.from };
    if (fact.type === 'team_changed') then = { ...then, teamId: fact.from };
    if (fact.type === 'queue_changed') then = { ...then, queueId: fact.from };
    if (fact.type === 'tags_changed')
      then = { ...then, tags: [...then.tags.filter((tag) => !fact.added.includes(tag)), ...fact.removed] };
  }
  return then;
}

/** Clocks that ran just before `position`: opened earlier, and not ended by anything earlier. */
export const openAt = (clocks: readonly Clock[], position: number): Clock[] =>
  clocks.filter((clock) => clock.openedPosition < position && (isRunning(clock) || endedAfter(clock, position)));

const endedAfter = (clock: Clock, position: number) => clock.endedPosition !== null && clock.endedPosition > position;

export function newClock(
  kind: ClockKind,
  startedAt: Date,
  position: number,
  facts: readonly Fact[],
  context: ClockContext,
): Clock {
  const described = describedAt(facts, position, context);
  const clock: Clock = {
    id: context.newId(),
    kind,
    policyId: '',
    policyVersion: 0,
    calendar: null,
    startedAt,
    targetMs: null,
    dueAt: null,
    metAt: null,
    cancelledAt: null,
    endedWhy: null,
    openedPosition: position,
    endedPosition: null,
    pauses: [],
    promiseId: null,
  };
  adopt(clock, context.policyFor(described), described, context);
  return clock;
}

export function end(clock: Clock, position: number, why: EndWhy, how: { metAt: Date } | { cancelledAt: Date }): void {
  clock.metAt = null;
  clock.cancelledAt = null;
  Object.assign(clock, how);
  clock.endedWhy = why;
  clock.endedPosition = position;
}

export function runAgain(clock: Clock): void {
  clock.metAt = null;
  clock.cancelledAt = null;
  clock.endedWhy = null;
  clock.endedPosition = null;
}

/** Puts a clock under a policy as it is now: its target, its hours, its due time. */
export function adopt(clock: Clock, policy: SlaPolicy, described: PolicyFacts, context: ClockContext): void {
  clock.policyId = policy.id;
  clock.policyVersion = policy.version;
  if (clock.kind === 'callback') return; // its time was promised, not counted
  clock.targetMs = targetMs(policy, clock.kind, described.priority);
  const calendar = policy.hours === 'wall' ? null : context.calendarOf(policy, described);
  clock.calendar = calendar && { id: calendar.id, version: calendar.version };
  schedule(clock, context);
}

/** What is asked about changed: the policy is chosen again for what runs. */
export function choose(clock: Clock, facts: readonly Fact[], position: number, context: ClockContext): void {
  const described = describedAt(facts, position, context);
  adopt(clock, context.policyFor(described), described, context);
}

/** Writes the due time that start, target, hours and pauses make. */
export function schedule(clock: Clock, context: ClockContext): void {
  if (clock.kind === 'callback') return;
  const calendar = clock.calendar && context.calendarById(clock.calendar.id);
  if (clock.calendar && calendar) clock.calendar = { id: calendar.id, version: calendar.version };
  if (clock.targetMs === null) {
    clock.dueAt = null;
    return;
  }
  const due = passedAt(clock, clock.targetMs, calendar);
  clock.dueAt = due === null ? null : new Date(due);
}

/** When so much of a clock's time has passed; null: not before it runs again, or never. */
export function passedAt(clock: Clock, ms: number, calendar: BusinessCalendar | null): number | null {
  const start = clock.startedAt.getTime();
  return runsOutAt(start, ms, without(openTime(calendar, start), restsOf(clock)));
}

/** A clock's pauses as stretches of time, in order. What ended while it was paused is taken as if it had gone on then. */
export function restsOf(clock: Clock): Paused[] {
  const open = endOf(clock)?.getTime() ?? Infinity;
  return clock.pauses
    .map(({ from, to, why }) => ({ start: from.getTime(), end: to?.getTime() ?? open, why }))
    .sort((a, b) => a.start - b.start);
}
