import type { ErrorBody } from '../platform/http-errors.filter';
import { joined, type Words } from '../text/words';
import { SAYINGS } from './sayings';
import { BY_CODE } from './words/by-code';
import { RECEIVING } from './words/reports/receiving';

interface FieldProblem {
  path: string;
  problem: string;
}

/** A field more than these is seen once the first ones are right. */
const FIELDS_TOLD = 3;

const isFieldProblem = (value: unknown): value is FieldProblem =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<FieldProblem>).path === 'string' &&
  typeof (value as Partial<FieldProblem>).problem === 'string';

/** What we say, in both languages; what somebody else said is quoted. */
export const wordsOf = (sentence: string): Words => SAYINGS.words(sentence);

/** The same where nothing may have been said. */
export const wordsIfAny = (sentence: string | null): Words | null => (sentence === null ? null : wordsOf(sentence));

/** What a connector put into a thread in place of a message, in both languages; null where a person wrote it. */
export const noticeOf = (text: string): Words | null => SAYINGS.tell(text)?.words ?? null;

/** The notices themselves: a list is full of what people wrote, and nothing else of it is looked up. */
const NOTICES: ReadonlyMap<string, Words> = new Map(
  Object.entries(RECEIVING)
    .filter(([reason]) => reason.startsWith('notice_'))
    .map(([, [en, fa]]) => [en, { fa, en }]),
);

/** A connector's notice that stands in a list as it is; undefined for everything else. */
export const listedNotice = (text: string): Words | undefined => NOTICES.get(text);

/** What was refused among several things, each by its sentence, with its words. */
export const withTheirWords = <T extends { message: string }>(refused: readonly T[]): (T & { words: Words })[] =>
  refused.map((one) => ({ ...one, words: wordsOf(one.message) }));

/** The same where the sentence is called the reason. */
export const withReasonWords = <T extends { reason: string }>(failed: readonly T[]): (T & { words: Words })[] =>
  failed.map((one) => ({ ...one, words: wordsOf(one.reason) }));

/** The problem of a field with its code, its values and its words; problems that bring words keep them. */
function toldField(field: unknown): unknown {
  if (!isFieldProblem(field)) return field;
  return { ...(SAYINGS.tell(field.problem) ?? { words: SAYINGS.words(field.problem) }), ...field };
}

/** What a reader is told of fields where no form shows them: the first few by their names. */
const ofFields = (fields: readonly (FieldProblem & { words: Words })[]): Words =>
  joined(
    fields.slice(0, FIELDS_TOLD).map(({ path, words }) => ({
      fa: `\u2068${path}\u2069: ${words.fa}`,
      en: `${path}: ${words.en}`,
    })),
  );

const byCode = (code: string): Words =>
  Object.hasOwn(BY_CODE, code) ? BY_CODE[code as keyof typeof BY_CODE] : BY_CODE.internal;

/**
 * A refusal with what a person is told: a code that stays, the values of its sentence and its words in both languages, for
 * the whole and for each field. The English message stays as it is, for scripts.
 */
export function withWords({ error }: ErrorBody): ErrorBody {
  const { code, message, details } = error;
  const fields: unknown[] = Array.isArray(details['fields']) ? details['fields'].map(toldField) : [];
  const problems = fields.filter((field): field is FieldProblem & { words: Words } => isFieldProblem(field));
  const told = SAYINGS.tell(message);
  const general = told === undefined || told.reason.startsWith('field');
  const words =
    general && problems.length > 0
      ? ofFields(problems)
      : (told?.words ?? SAYINGS.compose(message) ?? { ...byCode(code), ...english(code, message) });
  return {
    error: {
      code,
      message,
      details: fields.length > 0 ? { ...details, fields } : details,
      reason: told?.reason ?? code,
      values: told?.values ?? {},
      words,
    },
  };
}

/** A sentence that the catalogue does not know is still more than its code says, to who can read it. */
const english = (code: string, message: string): Partial<Words> =>
  code === 'internal' || message === '' ? {} : { en: message };
