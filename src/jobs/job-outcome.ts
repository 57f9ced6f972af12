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
  | { kind: 'retry'; afterMs: number; error: string }
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
  if (error instanceof GiveUp || job.attempt >= job.maxAttempts) return { kind: 'parked', error: text };
  const asked = error instanceof RetryLater ? error.afterMs : undefined;
  return { kind: 'retry', afterMs: Math.max(0, asked ?? backoffMs(job.attempt, random)), error: text };
}

const ERROR_LENGTH = 500; // enough to recognise it; the log has the stack

export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.slice(0, ERROR_LENGTH);
}
