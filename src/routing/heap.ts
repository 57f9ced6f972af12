/** A binary heap: whatever goes before all others is at hand. */
export class Heap<T> {
  private readonly items: T[] = [];

  constructor(private readonly goesBefore: (a: T, b: T) => boolean) {}

  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    let at = this.items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.goesBefore(item, this.items[parent]!)) break;
      this.items[at] = this.items[parent]!;
      at = parent;
    }
    this.items[at] = item;
  }

  pop(): T | undefined {
    const first = this.items[0];
    const last = this.items.pop();
    if (last === undefined || this.items.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.items.length) break;
      if (child + 1 < this.items.length && this.goesBefore(this.items[child + 1]!, this.items[child]!)) child += 1;
      if (!this.goesBefore(this.items[child]!, last)) break;
      this.items[at] = this.items[child]!;
      at = child;
    }
    this.items[at] = last;
    return first;
  }
}
