import { setImmediate as nextTurn } from 'node:timers/promises';

/** Cuts long work in memory into slices, between which the event loop turns. */
export class Slices {
  private startedAt = performance.now();

  constructor(private readonly sliceMs: number) {}

  /** Call between steps that are short themselves: `if (slices.spent()) await slices.pause();` */
  spent(): boolean {
    return performance.now() - this.startedAt >= this.sliceMs;
  }

  async pause(): Promise<void> {
    await nextTurn();
    this.startedAt = performance.now();
  }
}
