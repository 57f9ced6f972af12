import type { TicketStatus } from '../inbox/tickets/ticket';
import {
  adopt,
  choose,
  type Clock,
  type ClockContext,
  describedAt,
  end,
  type Fact,
  isDescribed,
  isRunning,
  newClock,
  runAgain,
  schedule,
} from './facts';
import { hasResolution, PAUSING, type Pausing } from './policy';

/**
 * The one resolution clock of a ticket: a stopwatch from the customer's first word that rests while the policy says so
 * (as a rule while we wait for the customer), is met when the work is solved, and goes on with what was left when it is
 * opened again. Pauses remember the positions that began and ended them, so the clock can be taken back to any position
 * and led through the facts from there again.
 *
 * @param facts in order of position, and complete from the first one on
 */
export function advanceResolution(
  known: Clock | undefined,
  facts: readonly Fact[],
  context: ClockContext,
): Clock | undefined {
  const first = facts[0];
  if (!first) return known;
  let clock = known && { ...known, pauses: known.pauses.map((pause) => ({ ...pause })) };
  const forgotten = clock !== undefined && clock.openedPosition >= first.position;
  if (clock && !forgotten) rewind(clock, first.position, facts, context);
  if (forgotten) clock = undefined;
  for (const fact of facts) {
    if (clock) lead(clock, fact, facts, context);
    else clock = open(fact, facts, context);
    if (clock && forgotten) clock.id = known!.id;
  }
  // what was over before and is over still keeps the due time it had, whatever became of calendars since
  const wasOver = known && !isRunning(known) && known.endedPosition! < first.position;
  if (clock && !(wasOver && clock.endedPosition === known.endedPosition)) schedule(clock, context);
  return clock;
}

function open(fact: Fact, facts: readonly Fact[], context: ClockContext): Clock | undefined {
  const startedAt = fact.type === 'customer_wrote' ? fact.startedAt : fact.type === 'opened' ? fact.at : null;
  if (!startedAt || !hasResolution(context.policyFor(describedAt(facts, fact.position, context)))) return undefined;
  return newClock('resolution', startedAt, fact.position, facts, context);
}

/** As it was just before `position`. */
function rewind(clock: Clock, position: number, facts: readonly Fact[], context: ClockContext): void {
  if (clock.endedPosition !== null && clock.endedPosition >= position) runAgain(clock);
  clock.pauses = clock.pauses
    .filter(({ opened }) => opened < position)
    .map((pause) => (pause.ended !== null && pause.ended >= position ? { ...pause, to: null, ended: null } : pause));
  // a stretch spent solved, reopened at or after `position`: solved it is once more
  const solved = clock.pauses.find(({ why, to }) => (why === 'solved' || why === 'merged') && to === null);
  if (solved && isRunning(clock)) {
    clock.pauses = clock.pauses.filter((pause) => pause !== solved);
    const how = solved.why === 'solved' ? { metAt: solved.from } : { cancelledAt: solved.from };
    end(clock, solved.opened, solved.why === 'solved' ? 'solved' : 'merged', how);
  }
  const policy = context.policyById(clock.policyId);
  if (policy && isRunning(clock) && facts.some(isDescribed))
    adopt(clock, policy, describedAt(facts, position - 1, context), context);
}

function lead(clock: Clock, fact: Fact, facts: readonly Fact[], context: ClockContext): void {
  switch (fact.type) {
    case 'customer_wrote':
      // network time of a message that came out of order may be the earlier one; a later wait does not move the start
      if (isRunning(clock) && fact.startedAt < clock.startedAt) clock.startedAt = fact.startedAt;
      break;
    case 'priority_changed':
    case 'tags_changed':
    case 'language_changed':
    case 'team_changed':
      if (isRunning(clock)) choose(clock, facts, fact.position, context);
      break;
    case 'status_changed':
      takeStatus(clock, fact, facts, context);
      break;
    case 'merged_away':
      if (isRunning(clock) || clock.metAt?.getTime() === fact.at.getTime())
        end(clock, fact.position, 'merged', { cancelledAt: fact.at });
      break;
    case 'unmerged':
      if (clock.endedWhy === 'merged') goOn(clock, 'merged', fact, facts, context);
      break;
    default:
  }
}

function takeStatus(
  clock: Clock,
  fact: Extract<Fact, { type: 'status_changed' }>,
  facts: readonly Fact[],
  context: ClockContext,
): void {
  const resting = clock.pauses.find(({ to }) => to === null);
  const pauses = context.policyById(clock.policyId)?.pauses ?? ['pending'];
  if (clock.metAt !== null && !isOver(fact.to)) goOn(clock, 'solved', fact, facts, context);
  if (resting && resting.why !== fact.to) {
    resting.to = fact.at;
    resting.ended = fact.position;
  }
  if (isOver(fact.to) && isRunning(clock)) end(clock, fact.position, 'solved', { metAt: fact.at });
  const why = PAUSING.find((status) => status === fact.to);
  if (why && pauses.includes(why) && resting?.why !== why) rest(clock, why, fact);
}

const isOver = (status: TicketStatus): boolean => status === 'solved' || status === 'closed';

function rest(clock: Clock, why: Pausing, fact: { position: number; at: Date }): void {
  clock.pauses.push({ from: fact.at, to: null, why, opened: fact.position, ended: null });
}

/** Over it was, and is no longer: that time did not count, and what is asked about may have changed meanwhile. */
function goOn(
  clock: Clock,
  why: 'solved' | 'merged',
  fact: { position: number; at: Date },
  facts: readonly Fact[],
  context: ClockContext,
): void {
  const from = clock.metAt ?? clock.cancelledAt!;
  const opened = clock.endedPosition!;
  runAgain(clock);
  clock.pauses.push({ from, to: fact.at, why, opened, ended: fact.position });
  choose(clock, facts, fact.position, context);
}
