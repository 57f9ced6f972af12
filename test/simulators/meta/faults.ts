import { type RecordedError } from './graph-errors';

/** A misbehaviour of the API. Without `nth` and `probability` it hits every matching call, `times` times at most. */
export interface FaultRule<ErrorName = RecordedError> {
  method?: string;
  /** Regular expression on the path without its version, e.g. `/messages$`. */
  path?: string;
  /** Hits only the nth matching call, counted from 1 since the rule was added. */
  nth?: number;
  /** 0 to 1, drawn from the simulator's seeded generator. */
  probability?: number;
  times?: number;
  /** `before`: the call does nothing. `after`: it takes effect first, then fails, so the caller cannot know. */
  when: 'before' | 'after';
  /** `hang` never answers; `reset` cuts the connection; a number is a bare HTTP status; `none` only delays. */
  answer: 'hang' | 'reset' | 'none' | number | { error: ErrorName };
  delayMs?: number;
  /** Extra response headers, e.g. `x-app-usage`. */
  headers?: Record<string, string>;
}

interface ActiveRule<ErrorName> {
  id: number;
  rule: FaultRule<ErrorName>;
  path: RegExp | null;
  seen: number;
  fired: number;
}

export class Faults<ErrorName = RecordedError> {
  private rules: ActiveRule<ErrorName>[] = [];
  private nextId = 1;

  constructor(private readonly random: () => number) {}

  add(rule: FaultRule<ErrorName>): number {
    const id = this.nextId++;
    this.rules.push({ id, rule, path: rule.path === undefined ? null : new RegExp(rule.path), seen: 0, fired: 0 });
    return id;
  }

  clear(): void {
    this.rules = [];
  }

  list(): { id: number; rule: FaultRule<ErrorName>; fired: number }[] {
    return this.rules.map(({ id, rule, fired }) => ({ id, rule, fired }));
  }

  /** The first rule that hits this call, or null. Counts the call against every rule it matches. */
  pick(method: string, path: string): FaultRule<ErrorName> | null {
    let hit: FaultRule<ErrorName> | null = null;
    for (const active of this.rules) {
      const { rule } = active;
      if (rule.method !== undefined && rule.method !== method) continue;
      if (active.path !== null && !active.path.test(path)) continue;
      active.seen += 1;
      if (hit !== null || active.fired >= (rule.times ?? Infinity)) continue;
      if (rule.nth !== undefined && active.seen !== rule.nth) continue;
      if (rule.probability !== undefined && this.random() >= rule.probability) continue;
      active.fired += 1;
      hit = rule;
    }
    return hit;
  }
}

/** A small seeded generator (mulberry32), so that a run with a seed can be played again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
