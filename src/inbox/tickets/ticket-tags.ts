import { DomainError } from '../../platform/errors';

export const TAGS_AT_MOST = 50;
const TAG_LENGTH = 60;

// what another keyboard types, what stretches a word, and what nobody sees
const SAME: readonly (readonly [RegExp, string])[] = [
  [/[\u064A\u0649]/gu, 'ی'],
  [/\u0643/gu, 'ک'],
  [/\u0640/gu, ''],
  [/[\u064B-\u0652]/gu, ''],
  [/[\u200B\u200D-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu, ''],
];

/** One spelling for a tag, however it was typed; empty when nothing is left of it. */
export function normaliseTag(text: string): string {
  const folded = SAME.reduce((tag, [from, to]) => tag.replace(from, to), text.normalize('NFC'));
  return folded
    .replaceAll(/\s+/gu, ' ')
    .replace(/^[\s#\u200C]+|[\s\u200C]+$/gu, '')
    .toLowerCase();
}

/**
 * Tags in their one spelling, each once.
 * @throws DomainError `validation_failed` on `path`
 */
export function readTags(tags: readonly string[], path = 'tags'): string[] {
  const read = [...new Set(tags.map(normaliseTag))];
  const wrong = read.find((tag) => tag === '' || tag.length > TAG_LENGTH || /[\p{Cc},]/u.test(tag));
  if (wrong === undefined) return read;
  throw refused(path, `a tag is 1 to ${TAG_LENGTH} characters without commas`);
}

/**
 * What adding and taking away make of a ticket's tags. Taking away comes last.
 * @throws DomainError `validation_failed` above the most a ticket takes
 */
export function changeTags(
  tags: readonly string[],
  change: { add?: readonly string[]; remove?: readonly string[] },
): { tags: string[]; added: string[]; removed: string[] } {
  const remove = new Set(readTags(change.remove ?? [], 'remove'));
  const added = readTags(change.add ?? [], 'add').filter((tag) => !tags.includes(tag) && !remove.has(tag));
  const removed = tags.filter((tag) => remove.has(tag));
  const after = [...tags.filter((tag) => !remove.has(tag)), ...added];
  if (after.length > TAGS_AT_MOST && added.length > 0) throw refused('tags', `a ticket takes ${TAGS_AT_MOST} tags`);
  return { tags: after, added, removed };
}

const refused = (path: string, problem: string) =>
  new DomainError('validation_failed', `Please correct: ${path}.`, { fields: [{ path, problem }] });
