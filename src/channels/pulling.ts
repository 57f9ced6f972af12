import type { Words } from '../text/words';

/** How a channel is to be pulled. */
export interface PullPlan {
  /** Milliseconds between two polls; 0 when a poll itself waits for news. Absent: no polling, the network pushes. */
  pollMs?: number;
  /** Milliseconds between two reconciliations. Absent: the network offers nothing to compare with. */
  reconcileMs?: number;
  /** How far back a first look may go, in milliseconds; absent when the network has no history. */
  backfillMs?: number;
  /** The most a day may cost, in the unit of `PullOutcome.cost`; then polling rests until the next day (UTC). */
  dailyBudget?: { amount: number; unit: string };
}

/** One step of reading at the network what it does not push, or did not. */
export interface PullRequest {
  /**
   * `poll`: what is new, for networks without push. `reconcile`: the last hours again, to find what the webhook did not
   * bring. `backfill`: everything since `since`, after connecting or a gap.
   */
  reason: 'poll' | 'reconcile' | 'backfill';
  /** Where the last step of this reason ended, in the connector's own JSON; null at the beginning. */
  cursor: unknown;
  since: Date;
  /** Ends a call that waits for news (long polling) when the process stops. */
  signal: AbortSignal;
}

export type PullOutcome =
  | {
      status: 'pulled';
      /** What came, in the network's own words; each is stored as a delivery and read by `parse`. */
      bodies: readonly unknown[];
      /** Kept only after the bodies are stored, so a crash repeats the step and loses nothing. */
      cursor: unknown;
      /** There is more right now. */
      more: boolean;
      /** When to come back, in milliseconds; default the connector's `pulls` interval. */
      nextMs?: number;
      /** What the step cost, in the network's unit (quota units, US dollars); summed by day. */
      cost?: { amount: number; unit: string };
    }
  | { status: 'retry'; reason: string; code?: string; afterMs?: number }
  | { status: 'reconnect'; reason: string; code: string }
  /** Repeating will not help until an admin changes something; the alarm says `fix`. */
  | { status: 'refused'; reason: string; code: string; fix?: Words };
