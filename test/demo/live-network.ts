import type { ScenarioNetwork } from '../simulators/scenario/scenario';

/** A simulated network of the demo: its public, and the book it keeps of what the public did and saw. */
export interface LiveNetwork {
  /** What the day's scenario calls it. */
  name: string;
  title: string;
  /** Kinds of channel that speak to it. */
  kinds: readonly string[];
  /** Where people watch it; null when there is nothing to watch. */
  page: string | null;
  /** For networks played by the scenario file; `understudy` makes somebody new in the part of a person. */
  script: (ScenarioNetwork & { understudy(person: string, day: number): string }) | null;
  /** How many messages customers wrote to the shop. */
  wrote(): number;
  /** Texts of the shop that somebody saw, a repeated one twice. */
  seen(): readonly string[];
  /** How many replies somebody saw more than once, given the texts the product sent. */
  seenAgain(sent: readonly string[]): number;
  /** Replies the network told us later that they did not arrive. */
  bounced(): number;
  /** Webhooks: how many left, and how many of those nobody ever acknowledged. */
  posts(): { left: number; lost: number };
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** The texts of `some` that `others` do not match one for one: customers may get the same words twice, on purpose. */
export function unmatched(some: readonly string[], others: readonly string[]): string[] {
  const open = new Map<string, number>();
  for (const text of others) open.set(text, (open.get(text) ?? 0) + 1);
  return some.filter((text) => {
    const left = open.get(text) ?? 0;
    open.set(text, left - 1);
    return left <= 0;
  });
}
