import type { ErrorItem, SaveError } from './errors';
import { seededRandom } from './random';
import type { FieldValue, ObjectDef, Row } from './schema';

/** When a matching call or row is hit. Counted per rule, from its start; without any of them every match is hit. */
interface Cadence {
  /** Only the nth match (from 1) and later ones. */
  from?: number;
  /** Every nth match. */
  every?: number;
  /** Chance of a match being hit, 0 to 1, from the seeded generator. */
  probability?: number;
  /** The rule is spent after this many hits. */
  times?: number;
}

export type RequestEffect =
  | { kind: 'delay'; ms: number }
  /** The work is done at once, the answer waits: other calls overlap with this one. */
  | { kind: 'hold'; ms: number }
  | { kind: 'invalid_session' }
  | { kind: 'unavailable'; commit: 'before' | 'after'; html?: boolean }
  | { kind: 'reset'; commit: 'before' | 'after' }
  | { kind: 'server_error' }
  | { kind: 'limit'; limit: 'total' | 'concurrent' };

export const EFFECT_KINDS: ReadonlySet<string> = new Set<RequestEffect['kind']>([
  'delay',
  'hold',
  'invalid_session',
  'unavailable',
  'reset',
  'server_error',
  'limit',
]);

/** A rule on calls: `path` is a regular expression over the path without its query. */
export type RequestFault = Cadence & { method?: string; path?: string; effect: RequestEffect };

/** A rule on rows about to be written; `where` compares the row's values. `fail` is the error such a row gets. */
export type RowFault = Cadence & {
  object?: string;
  where?: Record<string, FieldValue>;
  fail: 'lock' | SaveError;
};

export type Fault = RequestFault | RowFault;

export interface PlantedFault {
  id: number;
  matched: number;
  hits: number;
  fault: Fault;
}

export interface Refusal {
  status: number;
  body: ErrorItem[] | string;
}

/** Faults of this emulator, decided by rules and one seeded generator, so that a run can be repeated. */
export class Faults {
  private rules: { planted: PlantedFault; path?: RegExp }[] = [];
  private lastId = 0;
  private random: () => number;

  constructor(private seed: number) {
    this.random = seededRandom(seed);
  }

  add(fault: Fault): number {
    const path = 'path' in fault && fault.path !== undefined ? new RegExp(fault.path) : undefined;
    this.lastId += 1;
    this.rules.push({ planted: { id: this.lastId, matched: 0, hits: 0, fault }, path });
    return this.lastId;
  }

  list(): readonly PlantedFault[] {
    return this.rules.map(({ planted }) => planted);
  }

  remove(id: number): void {
    this.rules = this.rules.filter(({ planted }) => planted.id !== id);
  }

  /** Drops all rules and starts the generator anew. */
  reset(seed = this.seed): void {
    this.seed = seed;
    this.random = seededRandom(seed);
    this.rules = [];
  }

  /** The effects this call meets, in the order the rules were planted. */
  forRequest(method: string, path: string): RequestEffect[] {
    const effects: RequestEffect[] = [];
    for (const { planted, path: pattern } of this.rules) {
      const { fault } = planted;
      if (!('effect' in fault)) continue;
      if (fault.method !== undefined && fault.method !== method) continue;
      if (pattern && !pattern.test(path)) continue;
      if (this.hits(planted)) effects.push(fault.effect);
    }
    return effects;
  }

  /** The error this row meets, if a rule hits it. `id` is the record that lock errors name. */
  forRow(def: ObjectDef, row: Row, id: string): SaveError | undefined {
    for (const { planted } of this.rules) {
      const { fault } = planted;
      if (!('fail' in fault)) continue;
      if (fault.object !== undefined && fault.object !== def.name) continue;
      if (!Object.entries(fault.where ?? {}).every(([field, value]) => row[field] === value)) continue;
      if (this.hits(planted)) return fault.fail === 'lock' ? lockError(id) : fault.fail;
    }
    return undefined;
  }

  private hits(planted: PlantedFault): boolean {
    planted.matched += 1;
    const { from = 1, every = 1, probability = 1, times = Infinity } = planted.fault;
    if (planted.hits >= times || planted.matched < from || (planted.matched - from) % every !== 0) return false;
    if (probability < 1 && this.random() >= probability) return false;
    planted.hits += 1;
    return true;
  }
}

export function lockError(id: string): SaveError {
  const message = `unable to obtain exclusive access to this record or 1 records: ${id}`;
  return { statusCode: 'UNABLE_TO_LOCK_ROW', message, fields: [] };
}

/** The answer of an effect that replaces the real one. */
export function refusalOf(effect: RequestEffect): Refusal | undefined {
  switch (effect.kind) {
    case 'invalid_session':
      return refusal(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    case 'unavailable':
      return effect.html
        ? {
            status: 503,
            body: '<html><head><title>Maintenance</title></head><body>We are down for a while.</body></html>',
          }
        : refusal(503, 'SERVER_UNAVAILABLE', 'Server is busy, please try again later.');
    case 'server_error':
      return refusal(
        500,
        'UNKNOWN_EXCEPTION',
        'An unexpected error occurred. Please include this ErrorId if you contact support: 1204-77 (0)',
      );
    case 'limit':
      return effect.limit === 'total'
        ? refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.')
        : refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.');
    default:
      return undefined;
  }
}

function refusal(status: number, errorCode: string, message: string): Refusal {
  return { status, body: [{ message, errorCode }] };
}
