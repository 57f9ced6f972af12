/**
 * Somebody who begins one thread after the other, by a loop between two mail programs or in a rage, fills the queue with
 * tickets (protocols/email.md §6). Beyond so many in so many minutes, new threads are work of the ticket there is.
 */
export interface FloodSettings {
  /** Threads of one person in one channel; 0: as many as come. */
  threads: number;
  minutes: number;
}

export const DEFAULT_FLOOD: FloodSettings = { threads: 20, minutes: 10 };

/** What the ticket that takes them is tagged with. */
export const FLOOD_TAG = 'flood';

/** Reads `workspaces.settings.floods`; what is missing or no whole number of zero or more is the default. */
export function floodSettings(stored: unknown): FloodSettings {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
  const read = (name: keyof FloodSettings) => {
    const value = given[name];
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : DEFAULT_FLOOD[name];
  };
  return { threads: read('threads'), minutes: read('minutes') };
}

const MINUTE_MS = 60_000;

/**
 * By when things were written, so that letters of a day that come at once after an outage are none.
 * @param at of the thread that begins, ms
 * @param others when the person last wrote in their other threads here, ms
 */
export function isFlood(at: number, others: readonly number[], { threads, minutes }: FloodSettings): boolean {
  if (threads === 0) return false;
  return others.filter((other) => Math.abs(at - other) < minutes * MINUTE_MS).length >= threads;
}
