import { DomainError } from './errors';

const DEEPEST = 100; // no body of ours is nested a tenth as deep; deeper ones are made to exhaust whoever walks them

/**
 * What was sent, with halves of surrogate pairs replaced: a text cut in the middle of an emoji is still a text, and
 * Postgres takes it. Changes nothing where there is nothing to change.
 * @throws DomainError `bad_request` when it is nested too deep to be looked through
 */
export function wellFormed(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed();
  if (!isPlain(value)) return value;
  if (depth > DEEPEST) throw new DomainError('bad_request', `This is nested more than ${DEEPEST} deep; flatten it.`);
  for (const key of Object.keys(value)) {
    const container = value as Record<string, unknown>;
    const inner = container[key];
    const mended = wellFormed(inner, depth + 1);
    if (mended !== inner) container[key] = mended;
    if (!key.isWellFormed()) {
      container[key.toWellFormed()] = container[key];
      delete container[key];
    }
  }
  return value;
}

/** What Postgres said it cannot store, and how to recognise it in what was sent. */
const UNSTORABLE: Readonly<Record<string, { problem: string; is: (value: unknown) => boolean }>> = {
  '22003': {
    problem: 'must be a number that can be stored',
    is: (value) => Math.abs(Number(value)) > 2_147_483_647,
  },
  '22021': { problem: 'must not hold the character U+0000', is: holdsNul },
  '22P05': { problem: 'must not hold the character U+0000', is: holdsNul },
};

/**
 * A refusal of Postgres as the caller's mistake, where it is one: a value that no column of its kind holds.
 * @param sent body and query of the request
 * @returns null when nothing that was sent explains the refusal: then it is ours
 */
export function unstorable(error: unknown, sent: readonly unknown[]): DomainError | null {
  const known = UNSTORABLE[(error as { code?: string }).code ?? ''];
  if (!known) return null;
  const paths = [...new Set(sent.flatMap((each) => pathsOf(each, known.is, '')))];
  if (paths.length === 0) return null;
  const fields = paths.map((path) => ({ path, problem: known.problem }));
  return new DomainError('validation_failed', `Please correct: ${paths.join(', ')}.`, { fields }, { cause: error });
}

function holdsNul(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\0');
}

function pathsOf(value: unknown, is: (value: unknown) => boolean, path: string): string[] {
  if (!isPlain(value)) return is(value) ? [path] : [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return is(key) && Number.isNaN(Number(key)) ? [path || 'body'] : pathsOf(inner, is, at);
  });
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && (Array.isArray(value) || isRecord(value));

function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
