import { isActive, type TicketPriority, type TicketStatus } from '../inbox/tickets/ticket';
import { dueAt } from './clock';
import { type ClockKind, openHours, type SlaPolicy, targetMs } from './policy';

/**
 * The clocks of one ticket as a function of what happened to it.
 *
 * A clock is one period in which the customer waits for us: it is opened by the customer's first unanswered message and
 * ended by our answer (met) or by the work being set aside (cancelled). Facts carry their position in the workspace's
 * order of events; a clock remembers the positions that opened and ended it. So a fact that comes late, twice, in a
 * batch with its successors, or out of turn (a parked event that a person retried) finds its place: applying a fact and
 * everything after it again gives the clocks that applying all in order would have given. Times are those the facts
 * carry, never the time of this computation.
 */
export type Fact = { position: number } & (
  | { type: 'customer_wrote'; startedAt: Date }
  /** `writtenAt`: for a word from another tool, which may reach us after the question it does not answer. */
  | { type: 'answered'; by: 'agent' | 'bot'; at: Date; writtenAt?: Date; messageId?: string }
  /** An answer of ours that never arrived: what it met runs on as if it had not been written. */
  | { type: 'answer_failed'; messageId: string; at: Date }
  | {
      type: 'status_changed';
      from: TicketStatus;
      to: TicketStatus;
      byAgent: boolean;
      at: Date;
      /** Set together with an answer: `pending` then rests on that answer. */
      withReply?: boolean;
    }
  | { type: 'priority_changed'; from: TicketPriority; to: TicketPriority }
);

export interface Clock {
  id: string;
  kind: ClockKind;
  policyId: string;
  startedAt: Date;
  targetMs: number;
  dueAt: Date;
  metAt: Date | null;
  cancelledAt: Date | null;
  openedPosition: number;
  endedPosition: number | null;
}

export interface WaitingContext {
  /** The ticket's priority after all facts. */
  priority: TicketPriority;
  /** The policy of a clock that starts while the ticket has this priority. */
  policyFor: (priority: TicketPriority) => SlaPolicy;
  policyById: (id: string) => SlaPolicy | undefined;
  newId: () => string;
}

export const isRunning = (clock: Clock): boolean => clock.metAt === null && clock.cancelledAt === null;

export const endOf = (clock: Clock): Date | null => clock.metAt ?? clock.cancelledAt;

/**
 * @param clocks all clocks of the ticket so far
 * @param facts in order of position, and complete from the first one on
 * @returns all clocks afterwards; those given are left as they are
 */
export function advance(clocks: readonly Clock[], facts: readonly Fact[], context: WaitingContext): Clock[] {
  const after = clocks.map((clock) => ({ ...clock }));
  for (const fact of facts) {
    switch (fact.type) {
      case 'customer_wrote':
        wait(after, facts, fact.position, fact.startedAt, context);
        break;
      case 'answered':
        for (const clock of openAt(after, fact.position)) {
          if (counts(fact, clock, context)) end(clock, fact.position, { metAt: fact.at });
        }
        break;
      case 'answer_failed':
        takeBack(after, facts, fact, context);
        break;
      case 'status_changed':
        for (const clock of openAt(after, fact.position)) {
          if (setsAside(fact.to, clock.kind)) end(clock, fact.position, { cancelledAt: fact.at });
        }
        if (comesBack(fact)) wait(after, facts, fact.position, fact.at, context);
        break;
      case 'priority_changed':
        for (const clock of openAt(after, fact.position)) retarget(clock, fact.to, context);
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

const counts = ({ by, writtenAt }: Answer, clock: Clock, context: WaitingContext): boolean =>
  (writtenAt === undefined || writtenAt >= clock.startedAt) &&
  (by === 'agent' || context.policyById(clock.policyId)?.botCounts === true);

/** Solved work owes nothing; while we wait for the customer only a further response is off, a first one never is. */
const setsAside = (status: TicketStatus, kind: ClockKind): boolean =>
  !isActive(status) || (status === 'pending' && kind === 'next_response');

/** An agent took the work up again: an answer is owed from then on. (A customer's message speaks for itself.) */
const comesBack = (fact: Extract<Fact, { type: 'status_changed' }>): boolean =>
  fact.byAgent && (fact.from === 'solved' || fact.from === 'pending') && (fact.to === 'open' || fact.to === 'on_hold');

/** Clocks that ran just before `position`: opened earlier, and not ended by anything earlier. */
const openAt = (clocks: readonly Clock[], position: number): Clock[] =>
  clocks.filter((clock) => clock.openedPosition < position && (isRunning(clock) || endedAfter(clock, position)));

const endedAfter = (clock: Clock, position: number) => clock.endedPosition !== null && clock.endedPosition > position;

function end(clock: Clock, position: number, how: { metAt: Date } | { cancelledAt: Date }): void {
  clock.metAt = null;
  clock.cancelledAt = null;
  Object.assign(clock, how);
  clock.endedPosition = position;
}

/**
 * Clocks that a failed answer had met find their end among what came after that answer, or run again. Where the customer
 * wrote again meanwhile, it is one wait: the older clock carries it, the younger one ends here.
 */
function takeBack(clocks: Clock[], facts: readonly Fact[], failed: Failure, context: WaitingContext): void {
  const answers = facts.filter(
    (fact): fact is Answer =>
      fact.type === 'answered' && fact.messageId === failed.messageId && fact.position < failed.position,
  );
  for (const clock of clocks) {
    const answer = answers.find((fact) => fact.position === clock.endedPosition);
    if (!answer || clock.metAt === null) continue;
    clock.metAt = null;
    clock.endedPosition = null;
    endAgain(clock, facts, { after: answer.position, failed }, context);
    if (!isRunning(clock)) continue;
    for (const younger of openAt(clocks, failed.position)) {
      if (younger !== clock && isRunning(younger)) end(younger, failed.position, { cancelledAt: failed.at });
    }
  }
}

/** What happened between an answer and its failure happens to the clock now, up to the first thing that ends it. */
function endAgain(
  clock: Clock,
  facts: readonly Fact[],
  { after, failed }: { after: number; failed: Failure },
  context: WaitingContext,
): void {
  for (const fact of facts) {
    if (fact.position <= after || fact.position >= failed.position) continue;
    if (fact.type === 'priority_changed') retarget(clock, fact.to, context);
    if (fact.type === 'answered' && counts(fact, clock, context) && !hasFailed(fact, facts, failed.position))
      return end(clock, fact.position, { metAt: fact.at });
    const restsOnIt = fact.type === 'status_changed' && fact.withReply === true && fact.to === 'pending';
    if (fact.type === 'status_changed' && !restsOnIt && setsAside(fact.to, clock.kind))
      return end(clock, fact.position, { cancelledAt: fact.at });
  }
}

/** The customer waits from `startedAt`: in a period that is open already, or in a new one. */
function wait(
  clocks: Clock[],
  facts: readonly Fact[],
  position: number,
  startedAt: Date,
  context: WaitingContext,
): void {
  const open =
    clocks.find((clock) => clock.openedPosition === position) ??
    openAt(clocks, position)[0] ??
    nextUnlessEnded(clocks, facts, position, context);
  if (open) {
    open.openedPosition = Math.min(open.openedPosition, position);
    // network time of a message that came out of order may be the earlier one
    if (startedAt < open.startedAt) restart(open, startedAt);
    return;
  }
  const priority = priorityAt(facts, position, context);
  const policy = context.policyFor(priority);
  const first = clocks.find((clock) => clock.kind === 'first_response');
  const kind: ClockKind = first && first.openedPosition < position ? 'next_response' : 'first_response';
  if (first && kind === 'first_response') {
    first.kind = 'next_response'; // this message came out of turn: it was the first one
    retarget(first, priorityAt(facts, first.openedPosition, context), context);
  }
  const clock: Clock = {
    id: context.newId(),
    kind,
    policyId: policy.id,
    startedAt,
    targetMs: targetMs(policy, kind, priority),
    dueAt: startedAt,
    metAt: null,
    cancelledAt: null,
    openedPosition: position,
    endedPosition: null,
  };
  restart(clock, startedAt);
  clocks.push(clock);
}

/** A message out of turn belongs to the period that follows it, when nothing between the two would have ended one. */
function nextUnlessEnded(
  clocks: readonly Clock[],
  facts: readonly Fact[],
  position: number,
  context: WaitingContext,
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
        (fact.type === 'status_changed' && setsAside(fact.to, next.kind))),
  );
  return ended ? undefined : next;
}

/** Facts are complete from the first one on, so the next change of priority tells what it was before. */
function priorityAt(facts: readonly Fact[], position: number, context: WaitingContext): TicketPriority {
  for (const fact of facts) if (fact.type === 'priority_changed' && fact.position > position) return fact.from;
  return context.priority;
}

function restart(clock: Clock, startedAt: Date): void {
  clock.startedAt = startedAt;
  const start = startedAt.getTime();
  clock.dueAt = new Date(dueAt(start, clock.targetMs, openHours({ id: clock.policyId }, start)));
}

function retarget(clock: Clock, priority: TicketPriority, context: WaitingContext): void {
  const policy = context.policyById(clock.policyId);
  if (!policy) return; // deleted since: the clock keeps the target it was given
  clock.targetMs = targetMs(policy, clock.kind, priority);
  restart(clock, clock.startedAt);
}
