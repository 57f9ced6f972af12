import type { ChannelSettings } from '../channel';
import type { PullPlan } from '../pulling';

export type PullReason = 'poll' | 'reconcile' | 'backfill' | 'listen';

/** What is looked at again around a gap: networks order by their own clocks, and writes there take a while to show. */
export const OVERLAP_MS = 60 * 60_000;
const FIRST_WORK_MS = 48 * 3_600_000; // of what is found on connecting, so much is still worth an answer
const RETRY_AT_MOST_MS = 15 * 60_000;
const RETRY_MS = 5_000;
const REFUSED_MS = 60 * 60_000; // an admin has to change something; asked again now and then all the same

/** The readings a channel has by itself, with when the first of each is due. */
export function standingPulls(
  plan: PullPlan | null,
  listens: boolean,
  now: Date,
): { reason: PullReason; dueAt: Date }[] {
  const pulls: { reason: PullReason; dueAt: Date }[] = [];
  if (plan?.pollMs !== undefined) pulls.push({ reason: 'poll', dueAt: now });
  if (plan?.reconcileMs !== undefined)
    pulls.push({ reason: 'reconcile', dueAt: new Date(now.getTime() + plan.reconcileMs) });
  if (listens && plan?.pollMs !== undefined) pulls.push({ reason: 'listen', dueAt: now });
  return pulls;
}

/** How far a first look goes, and from when on what it finds is work; null when the network has no history. */
export function firstBackfill(
  plan: PullPlan | null,
  settings: ChannelSettings,
  now: Date,
): { since: Date; workSince: Date } | null {
  if (plan?.backfillMs === undefined) return null;
  const back = Math.min(plan.backfillMs, hours(settings['backfillHours']) ?? plan.backfillMs);
  const work = Math.min(back, hours(settings['backfillWorkHours']) ?? FIRST_WORK_MS);
  return back <= 0 ? null : { since: new Date(now.getTime() - back), workSince: new Date(now.getTime() - work) };
}

/** When to look again after a reading went well. @param nextMs what the network itself asked for */
export function nextDue(reason: PullReason, plan: PullPlan | null, nextMs: number | undefined, now: Date): Date | null {
  const every = reason === 'poll' ? plan?.pollMs : reason === 'reconcile' ? plan?.reconcileMs : undefined;
  if (every === undefined) return null;
  return new Date(now.getTime() + Math.max(nextMs ?? every, 0));
}

/** When to look again after the `failures`th failure in a row, in milliseconds. */
export function retryAfterMs(failures: number, asked: number | undefined): number {
  return asked ?? Math.min(RETRY_AT_MOST_MS, RETRY_MS * 2 ** Math.min(failures - 1, 20));
}

export const refusedAfterMs = REFUSED_MS;

/** The first instant of the next day, UTC: a day's budget begins again. */
export function nextDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
}

function hours(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value * 3_600_000 : undefined;
}
