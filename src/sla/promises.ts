import { type Clock, type ClockContext, end, type Fact, isRunning, newClock } from './facts';

/**
 * Promised calls: due when the promised hour ends, met when the customer was spoken to. What becomes of the ticket
 * meanwhile does not keep a promise.
 *
 * @param facts in order of position, and complete from the first one on
 */
export function advancePromises(clocks: readonly Clock[], facts: readonly Fact[], context: ClockContext): Clock[] {
  const after = clocks.map((clock) => ({ ...clock }));
  const of = (promiseId: string) => after.find((clock) => clock.promiseId === promiseId);
  for (const fact of facts) {
    switch (fact.type) {
      case 'call_promised': {
        if (of(fact.promiseId)) break;
        const clock = newClock('callback', fact.at, fact.position, facts, context);
        after.push({
          ...clock,
          promiseId: fact.promiseId,
          targetMs: fact.dueAt.getTime() - fact.at.getTime(),
          dueAt: fact.dueAt,
        });
        break;
      }
      case 'call_rescheduled': {
        const clock = of(fact.promiseId);
        if (!clock || !isRunning(clock)) break;
        clock.dueAt = fact.dueAt;
        clock.targetMs = fact.dueAt.getTime() - clock.startedAt.getTime();
        break;
      }
      case 'call_reached':
      case 'call_cancelled': {
        const clock = of(fact.promiseId);
        if (!clock || !isRunning(clock)) break;
        if (fact.type === 'call_reached') end(clock, fact.position, 'reached', { metAt: fact.at });
        else end(clock, fact.position, 'call_cancelled', { cancelledAt: fact.at });
        break;
      }
      default:
    }
  }
  return after;
}
