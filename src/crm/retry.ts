import type { Setback, Waiting } from './crm-queue.repository';
import type { Failure } from './salesforce/errors';

const ROW_WAITS_S = [1, 4, 15, 60, 300, 900]; // locks pass in seconds; the rest is an org in trouble
const ROW_TRIES = 100; // about a day at the longest wait
const PARENT_TRIES = 3;
const BYSTANDER_MS = 1_000;

/** What becomes of a row that was refused: when it is tried again, or that a person must look. */
export function setbackOf(row: Waiting, failure: Failure, random: () => number = Math.random): Setback {
  const base = { id: row.id, version: row.version, code: failure.code, error: failure.message };
  if (failure.bystander || failure.kind === 'limit') return { ...base, attempts: row.attempts, afterMs: BYSTANDER_MS };
  const attempts = row.attempts + 1;
  if (failure.missingParent) return { ...base, attempts, afterMs: attempts > PARENT_TRIES ? null : 0 };
  if (failure.kind !== 'retry' || attempts >= ROW_TRIES) return { ...base, attempts, afterMs: null };
  const ceilingMs = 1_000 * ROW_WAITS_S[Math.min(attempts, ROW_WAITS_S.length) - 1]!;
  return { ...base, attempts, afterMs: Math.round(ceilingMs * (0.5 + random() / 2)) };
}

const CALL_FLOOR_MS = 2_000;
const CALL_CAP_MS = 15 * 60_000;
const CONCURRENT_MS = 30_000;
/** How often an exhausted org is asked again. There is no header that says when it recovers. */
export const PROBE_MS = 15 * 60_000;

/** How long nothing is sent after `failures` failed calls in a row, with jitter. */
export function pauseMs(failure: Failure, failures: number, random: () => number = Math.random): number {
  if (failure.kind === 'limit') return PROBE_MS;
  const floor = failure.code === 'REQUEST_LIMIT_EXCEEDED' ? CONCURRENT_MS : CALL_FLOOR_MS;
  const ceiling = Math.min(CALL_CAP_MS, floor * 2 ** Math.min(failures, 20));
  return Math.round(ceiling * (0.5 + random() / 2));
}
