import { threadOf, type WaitingEvent } from './ledger.repository';

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5_000; // as soon as a lock of somebody else is gone, a customer's message is there

interface Suspect {
  event: WaitingEvent;
  failures: number;
  /** Of them, those that will not pass by themselves. */
  tries: number;
  /** When it is tried again (`performance.now()`, ms); `Infinity` while it is. */
  at: number;
}

/**
 * Events that failed by themselves, and when each is tried again. Their threads wait with them, so that a failure that
 * passes changes no order. Only a memory: whoever comes after a kill finds them anew, and how often an event has failed
 * stands in the ledger.
 */
export class Suspects {
  private readonly held = new Map<string, Suspect>();

  /** It failed once more, and waits longer each time. @returns its tries here, in which failures that pass do not count */
  rest(event: WaitingEvent, now: number, passes: boolean): number {
    const before = this.held.get(event.id) ?? { failures: 0, tries: 0 };
    const failures = before.failures + 1;
    const tries = before.tries + (passes ? 0 : 1);
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
    this.held.set(event.id, { event, failures, tries, at: now + pause });
    return tries;
  }

  /** One whose pause is over, given out once until it rests again or is cleared. */
  due(now: number): WaitingEvent | undefined {
    for (const suspect of this.held.values()) {
      if (suspect.at > now) continue;
      suspect.at = Infinity;
      return suspect.event;
    }
    return undefined;
  }

  clear({ id }: Pick<WaitingEvent, 'id'>): void {
    this.held.delete(id);
  }

  /** The threads that wait, as `threadOf` names them. */
  threads(): string[] {
    return [...new Set([...this.held.values()].map(({ event }) => threadOf(event)))];
  }
}
