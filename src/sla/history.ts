import { isActive } from '../inbox/tickets/ticket';
import { type Clock, type ClockContext, end, endOf, type Fact, isRunning } from './facts';
import { advanceWaits } from './waiting';

/**
 * Waits when words came in another order than they were written in, or were taken back.
 *
 * Which word of the customer waits is a matter of what was written, not of which webhook was the faster: a word is
 * answered by the first of another tool's words that was not written before it, whenever either reached us, and by a reply
 * of ours that was written when the word was known here. (A reply written without having seen it does not answer it.)
 * What was taken back before a reply of ours is as if it had not been written.
 *
 * `waiting.ts` leads clocks through facts in the order in which they became known, which nearly always is this one, and
 * then costs nothing more. Where it is not (`isOutOfTurn`), the waits are counted again from the first fact on.
 */

type Wrote = Extract<Fact, { type: 'customer_wrote' }>;
type Elsewhere = Extract<Fact, { type: 'answered' }> & { elsewhere: true };

const isWrote = (fact: Fact): fact is Wrote => fact.type === 'customer_wrote';
const isElsewhere = (fact: Fact): fact is Elsewhere => fact.type === 'answered' && fact.elsewhere === true;
const isWait = ({ kind }: Clock): boolean => kind === 'first_response' || kind === 'next_response';
const writtenAt = (fact: Wrote | Elsewhere): number => (isWrote(fact) ? fact.startedAt : fact.at).getTime();

/** Whether new facts belong between those that made these clocks. */
export function isOutOfTurn(clocks: readonly Clock[], facts: readonly Fact[]): boolean {
  const waits = clocks.filter(isWait);
  const first = facts[0]?.position ?? Infinity;
  if (isCountedAgain(waits) && waits.some((clock) => Math.max(clock.openedPosition, clock.endedPosition ?? 0) >= first))
    return true; // looked at once more: what is there now stands in no order of positions
  let ended = Math.max(-Infinity, ...waits.map((clock) => endOf(clock)?.getTime() ?? -Infinity));
  let last = ended;
  for (const fact of facts) {
    if (fact.type === 'taken_back' || (fact.type === 'took_in' && fact.fromTicketId !== null)) return true;
    if (isWrote(fact) || isElsewhere(fact)) {
      const at = writtenAt(fact);
      if (at < last || (isWrote(fact) && at === ended)) return true;
      last = at;
      if (isElsewhere(fact)) ended = at;
    } else if ('at' in fact && !followsWords(fact)) ended = last = Math.max(last, fact.at.getTime());
  }
  return false;
}

/** Told with the word that caused it, and at the time at which we had it. */
const followsWords = (fact: Fact): boolean =>
  fact.type === 'status_changed' && !fact.byAgent && isActive(fact.to) && fact.to !== 'pending';

/** Clocks that end before they open, by position, come from another order than that of positions. */
const isCountedAgain = (waits: readonly Clock[]): boolean =>
  waits.some((clock) => clock.endedPosition !== null && clock.endedPosition < clock.openedPosition) ||
  waits
    .toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime())
    .some((clock, i, sorted) => i > 0 && clock.openedPosition < sorted[i - 1]!.openedPosition);

/**
 * All waits of a ticket, from all that is known of it.
 *
 * @param known clocks so far; those whose wait is the same stay as they are, under the policy they had
 * @param facts every fact of the ticket, in order of position
 */
export function recountWaits(known: readonly Clock[], facts: readonly Fact[], context: ClockContext): Clock[] {
  const turns = inTurn(facts);
  const turnOf = new Map(turns.map((fact, i) => [fact.position, i + 1]));
  const numbered = turns.map((fact, i): Fact => {
    if (fact.type !== 'gave_back') return { ...fact, position: i + 1 };
    return { ...fact, position: i + 1, tookInPosition: turnOf.get(fact.tookInPosition) ?? 0 };
  });
  const waits = advanceWaits([], numbered, context).map((clock) => ({
    ...clock,
    openedPosition: turns[clock.openedPosition - 1]!.position,
    endedPosition: clock.endedPosition === null ? null : turns[clock.endedPosition - 1]!.position,
  }));
  return keepingIds(known, waits, facts);
}

/** Words of the customer that stand, or were answered here before they were taken back. */
export function standing(facts: readonly Fact[]): Fact[] {
  const gone = new Map(facts.flatMap((fact) => (fact.type === 'taken_back' ? [[fact.messageId, fact.position]] : [])));
  const answeredHere = (from: number, to: number) =>
    facts.some(
      (fact) =>
        fact.type === 'answered' &&
        fact.by === 'agent' &&
        !fact.elsewhere &&
        fact.position > from &&
        fact.position < to,
    );
  return facts.filter((fact) => {
    const goneAt = isWrote(fact) ? gone.get(fact.messageId ?? '') : undefined;
    return goneAt === undefined || answeredHere(fact.position, goneAt);
  });
}

/**
 * Facts in the order that decides: the customer's and other tools' words among each other by their own time, a question
 * before an answer of the same instant; what was done here in the order in which it was done, after the words that were
 * known then, and before those that were not.
 */
export function inTurn(facts: readonly Fact[]): Fact[] {
  const told = standing(facts);
  const done = told.filter((fact) => !isWrote(fact) && !isElsewhere(fact));
  const words = told
    .filter((fact) => isWrote(fact) || isElsewhere(fact))
    .toSorted(
      (a, b) =>
        writtenAt(a) - writtenAt(b) || Number(isElsewhere(a)) - Number(isElsewhere(b)) || a.position - b.position,
    );
  const placeOf = (answer: Elsewhere) => {
    const later = done.findIndex((fact) => 'at' in fact && fact.at > answer.at);
    return later < 0 ? done.length : later;
  };
  let least = 0; // after how much of what was done here a word stands
  const places = words.map((word, i) => {
    if (isElsewhere(word)) return (least = Math.max(least, placeOf(word)));
    const answer = words.slice(i).find(isElsewhere);
    const before = done.filter(({ position }) => position < word.position).length;
    return Math.max(least, answer ? Math.min(before, placeOf(answer)) : before);
  });
  return Array.from({ length: done.length + 1 }, (_, i) => [
    ...words.filter((__, n) => places[n] === i),
    ...done.slice(i, i + 1),
  ]).flat();
}

/** Each wait keeps the clock it had; one that no word stands behind any more ends here. */
function keepingIds(known: readonly Clock[], waits: readonly Clock[], facts: readonly Fact[]): Clock[] {
  const over = known.filter(({ endedWhy }) => endedWhy === 'taken_back');
  const left = new Set(known.filter(({ endedWhy }) => endedWhy !== 'taken_back'));
  const had = new Map<Clock, Clock>();
  for (const fits of [isSameEnd, areBothRunning, isSameOpening, () => true]) {
    for (const wait of waits) {
      const clock = had.has(wait) ? undefined : [...left].find((one) => fits(one, wait));
      if (!clock) continue;
      left.delete(clock);
      had.set(wait, clock);
    }
  }
  const goneAt = facts.findLast((fact) => fact.type === 'taken_back');
  const gone = [...left].map((clock) => {
    const ended = { ...clock };
    end(ended, goneAt?.position ?? clock.openedPosition, 'taken_back', { cancelledAt: goneAt?.at ?? clock.startedAt });
    return ended;
  });
  return [...over, ...gone, ...waits.map((wait) => keep(had.get(wait), wait))];
}

function keep(clock: Clock | undefined, wait: Clock): Clock {
  if (!clock) return wait;
  const { openedPosition, endedPosition } = wait;
  return isSameWait(clock, wait) ? { ...clock, openedPosition, endedPosition } : { ...wait, id: clock.id };
}

const same = (a: Date | null, b: Date | null) => a?.getTime() === b?.getTime();
const isSameEnd = (a: Clock, b: Clock) =>
  !isRunning(a) && a.endedPosition === b.endedPosition && a.endedWhy === b.endedWhy && same(endOf(a), endOf(b));
const areBothRunning = (a: Clock, b: Clock) => isRunning(a) && isRunning(b);
const isSameOpening = (a: Clock, b: Clock) => a.openedPosition === b.openedPosition;
const isSameWait = (a: Clock, b: Clock) =>
  a.kind === b.kind &&
  a.endedWhy === b.endedWhy &&
  same(a.startedAt, b.startedAt) &&
  same(a.metAt, b.metAt) &&
  same(a.cancelledAt, b.cancelledAt);
