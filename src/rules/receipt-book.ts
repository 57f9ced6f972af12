import type { RuleHistory } from './loop';
import type { KnownRuns, NewReceipt, Ran } from './rules.repository';

export type WrittenReceipt = NewReceipt & Ran;

/**
 * What rules did before, read once for a batch of events, and what they do in it, written once when it ends. A rule sees
 * what it did earlier in the batch.
 */
export class ReceiptBook {
  private readonly written: WrittenReceipt[] = [];
  private readonly answered: Set<string>;
  private readonly changes: Map<string, number>;
  private readonly suspended: Set<string>;

  constructor({ answered, changes, suspended }: KnownRuns) {
    this.answered = new Set(answered.map(([ruleId, position]) => `${ruleId} ${position}`));
    this.changes = new Map(changes.map(([ruleId, ticketId, n]) => [`${ruleId} ${ticketId}`, n]));
    this.suspended = new Set(suspended.map(([ruleId, ticketId]) => `${ruleId} ${ticketId}`));
  }

  /** What the rule did to the ticket lately; null when it has answered this event before. */
  historyOf(ruleId: string, position: number, ticketId: string): RuleHistory | null {
    if (this.answered.has(`${ruleId} ${position}`)) return null;
    const key = `${ruleId} ${ticketId}`;
    return { changesLastHour: this.changes.get(key) ?? 0, suspended: this.suspended.has(key) };
  }

  suspend(ruleId: string, ticketId: string): void {
    this.suspended.add(`${ruleId} ${ticketId}`);
  }

  write(receipt: WrittenReceipt): void {
    const { rule, event, ticketId, changed } = receipt;
    this.written.push(receipt);
    this.answered.add(`${rule.id} ${event.position}`);
    if (changed.length === 0) return;
    const key = `${rule.id} ${ticketId}`;
    this.changes.set(key, (this.changes.get(key) ?? 0) + 1);
  }

  get receipts(): readonly WrittenReceipt[] {
    return this.written;
  }
}
