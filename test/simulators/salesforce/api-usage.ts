const DAY_MS = 86_400_000;
const SLOT_MS = 60_000;

/** API calls of the rolling 24 hours, counted by the minute. */
export class ApiUsage {
  private slots = new Map<number, number>();

  constructor(
    public dailyLimit: number,
    private readonly now: () => number,
  ) {}

  /** Counts `calls`, or answers false when the limit is already used up. */
  spend(calls = 1): boolean {
    if (this.used() >= this.dailyLimit) return false;
    const slot = Math.floor(this.now() / SLOT_MS);
    this.slots.set(slot, (this.slots.get(slot) ?? 0) + calls);
    return true;
  }

  used(): number {
    const oldest = (this.now() - DAY_MS) / SLOT_MS;
    let used = 0;
    for (const [slot, calls] of this.slots) {
      if (slot > oldest) used += calls;
      else this.slots.delete(slot);
    }
    return used;
  }

  reset(): void {
    this.slots.clear();
  }

  /** Value of the `Sforce-Limit-Info` header. */
  header(): string {
    return `api-usage=${this.used()}/${this.dailyLimit}`;
  }
}
