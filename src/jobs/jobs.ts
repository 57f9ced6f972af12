/**
 * The one port between "this must happen" and "something makes it happen". A job is a row written in the caller's
 * transaction; who carries it (this process, or Bull on Redis) is a detail of mode.
 */
export interface NewJob {
  workspaceId: string;
  /** Queues have their own concurrency, so bulk work never starves live work. */
  queue: QueueName;
  name: string;
  /** Ids, not copies, and no message text. */
  payload: Record<string, unknown>;
  /**
   * A ready job of the same workspace, name and key absorbs this one; its payload stands. A running one does not, so two
   * of a key can run side by side: a handler locks the rows it works on.
   */
  dedupeKey?: string;
  runAt?: Date;
  /** Default 12: with the backoff in `backoff.ts` about a day. */
  maxAttempts?: number;
}

export const QUEUES = [
  'outbound',
  'bot',
  'routing',
  'crm',
  'sla',
  'tickets',
  'rules',
  'calls',
  'webhooks',
  'media',
  'channels',
  'maintenance',
] as const;
export type QueueName = (typeof QUEUES)[number];

export interface RunningJob<Payload = Record<string, unknown>> {
  id: string;
  workspaceId: string;
  name: string;
  payload: Payload;
  /** 1 on the first try. */
  attempt: number;
  /** Grows with every lease; pass it to `JobQueue.holds` inside a transaction whose effects must not come from a late runner. */
  fence: number;
  requestId: string | null;
}

/**
 * May run twice: check or upsert, with a unique key doing the deciding. Throw `RetryLater` when time may heal it,
 * `GiveUp` when a person must look; anything else is retried with backoff and then parked.
 */
export type JobHandler = (job: RunningJob) => Promise<void>;
