import { lengthIn } from '../../../src/text/graphemes';
import { splitText } from '../../../src/text/split';
import type { Capabilities, TextLimit, ThreadKind } from '../api/types';
import type { Mode } from './drafts';

export { lengthIn };

/** A note is ours and goes to no network; this only keeps it readable. */
const NOTE_LIMIT: TextLimit = { max: 10_000, unit: 'characters' };

/** How long a text of this mode may be. */
export function limitOf(capabilities: Capabilities, kind: ThreadKind, mode: Mode): TextLimit {
  if (mode === 'note') return NOTE_LIMIT;
  const ofPrivateReply = kind === 'comment' && mode === 'private' ? capabilities.privateReply?.textLimit : undefined;
  return ofPrivateReply ?? capabilities.textLimit;
}

/** A private reply to a comment is one text; there is no second, and nothing goes with it. */
export const isOneText = (kind: ThreadKind, mode: Mode): boolean =>
  mode === 'note' || (kind === 'comment' && mode === 'private');

/** How many messages the network makes of a text with so many files, by the server's own way of splitting. */
export function messagesNeeded(
  text: string,
  files: number,
  limit: TextLimit,
  { partsTogether, captionLimit }: Pick<Capabilities, 'partsTogether' | 'captionLimit'>,
): number {
  const texts = text.trim() === '' ? [] : lengthIn(text, limit.unit) > limit.max ? splitText(text, limit) : [text];
  const last = texts.at(-1);
  const beside = last === undefined || !captionLimit || lengthIn(last, captionLimit.unit) <= captionLimit.max;
  if (partsTogether === undefined && beside) return Math.max(texts.length, files > 0 ? 1 : 0);
  if (partsTogether === undefined) return texts.length + (files > 0 ? 1 : 0);
  // One file to a message, and the last text takes the first file along where two parts go together.
  const joined = texts.length > 0 && files > 0 && partsTogether >= 2 && beside ? 1 : 0;
  return texts.length + files - joined;
}
