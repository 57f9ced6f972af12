import type { QueueName } from './jobs';

/** How many jobs of each queue may run in this process: one count for both ways in, Bull's and the table's. */
export class JobSlots {
  private readonly used = new Map<QueueName, number>();
  private readonly waiting = new Map<QueueName, (() => void)[]>();

  constructor(private readonly limit: (queue: QueueName) => number) {}

  free(queue: QueueName): number {
    return Math.max(0, this.limit(queue) - (this.used.get(queue) ?? 0));
  }

  /** Takes up to `wanted` free slots. @returns how many */
  take(queue: QueueName, wanted: number): number {
    const taken = Math.min(wanted, this.free(queue));
    this.used.set(queue, (this.used.get(queue) ?? 0) + taken);
    return taken;
  }

  /** Takes one slot, in turn. */
  async wait(queue: QueueName): Promise<void> {
    if (this.take(queue, 1) === 1) return;
    await new Promise<void>((resolve) => {
      const line = this.waiting.get(queue) ?? [];
      line.push(resolve);
      this.waiting.set(queue, line);
    });
  }

  /** Gives one slot back; whoever waits gets it directly. */
  release(queue: QueueName): void {
    const next = this.waiting.get(queue)?.shift();
    if (next) next();
    else this.used.set(queue, (this.used.get(queue) ?? 1) - 1);
  }
}
