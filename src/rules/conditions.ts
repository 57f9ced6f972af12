import { isUuid } from '../platform/ids';
import { normalise, wordsOf } from '../text/normalise';
import { isObject, isStrings, type Problem } from './problems';

/** A tree of questions about what happened and where; an empty `all` always holds. */
export type Condition = { all: Condition[] } | { any: Condition[] } | { not: Condition } | Question;

export interface Question {
  /** `status`, `text`, `fields.size` …: see `FIELDS`. */
  field: string;
  op: Op;
  value?: unknown;
}

export const OPS = [
  'is',
  'is_not',
  'in',
  'not_in',
  'contains_any',
  'contains_all',
  'contains_none',
  'is_empty',
  'is_not_empty',
  'at_least',
  'at_most',
] as const;
export type Op = (typeof OPS)[number];

/** What is known when a rule is asked: values by field; custom fields as `fields.<key>`, the event's own as `event.<name>`. */
export type Facts = Readonly<Record<string, unknown>>;

/** One question with the value that was seen. Of a text only the looked-for words it contains, never the text. */
export interface Answer {
  field: string;
  op: Op;
  value?: unknown;
  seen: unknown;
  holds: boolean;
}

type FieldKind = 'word' | 'id' | 'ordered' | 'list' | 'text' | 'flag' | 'any';

const PRIORITY_ORDER = ['low', 'normal', 'high', 'urgent'];

/** Fields a rule may ask about, and how they compare. */
export const FIELDS: Readonly<Record<string, FieldKind>> = {
  channelKind: 'word',
  channelId: 'id',
  brandId: 'id',
  threadKind: 'word',
  workType: 'word',
  status: 'word',
  priority: 'ordered',
  type: 'word',
  tags: 'list',
  language: 'word',
  tier: 'word',
  teamId: 'id',
  assigneeId: 'id',
  queueId: 'id',
  handler: 'word',
  text: 'text',
  subject: 'text',
  contactIsNew: 'flag',
  firstMessage: 'flag',
  repeated: 'list',
  hasAttachments: 'flag',
  insideBusinessHours: 'flag',
  'event.from': 'any',
  'event.to': 'any',
  'event.actor': 'word',
  'event.reason': 'word',
  'event.clock': 'word',
  'event.percent': 'any',
  'event.score': 'any',
  'event.added': 'list',
  'event.removed': 'list',
  'event.changed': 'list',
};

const ONE: readonly Op[] = ['is', 'is_not', 'in', 'not_in', 'is_empty', 'is_not_empty'];
const MANY: readonly Op[] = ['contains_any', 'contains_all', 'contains_none', 'is_empty', 'is_not_empty'];
const OPS_OF: Record<FieldKind, readonly Op[]> = {
  word: ONE,
  id: ONE,
  ordered: [...ONE, 'at_least', 'at_most'],
  list: MANY,
  text: MANY,
  flag: ['is'],
  any: OPS,
};

const MAX_DEPTH = 6;
const MAX_QUESTIONS = 60;
const MAX_VALUES = 200;
const MAX_VALUE_LENGTH = 200;
const MAX_LOOKED_FOR = 1_000; // values of all questions together: each is looked for in every event the rule hears of
const READ_OF_TEXT = 10_000; // UTF-16 units; what comes after a dozen screens decides nothing

const kindOf = (field: string): FieldKind | undefined =>
  Object.hasOwn(FIELDS, field) ? FIELDS[field] : /^fields\.[\w-]{1,64}$/.test(field) ? 'any' : undefined;

/** Whether every question of the tree holds as it says, with what was seen for each. */
export function judge(condition: Condition, facts: Facts): { holds: boolean; answers: Answer[] } {
  if ('all' in condition || 'any' in condition) {
    const parts = ('all' in condition ? condition.all : condition.any).map((part) => judge(part, facts));
    const holds = 'all' in condition ? parts.every((part) => part.holds) : parts.some((part) => part.holds);
    return { holds, answers: parts.flatMap((part) => part.answers) };
  }
  if ('not' in condition) {
    const inner = judge(condition.not, facts);
    return { holds: !inner.holds, answers: inner.answers };
  }
  const answer = ask(condition, facts);
  return { holds: answer.holds, answers: [answer] };
}

function ask({ field, op, value }: Question, facts: Facts): Answer {
  const known = facts[field] ?? null;
  const named = { field, op, ...(value === undefined ? {} : { value }) };
  if (kindOf(field) === 'text') {
    const text = typeof known === 'string' ? known.slice(0, READ_OF_TEXT) : '';
    if (op === 'is_empty' || op === 'is_not_empty') {
      const empty = text.trim() === '';
      return { ...named, seen: empty ? 'empty' : 'written', holds: empty === (op === 'is_empty') };
    }
    const terms = isStrings(value) ? value : [];
    const seen = contained(terms, text);
    return { ...named, seen, holds: holdsOfMany(op, seen.length, terms.length) };
  }
  return { ...named, seen: known, holds: compare(field, op, known, value) };
}

function compare(field: string, op: Op, known: unknown, value: unknown): boolean {
  const list = Array.isArray(known) ? known : null;
  switch (op) {
    case 'is':
      return same(known, value);
    case 'is_not':
      return !same(known, value);
    case 'in':
      return Array.isArray(value) && value.some((one) => same(known, one));
    case 'not_in':
      return Array.isArray(value) && !value.some((one) => same(known, one));
    case 'contains_any':
    case 'contains_all':
    case 'contains_none': {
      const wanted = Array.isArray(value) ? value : [];
      const had = list ?? (known === null ? [] : [known]);
      const met = wanted.filter((one) => had.some((entry) => same(entry, one)));
      return holdsOfMany(op, met.length, wanted.length);
    }
    case 'is_empty':
      return known === null || known === '' || list?.length === 0;
    case 'is_not_empty':
      return !(known === null || known === '' || list?.length === 0);
    case 'at_least':
    case 'at_most': {
      const [a, b] = [weightOf(field, known), weightOf(field, value)];
      if (a === null || b === null) return false;
      return op === 'at_least' ? a >= b : a <= b;
    }
  }
}

const holdsOfMany = (op: Op, met: number, wanted: number): boolean =>
  op === 'contains_any' ? met > 0 : op === 'contains_all' ? met === wanted : met === 0;

const same = (a: unknown, b: unknown): boolean =>
  typeof a === 'string' && typeof b === 'string'
    ? a === b || normalise(a) === normalise(b)
    : (a ?? null) === (b ?? null);

function weightOf(field: string, value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  if (field === 'priority' || PRIORITY_ORDER.includes(value)) {
    const place = PRIORITY_ORDER.indexOf(value);
    return place < 0 ? null : place;
  }
  const instant = /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(instant) ? null : instant;
}

/**
 * Which of the words and phrases a text contains: whole words in search form, so that ي and ی, ك and ک, joiners and digits
 * read the same; `gift*` also finds `gifts`. What has no letters (an emoji) is looked for as it stands.
 */
export function contained(terms: readonly string[], text: string): string[] {
  const { words, plain } = readingOf(text);
  return wantedOf(terms)
    .filter(({ inWords, sign }) => (inWords ? words.includes(inWords) : sign !== '' && plain.includes(sign)))
    .map(({ term }) => term);
}

interface Wanted {
  term: string;
  /** As it stands among words; null for what has none. */
  inWords: string | null;
  sign: string;
}

// a rule's words are the same for every event it is asked about; bringing them into search form costs more than looking
const WANTED = new WeakMap<readonly string[], readonly Wanted[]>();

function wantedOf(terms: readonly string[]): readonly Wanted[] {
  const known = WANTED.get(terms);
  if (known) return known;
  const wanted = terms.map((term): Wanted => {
    const words = wordsOf(term).join(' ');
    const inWords = words === '' ? null : term.trim().endsWith('*') ? ` ${words}` : ` ${words} `;
    return { term, inWords, sign: normalise(term) };
  });
  WANTED.set(terms, wanted);
  return wanted;
}

let lastRead = { text: '', words: '  ', plain: '' };

/** One text is asked about by every question of every rule in turn. */
function readingOf(text: string): { words: string; plain: string } {
  if (lastRead.text !== text) lastRead = { text, words: ` ${wordsOf(text).join(' ')} `, plain: normalise(text) };
  return lastRead;
}

/** Every question of a tree. */
export function questionsOf(condition: Condition): Question[] {
  if ('all' in condition) return condition.all.flatMap(questionsOf);
  if ('any' in condition) return condition.any.flatMap(questionsOf);
  if ('not' in condition) return questionsOf(condition.not);
  return [condition];
}

/** Reads a tree as it was sent. Only without problems is it a `Condition`. */
export function conditionProblems(given: unknown, path = 'conditions'): Problem[] {
  const problems = problemsOf(given, path, 1);
  if (problems.length > 0) return problems;
  const questions = questionsOf(given as Condition);
  if (questions.length > MAX_QUESTIONS)
    return [{ path, problem: `asks ${questions.length} questions, at most ${MAX_QUESTIONS}` }];
  const values = questions.reduce((sum, { value }) => sum + (Array.isArray(value) ? value.length : 1), 0);
  return values > MAX_LOOKED_FOR ? [{ path, problem: `looks for ${values} values, at most ${MAX_LOOKED_FOR}` }] : [];
}

function problemsOf(given: unknown, path: string, depth: number): Problem[] {
  if (!isObject(given)) return [{ path, problem: 'must be all, any, not, or a question with field and op' }];
  if (depth > MAX_DEPTH) return [{ path, problem: `is nested more than ${MAX_DEPTH} deep` }];
  const keys = Object.keys(given);
  for (const joint of ['all', 'any'] as const) {
    if (!(joint in given)) continue;
    const parts = given[joint];
    if (keys.length > 1) return [{ path, problem: `has more than "${joint}"` }];
    if (!Array.isArray(parts)) return [{ path: `${path}.${joint}`, problem: 'must be a list' }];
    if (parts.length > MAX_QUESTIONS) return [{ path: `${path}.${joint}`, problem: `has more than ${MAX_QUESTIONS}` }];
    if (joint === 'any' && parts.length === 0) return [{ path: `${path}.any`, problem: 'must not be empty' }];
    return parts.flatMap((part, i) => problemsOf(part, `${path}.${joint}.${i}`, depth + 1));
  }
  if ('not' in given) {
    if (keys.length > 1) return [{ path, problem: 'has more than "not"' }];
    return problemsOf(given['not'], `${path}.not`, depth + 1);
  }
  return questionProblems(given, path);
}

function questionProblems(given: Record<string, unknown>, path: string): Problem[] {
  const { field, op, value, ...rest } = given;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) return [{ path: `${path}.${unknown}`, problem: 'is not part of a question' }];
  const kind = typeof field === 'string' ? kindOf(field) : undefined;
  if (!kind) return [{ path: `${path}.field`, problem: 'is not a field that a rule can ask about' }];
  const known = OPS.find((one) => one === op);
  if (!known || !OPS_OF[kind].includes(known))
    return [{ path: `${path}.op`, problem: `must be one of ${OPS_OF[kind].join(', ')}` }];
  const problem = valueProblem(String(field), kind, known, value);
  return problem ? [{ path: `${path}.value`, problem }] : [];
}

function valueProblem(field: string, kind: FieldKind, op: Op, value: unknown): string | null {
  if (op === 'is_empty' || op === 'is_not_empty') return value === undefined ? null : 'must be left out';
  if (kind === 'flag') return typeof value === 'boolean' ? null : 'must be true or false';
  const many = op !== 'is' && op !== 'is_not' && op !== 'at_least' && op !== 'at_most';
  if (many) {
    if (!Array.isArray(value) || value.length === 0) return 'must be a list of at least one';
    if (value.length > MAX_VALUES) return `has more than ${MAX_VALUES}`;
    return value.map((one) => single(field, kind, op, one)).find((problem) => problem !== null) ?? null;
  }
  return single(field, kind, op, value);
}

function single(field: string, kind: FieldKind, op: Op, value: unknown): string | null {
  if (op === 'at_least' || op === 'at_most')
    return weightOf(field, value) === null ? 'must be a number, a priority or an instant' : null;
  if (kind === 'text') {
    if (typeof value !== 'string' || normalise(value) === '') return 'must be words';
    return value.length > MAX_VALUE_LENGTH ? `is longer than ${MAX_VALUE_LENGTH}` : null;
  }
  if (value === null) return kind === 'list' ? 'must not be null' : null;
  if (kind === 'id') return typeof value === 'string' && isUuid(value) ? null : 'must be an id';
  if (kind === 'ordered')
    return PRIORITY_ORDER.some((one) => one === value) ? null : `must be one of ${PRIORITY_ORDER.join(', ')}`;
  if (kind === 'any' && (typeof value === 'number' || typeof value === 'boolean')) return null;
  if (typeof value !== 'string' || value === '') return 'must be a text';
  return value.length > MAX_VALUE_LENGTH ? `is longer than ${MAX_VALUE_LENGTH}` : null;
}
