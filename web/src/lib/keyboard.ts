/** The part of a keyboard event that decides; a plain object in tests. */
export interface KeyPress {
  key: string;
  code: string;
  ctrlKey?: boolean;
  metaKey?: boolean;
  altKey?: boolean;
  shiftKey?: boolean;
  isComposing?: boolean;
}

export type Command =
  | 'takeNext'
  | 'next'
  | 'previous'
  | 'open'
  | 'reply'
  | 'replyPrivately'
  | 'note'
  | 'ready'
  | 'solve'
  | 'solveAndNext'
  | 'assignToMe'
  | 'assign'
  | 'select'
  | 'snooze'
  | 'merge'
  | 'tag'
  | 'newTicket'
  | 'search'
  | 'help'
  | 'send'
  | 'sendAndSolve'
  | 'nextMode'
  | 'previousMode'
  | 'leave';

export interface Shortcut {
  command: Command;
  /** As printed on the key caps; also what `chordOf` yields. */
  chord: string;
  /** Works while writing, too; all others wait until the focus is outside text fields. */
  whileTyping?: boolean;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { command: 'takeNext', chord: 'T' },
  { command: 'next', chord: 'J' },
  { command: 'previous', chord: 'K' },
  { command: 'open', chord: 'Enter' },
  { command: 'open', chord: 'O' },
  { command: 'reply', chord: 'R' },
  { command: 'replyPrivately', chord: 'Shift+R' },
  { command: 'note', chord: 'N' },
  { command: 'ready', chord: '.' },
  { command: 'solve', chord: 'E' },
  { command: 'solveAndNext', chord: 'Shift+E' },
  { command: 'assignToMe', chord: 'I' },
  { command: 'assign', chord: 'A' },
  { command: 'select', chord: 'X' },
  { command: 'snooze', chord: 'B' },
  { command: 'merge', chord: 'M' },
  { command: 'tag', chord: 'L' },
  { command: 'newTicket', chord: 'C' },
  { command: 'search', chord: '/' },
  { command: 'send', chord: 'Ctrl+Enter', whileTyping: true },
  { command: 'sendAndSolve', chord: 'Ctrl+Shift+Enter', whileTyping: true },
  { command: 'nextMode', chord: 'F2', whileTyping: true },
  { command: 'previousMode', chord: 'Shift+F2', whileTyping: true },
  { command: 'help', chord: '?' },
  { command: 'leave', chord: 'Escape', whileTyping: true },
];

const LATIN = /^[A-Za-z]$/;
const NAMED = /^(Enter|Escape|F\d{1,2})$/;

/**
 * The chord of a key press: by the letter on a Latin layout, by the position of the key on any other (ت on the Persian
 * layout is J). Null for presses that are part of composing a character or of no interest here.
 */
export function chordOf(press: KeyPress): string | null {
  if (press.isComposing || press.altKey) return null;
  const ctrl = press.ctrlKey || press.metaKey ? 'Ctrl+' : '';
  const shift = press.shiftKey ? 'Shift+' : '';
  if (press.key === '?' || press.key === '؟') return ctrl ? null : '?';
  if (press.key === '/' || press.key === '.') return ctrl ? null : press.key;
  if (NAMED.test(press.key)) return `${ctrl}${shift}${press.key}`;
  if (LATIN.test(press.key)) return `${ctrl}${shift}${press.key.toUpperCase()}`;
  const position = /^Key([A-Z])$/.exec(press.code)?.[1];
  return position && press.key.length > 0 && press.key !== 'Unidentified' ? `${ctrl}${shift}${position}` : null;
}

/** The command of a key press, or null. `singleKeys` off leaves only chords that cannot be typed by accident (WCAG 2.1.4). */
export function commandOf(press: KeyPress, where: { typing: boolean; singleKeys: boolean }): Command | null {
  const chord = chordOf(press);
  const shortcut = SHORTCUTS.find((candidate) => candidate.chord === chord);
  if (!shortcut) return null;
  if (where.typing && !shortcut.whileTyping) return null;
  if (!where.singleKeys && !shortcut.whileTyping && chord !== 'Enter') return null;
  return shortcut.command;
}

/** True where letters are meant as text. */
export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !['radio', 'checkbox', 'button', 'submit'].includes(target.type);
}

/** True where Enter already has a meaning of its own. */
export const isActionable = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('button, a, summary, input, [role="menuitem"], [role="dialog"]') !== null;
