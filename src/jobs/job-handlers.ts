import { Injectable } from '@nestjs/common';
import type { JobHandler, QueueName } from './jobs';

export interface HandlerOptions {
  queue: QueueName;
  /** How many jobs of the queue one process runs at a time; the largest wish of the queue's handlers counts. Default 8. */
  concurrency?: number;
  /** How long a silent runner is believed to be alive; a living one renews at a third of it. Default 60,000 ms. */
  leaseMs?: number;
}

export interface QueueSettings {
  queue: QueueName;
  /** Jobs this process can run; others are left for processes that can (a rolling deploy). */
  names: string[];
  concurrency: number;
  leaseMs: number;
}

const DEFAULT_CONCURRENCY = 8;
const DEFAULT_LEASE_MS = 60_000;

@Injectable()
export class JobHandlers {
  private readonly handlers = new Map<string, JobHandler>();
  private readonly settings = new Map<QueueName, QueueSettings>();

  register(name: string, handler: JobHandler, options: HandlerOptions): void {
    if (this.handlers.has(name)) throw new Error(`Two handlers want the job "${name}"; rename one.`);
    this.handlers.set(name, handler);
    const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    const leaseMs = options.leaseMs ?? DEFAULT_LEASE_MS;
    const known = this.settings.get(options.queue);
    this.settings.set(options.queue, {
      queue: options.queue,
      names: [...(known?.names ?? []), name],
      concurrency: Math.max(known?.concurrency ?? 1, concurrency),
      leaseMs: Math.max(known?.leaseMs ?? 1, leaseMs),
    });
  }

  get(name: string): JobHandler {
    const handler = this.handlers.get(name);
    if (!handler) throw new Error(`No handler is registered for the job "${name}".`);
    return handler;
  }

  queue(name: QueueName): QueueSettings | undefined {
    return this.settings.get(name);
  }

  queues(): QueueSettings[] {
    return [...this.settings.values()];
  }
}
