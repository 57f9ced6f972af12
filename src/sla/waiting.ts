import { isActive, type TicketStatus } from '../inbox/tickets/ticket';
import {
  choose,
  type Clock,
  type ClockContext,
  describedAt,
  adopt,
  end,
  type Fact,
  isDescribed,
  isRunning,
  newClock,
  openAt,
  runAgain,
  schedule,
} from './facts';
import type { ClockKind } from './policy';

/**
 * The customer's waits for an answer as a function of what happened, in the order in which it became known; where that was
 * not the order in which it was written, see `history.ts`.
 *
 * A wait is one period: it is opened by the customer's first unanswered message and ended by our answer (met) or by the
 * work being set aside (cancelled). A clock remembers the positions that opened and ended it. So a fact that comes late,
 * twice, in a batch with its successors, or out of turn (a parked event that a person retried) finds its place: applying
 * a fact and everything after it again gives the clocks that applying all in order would have given.
 *
 * @param clocks first and next responses of the ticket so far
 * @param facts in order of position, and complete from the first one on
 * @returns all of them afterwards; those given are left as they are
 */
export function advanceWaits(clocks: readonly Clock[], facts: readonly Fact[], context: ClockContext): Clock[] {
  const after = clocks.map((clock) => ({ ...clock }));
  for (const fact of facts) {
    const { position } = fact;
    if (isDescribed(fact)) for (const clock of openAt(after, position)) choose(clock, facts, position, context);
    switch (fact.type) {
      case 'customer_wrote':
        wait(after, facts, position, fact.startedAt, context);
        break;
      case 'answered':
        for (const clock of openAt(after, position)) {
          if (counts(fact, clock, context)) end(clock, position, 'answered', { metAt: fact.at });
        }
        break;
      case 'answer_failed':
        takeBack(after, facts, fact, context);
        break;
      case 'status_changed':
        if (fact.ofMerge) break;
        for (const clock of openAt(after, position)) {
          if (setsAside(fact.to, clock.kind)) end(clock, position, endedBy(fact.to), { cancelledAt: fact.at });
        }
        if (comesBack(fact)) wait(after, facts, position, fact.at, context);
        break;
      case 'merged_away':
        for (const clock of openAt(after, position)) end(clock, position, 'merged', { cancelledAt: fact.at });
        break;
      case 'unmerged':
        unmerge(after, facts, fact, context);
        break;
      case 'took_in':
        if (fact.waitingSince) wait(after, facts, position, fact.waitingSince, context);
        break;
      case 'gave_back':
        for (const clock of openAt(after, position)) {
          if (clock.openedPosition === fact.tookInPosition)
            end(clock, position, 'given_back', { cancelledAt: fact.at });
        }
        break;
    }
  }
  return after;
}

type Answer = Extract<Fact, { type: 'answered' }>;
type Failure = Extract<Fact, { type: 'answer_failed' }>;

/** Whether an answer failed to arrive after it was given, as known at position `upTo`. */
export const hasFailed = (answer: Answer, facts: readonly Fact[], upTo = Infinity): boolean =>
  facts.some(
    (fact) =>
      fact.type === 'answer_failed' &&
      fact.messageId === answer.messageId &&
      fact.position > answer.position &&
      fact.position <= upTo,
  );

const counts = ({ by, at, elsewhere }: Answer, clock: Clock, context: ClockContext): boolean =>
  (!elsewhere || at >= clock.startedAt) && (by === 'agent' || botCounts(clock, context));

function botCounts(clock: Clock, context: ClockContext): boolean {
  const worth = context.policyById(clock.policyId)?.botCounts;
  return worth === 'any_response' || (worth === 'first_response' && clock.kind === 'first_response');
}

/** Solved work owes nothing; while we wait for the customer only a further response is off, a first one never is. */
const setsAside = (status: TicketStatus, kind: ClockKind): boolean =>
  !isActive(status) || (status === 'pending' && kind === 'next_response');

/** An agent took the work up again: an answer is owed from then on. (A customer's message speaks for itself.) */
const comesBack = (fact: Extract<Fact, { type: 'status_changed' }>): boolean =>
  fact.byAgent && (fact.from === 'solved' || fact.from === 'pending') && (fact.to === 'open' || fact.to === 'on_hold');

const endedBy = (status: TicketStatus) => (status === 'pending' ? 'pending' : 'solved');

/** What the merge set aside goes on, or was answered meanwhile; and whoever wrote since waits. */
function unmerge(
  clocks: Clock[],
  facts: readonly Fact[],
  fact: Extract<Fact, { type: 'unmerged' }>,
  context: ClockContext,
): void {
  const last = Math.max(...clocks.map((clock) => (isSetAsideByMerge(clock, fact) ? clock.endedPosition! : 0)));
  for (const clock of clocks) {
    if (clock.endedPosition !== last || clock.endedWhy !== 'merged') continue;
    if (fact.answeredAt) end(clock, fact.position, 'answered', { metAt: fact.answeredAt });
    else runAgain(clock);
  }
  if (fact.waitingSince) wait(clocks, facts, fact.position, fact.waitingSince, context);
}

const isSetAsideByMerge = (clock: Clock, fact: Fact): boolean =>
  clock.endedWhy === 'merged' && clock.endedPosition !== null && clock.endedPosition < fact.position;

/**
 * Clocks that a failed answer had met find their end among what came after that answer, or run again. Where the customer
 * wrote again meanwhile, it is one wait: the older clock carries it, the younger one ends here.
 */
function takeBack(clocks: Clock[], facts: readonly Fact[], failed: Failure, context: ClockContext): void {
  const answers = facts.filter(
    (fact): fact is Answer =>
      fact.type === 'answered' && fact.messageId === failed.messageId && fact.position < failed.position,
  );
  for (const clock of clocks) {
    const answer = answers.find((fact) => fact.position === clock.endedPosition);
    if (!answer || clock.metAt === null) continue;
    runAgain(clock);
    endAgain(clock, facts, { after: answer.position, failed }, context);
    if (!isRunning(clock)) continue;
    for (const younger of openAt(clocks, failed.position)) {
      if (younger !== clock && isRunning(younger))
        end(younger, failed.position, 'one_wait', { cancelledAt: failed.at });
    }
  }
}

/** What happened between an answer and its failure happens to the clock now, up to the first thing that ends it. */
function endAgain(
  clock: Clock,
  facts: readonly Fact[],
  { after, failed }: { after: number; failed: Failure },
  context: ClockContext,
): void {
  for (const fact of facts) {
    if (fact.position <= after || fact.position >= failed.position) continue;
    if (isDescribed(fact)) choose(clock, facts, fact.position, context);
    if (fact.type === 'answered' && counts(fact, clock, context) && !hasFailed(fact, facts, failed.position))
      return end(clock, fact.position, 'answered', { metAt: fact.at });
    if (fact.type === 'merged_away' && !cameBack(facts, fact.position, failed.position))
      return end(clock, fact.position, 'merged', { cancelledAt: fact.at });
    const restsOnIt = fact.type === 'status_changed' && fact.withReply === true && fact.to === 'pending';
    if (fact.type === 'status_changed' && !restsOnIt && !fact.ofMerge && setsAside(fact.to, clock.kind))
      return end(clock, fact.position, endedBy(fact.to), { cancelledAt: fact.at });
  }
}

const cameBack = (facts: readonly Fact[], after: number, before: number): boolean =>
  facts.some((fact) => fact.type === 'unmerged' && fact.position > after && fact.position < before);

/** The customer waits from `startedAt`: in a period that is open already, or in a new one. */
function wait(clocks: Clock[], facts: readonly Fact[], position: number, startedAt: Date, context: ClockContext): void {
  const open =
    clocks.find((clock) => clock.openedPosition === position) ??
    openAt(clocks, position)[0] ??
    nextUnlessEnded(clocks, facts, position, context);
  if (open) {
    open.openedPosition = Math.min(open.openedPosition, position);
    // network time of a message that came out of order may be the earlier one
    if (startedAt < open.startedAt) {
      open.startedAt = startedAt;
      schedule(open, context);
    }
    return;
  }
  const first = clocks.find((clock) => clock.kind === 'first_response' && clock.endedWhy !== 'taken_back');
  const kind: ClockKind = first && first.openedPosition < position ? 'next_response' : 'first_response';
  if (first && kind === 'first_response') {
    first.kind = 'next_response'; // this message came out of turn: it was the first one
    const described = describedAt(facts, first.openedPosition, context);
    adopt(first, context.policyById(first.policyId) ?? context.policyFor(described), described, context);
  }
  clocks.push(newClock(kind, startedAt, position, facts, context));
}

/** A message out of turn belongs to the period that follows it, when nothing between the two would have ended one. */
function nextUnlessEnded(
  clocks: readonly Clock[],
  facts: readonly Fact[],
  position: number,
  context: ClockContext,
): Clock | undefined {
  const next = clocks
    .filter((clock) => clock.openedPosition > position)
    .sort((a, b) => a.openedPosition - b.openedPosition)[0];
  if (!next) return undefined;
  const ended = facts.some(
    (fact) =>
      fact.position > position &&
      fact.position < next.openedPosition &&
      ((fact.type === 'answered' && counts(fact, next, context)) ||
        fact.type === 'merged_away' ||
        (fact.type === 'status_changed' && !fact.ofMerge && setsAside(fact.to, next.kind))),
  );
  return ended ? undefined : next;
}

/** Since when a merged ticket's customer waited for us when another ticket took it in; null: they did not. */
export function waitingAt(clocks: readonly Clock[], position: number): Date | null {
  const open = clocks.filter(
    (clock) =>
      (clock.kind === 'first_response' || clock.kind === 'next_response') &&
      clock.openedPosition < position &&
      (clock.endedPosition === null || clock.endedPosition > position || clock.endedWhy === 'merged'),
  );
  return open.reduce<Date | null>((first, { startedAt }) => (!first || startedAt < first ? startedAt : first), null);
}
