import type { QueueName } from './jobs';

/** A ready row on its way to whoever runs it. `fence` and `runAt` tell one readiness of a row from the next. */
export interface HandOut {
  id: string;
  queue: QueueName;
  fence: number;
  runAt: Date;
  /** Until `runAt`, by the database's clock; zero or less means now. */
  delayMs: number;
}

/** Carries ready rows to runners. Losing a hand-out costs time, never work: the row stays ready and is found again. */
export abstract class JobDriver {
  /** Begins to run jobs, or only to hand them out, by the process's role. */
  abstract start(): void;
  /** Lets running jobs finish for a while, then gives back their leases. */
  abstract stop(): Promise<void>;
  /** Called after commit; returns at once and never throws. */
  abstract handOut(rows: readonly HandOut[]): void;
}
