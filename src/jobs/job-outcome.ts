import { GiveUp, RetryLater } from '../platform/errors';
import { backoffMs } from './backoff';

/** The row is no longer this runner's: its lease ran out and someone else has it, or a person dropped it. */
export class LeaseLost extends Error {
  constructor(jobId: string) {
    super(`The lease of job ${jobId} is gone; whoever holds it now does the work.`);
    this.name = 'LeaseLost';
  }
}

export type JobOutcome =
  | { kind: 'done' }
  /** `counts`: the try is one of those the job has. */
  | { kind: 'retry'; afterMs: number; error: string; counts: boolean }
  | { kind: 'parked'; error: string }
  | { kind: 'lost' };

/** What becomes of a job whose handler threw. */
export function outcomeOf(
  error: unknown,
  job: { attempt: number; maxAttempts: number },
  random: () => number = Math.random,
): JobOutcome {
  if (error instanceof LeaseLost) return { kind: 'lost' };
  const text = errorText(error);
  const later = error instanceof RetryLater ? error : undefined;
  const counts = later?.counts ?? true;
  if (error instanceof GiveUp || (counts && job.attempt >= job.maxAttempts)) return { kind: 'parked', error: text };
  return { kind: 'retry', afterMs: Math.max(0, later?.afterMs ?? backoffMs(job.attempt, random)), error: text, counts };
}

const ERROR_LENGTH = 500; // enough to recognise it; the log has the stack

export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.slice(0, ERROR_LENGTH);
}
