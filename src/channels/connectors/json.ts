import { createHash } from 'node:crypto';

/**
 * Tolerant readers for payloads of any shape. Ids come as strings today and as numbers in old deliveries; anything that
 * does not fit reads as absent.
 */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function record(value: unknown): JsonRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;
}

/** A list as it is, a lone object as a list of one, anything else as nothing. */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return record(value) ? [value] : [];
}

/** Postgres stores neither U+0000 nor half a surrogate pair. */
const storable = (value: string) => value.replaceAll(/\p{Surrogate}|\0/gu, '\uFFFD');

export function string(value: unknown): string | undefined {
  return typeof value === 'string' ? storable(value) : undefined;
}

const LONGEST_ID = 500; // characters; Meta's longest (message ids) stay under 250, and ids are indexed

/** A non-empty id, also when it travels as a number. */
export function id(value: unknown): string | undefined {
  if (typeof value === 'string' && value.length > LONGEST_ID) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)).toString() : undefined;
  return typeof value === 'string' && value.trim() !== '' ? storable(value.trim()) : undefined;
}

export function integer(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

const SECONDS_LIMIT = 100_000_000_000; // as seconds the year 5138, as milliseconds 1973: Meta's two units never meet
const LAST_INSTANT = Date.UTC(2100, 0, 1);

/** Milliseconds since 1970 from seconds, milliseconds or Graph's `2026-11-20T08:42:02+0000`. */
export function milliseconds(value: unknown): number | undefined {
  const number = integer(value);
  const ms =
    number === undefined
      ? Date.parse(typeof value === 'string' ? value : '')
      : number < SECONDS_LIMIT
        ? number * 1000
        : number;
  return ms > 0 && ms < LAST_INSTANT ? ms : undefined;
}

/** The first of these values that is an instant, as ISO text. */
export function instant(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const ms = milliseconds(value);
    if (ms !== undefined) return new Date(ms).toISOString();
  }
  return undefined;
}

/** Digest of any JSON value, 24 hex digits. An explicit stack: nesting of any depth cannot exhaust the call stack. */
export function contentHash(value: unknown): string {
  const hash = createHash('sha256');
  const stack: unknown[] = [value];
  while (stack.length > 0) {
    const next = stack.pop();
    if (Array.isArray(next)) {
      hash.update(`[${next.length}`);
      for (const item of next) stack.push(item);
    } else if (record(next)) {
      const entries = Object.entries(next as JsonRecord).toSorted(([a], [b]) => (a < b ? -1 : 1));
      hash.update(`{${JSON.stringify(entries.map(([key]) => key))}`);
      for (const [, item] of entries) stack.push(item);
    } else {
      hash.update(`${typeof next}:${JSON.stringify(next) ?? ''};`);
    }
  }
  return hash.digest('hex').slice(0, 24);
}

const LONGEST_KEY = 400; // characters; keys are indexed, and an index row must stay under 2,700 bytes

/** Joins the parts of an idempotency or thread key; a part of absurd length is replaced by its digest. */
export function key(...parts: readonly (string | number | undefined)[]): string {
  const joined = parts.map((part) => part ?? '').join(':');
  return joined.length <= LONGEST_KEY ? joined : `${String(parts[0]).slice(0, 40)}:${contentHash(joined)}`;
}

/** Leaves out what is undefined, so that events carry only what the provider said. */
export function compact<T extends Record<string, unknown>>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
