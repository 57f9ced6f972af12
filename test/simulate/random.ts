/** Numbers that look like chance and are the same for the same seed (mulberry32). */
export class Random {
  constructor(private state: number) {}

  /** From 0 to just below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** Most are short and a few are long; `spread` is the deviation of the logarithm. */
  lognormal(mean: number, spread: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return mean * Math.exp(spread * normal - (spread * spread) / 2);
  }

  /** One of these, by their shares. */
  pick<T>(of: readonly T[], share: (item: T) => number): T {
    let left = this.next() * of.reduce((sum, item) => sum + share(item), 0);
    for (const item of of) {
      left -= share(item);
      if (left < 0) return item;
    }
    return of.at(-1)!;
  }
}
