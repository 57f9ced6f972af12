import { standing, recountWaits } from './history';
import { passedAt, schedule, type Clock, type ClockContext, type Fact, isPaused, isRunning } from './facts';
import { openTime } from './clock';
import type { BusinessCalendar } from '../calendars/calendar';
import type { Ticket } from '../inbox/tickets/ticket';
import type { SlaPolicy } from './policy';
import { advancePromises } from './promises';
import { advanceResolution } from './resolving';
import { advanceWaits, hasFailed } from './waiting';

/**
 * The clocks of one ticket as a function of what happened to it: waits for an answer, the resolution, promised calls.
 *
 * @param clocks all clocks of the ticket so far
 * @param facts in order of position, and complete from the first one on
 * @param history every fact of the ticket, where new ones belong between those before them (see `history.ts`)
 * @returns all clocks afterwards; those given are left as they are
 */
export function advance(
  clocks: readonly Clock[],
  facts: readonly Fact[],
  context: ClockContext,
  history?: readonly Fact[],
): Clock[] {
  const waits = clocks.filter(isWait);
  const promises = clocks.filter(({ kind }) => kind === 'callback');
  const resolution = advanceResolution(
    clocks.find(({ kind }) => kind === 'resolution'),
    facts,
    context,
  );
  if (resolution && history) restart(resolution, history, context);
  return [
    ...(history ? recountWaits(waits, history, context) : advanceWaits(waits, facts, context)),
    ...(resolution ? [resolution] : []),
    ...advancePromises(promises, facts, context),
  ];
}

/** The work began with the first word that stands, or without one. */
function restart(clock: Clock, history: readonly Fact[], context: ClockContext): void {
  const began = standing(history).flatMap((fact) =>
    fact.type === 'customer_wrote' ? [fact.startedAt] : fact.type === 'opened' ? [fact.at] : [],
  );
  const startedAt = earliest(began, (at) => at);
  if (!startedAt || !isRunning(clock) || sameInstant(startedAt, clock.startedAt)) return;
  clock.startedAt = startedAt;
  schedule(clock, context);
}

const isWait = ({ kind }: Clock): boolean => kind === 'first_response' || kind === 'next_response';

export function changesOf(before: readonly Clock[], after: readonly Clock[]): Clock[] {
  const known = new Map(before.map((clock) => [clock.id, JSON.stringify(clock)]));
  return after.filter((clock) => known.get(clock.id) !== JSON.stringify(clock));
}

export type MoveWhy =
  | 'paused'
  | 'resumed'
  | 'reopened'
  | 'answer_failed'
  | 'unmerged'
  | 'customer_wrote_earlier'
  | 'word_taken_back'
  | 'policy_chosen'
  | 'priority_changed'
  | 'call_rescheduled'
  | 'calendar_changed'
  | 'policy_changed';

/** The due time moved, and why; kept as it was told. */
export interface Move {
  at: Date;
  why: MoveWhy;
  from: Date | null;
  to: Date | null;
}

/** Why a clock has another due time than it had; null when it has not, or did not exist. */
export function whyMoved(before: Clock | undefined, after: Clock): MoveWhy | null {
  if (!before || sameInstant(before.dueAt, after.dueAt) || !isRunning(after)) return null;
  if (!isRunning(before)) {
    if (before.endedWhy === 'merged') return 'unmerged';
    return before.kind === 'resolution' ? 'reopened' : 'answer_failed';
  }
  if (isPaused(after) && !isPaused(before)) return 'paused';
  if (isPaused(before) && !isPaused(after)) return 'resumed';
  if (after.pauses.length !== before.pauses.length) return 'resumed';
  if (after.kind === 'callback') return 'call_rescheduled';
  if (after.startedAt < before.startedAt) return 'customer_wrote_earlier';
  if (after.startedAt > before.startedAt) return 'word_taken_back';
  if (after.policyId !== before.policyId) return 'policy_chosen';
  if (after.policyVersion !== before.policyVersion) return 'policy_changed';
  if (after.targetMs !== before.targetMs) return 'priority_changed';
  return 'calendar_changed';
}

/**
 * The ticket's times as its clocks have them now; undefined when nothing changed.
 * @param whole whether these are all facts there are, so that nothing need be remembered
 */
export function timesOf(ticket: Ticket, clocks: readonly Clock[], facts: readonly Fact[], whole = false) {
  const running = clocks.filter(isRunning);
  const next = earliest(running.filter(isDue), (clock) => clock.dueAt);
  const waitingSince = earliest(running.filter(isWait), (clock) => clock.startedAt)?.startedAt ?? null;
  const asked = earliest(
    clocks.filter((clock) => isWait(clock) && clock.endedWhy !== 'taken_back'),
    (clock) => clock.startedAt,
  );
  const isAnswer = (fact: Fact) =>
    fact.type === 'answered' && fact.by === 'agent' && (!fact.elsewhere || (asked && asked.startedAt <= fact.at));
  const answers = facts.flatMap((fact) => (fact.type === 'answered' && isAnswer(fact) ? [fact] : []));
  const standing = answers.filter((answer) => !hasFailed(answer, facts)).map(({ at }) => at);
  const met = clocks.flatMap((clock) => (clock.kind === 'first_response' && clock.metAt ? [clock.metAt] : []));
  const known = whole ? null : ticket.firstRespondedAt;
  const lost = known !== null && answers.some((answer) => sameInstant(answer.at, known) && hasFailed(answer, facts));
  const first = earliest([...standing, ...met, ...(known && !lost ? [known] : [])], (at) => at);
  const times = { dueAt: next?.dueAt ?? null, waitingSince, firstRespondedAt: first ?? null };
  const same =
    sameInstant(times.dueAt, ticket.dueAt) &&
    sameInstant(times.waitingSince, ticket.waitingSince) &&
    sameInstant(times.firstRespondedAt, ticket.firstRespondedAt);
  if (same) return undefined;
  const last = latest(clocks);
  return {
    ticket,
    times,
    clock: next?.kind ?? last?.kind ?? 'first_response',
    why: next ? 'running' : last && isPaused(last) ? 'paused' : last?.metAt ? 'met' : 'cancelled',
  };
}

const isDue = (clock: Clock): clock is Clock & { dueAt: Date } => clock.dueAt !== null;

/** The clock in which something happened last. */
const latest = (clocks: readonly Clock[]): Clock | undefined =>
  clocks.reduce<Clock | undefined>(
    (last, clock) => (!last || touched(clock) >= touched(last) ? clock : last),
    undefined,
  );

const touched = ({ openedPosition, endedPosition, pauses }: Clock): number =>
  Math.max(endedPosition ?? openedPosition, ...pauses.map(({ opened, ended }) => ended ?? opened));

/** A step of a running clock: a warning before it is due, an escalation after. */
export interface Step {
  step: string;
  dueAt: Date;
}

export const warningStep = (percent: number): string => `warning:${percent}`;
export const escalationStep = (afterMs: number): string => `escalation:${afterMs}`;

/** When each step of a clock's policy is to be told; none while it does not run. */
export function stepsOf(clock: Clock, policy: SlaPolicy | undefined, calendar: BusinessCalendar | null): Step[] {
  const { dueAt, targetMs } = clock;
  if (!policy || !isRunning(clock) || dueAt === null || targetMs === null) return [];
  const warnings = policy.warnings.flatMap(({ percent }) => {
    const at = passedAt(clock, Math.floor((targetMs * percent) / 100), calendar);
    return at === null ? [] : [{ step: warningStep(percent), dueAt: new Date(at) }];
  });
  const escalations = policy.escalations.map(({ afterMs }) => ({
    step: escalationStep(afterMs),
    dueAt: new Date(dueAt.getTime() + afterMs),
  }));
  return [...warnings, ...escalations];
}

/** When it may ring: now while the calendar is open, or at its next opening. */
export function ringAt(calendar: BusinessCalendar | null, now: Date): Date {
  for (const hours of openTime(calendar, now.getTime())) return new Date(Math.max(hours.start, now.getTime()));
  return now;
}

const earliest = <T>(items: readonly T[], instant: (item: T) => Date): T | undefined =>
  items.reduce<T | undefined>(
    (first, item) => (first === undefined || instant(item) < instant(first) ? item : first),
    undefined,
  );

const sameInstant = (a: Date | null, b: Date | null): boolean => a?.getTime() === b?.getTime();
