import { chordOf, commandOf, SHORTCUTS, type Command } from './keyboard';

const outside = { typing: false, singleKeys: true };
// What the keys yield on the Persian standard layout.
const persianLetter: Record<string, string> = {
  J: 'ت',
  K: 'ن',
  O: 'خ',
  R: 'ق',
  N: 'د',
  E: 'ث',
  I: 'ه',
  A: 'ش',
  T: 'ف',
  L: 'م',
  C: 'ز',
};

describe.each([
  ['a Latin layout', (letter: string, shift: boolean) => (shift ? letter : letter.toLowerCase())],
  ['the Persian layout', (letter: string) => persianLetter[letter] ?? ''],
])('on %s', (_, keyOf) => {
  it.each<[string, boolean, Command]>([
    ['J', false, 'next'],
    ['K', false, 'previous'],
    ['O', false, 'open'],
    ['R', false, 'reply'],
    ['R', true, 'replyPrivately'],
    ['N', false, 'note'],
    ['E', false, 'solve'],
    ['E', true, 'solveAndNext'],
    ['T', false, 'takeNext'],
    ['L', false, 'tag'],
    ['C', false, 'newTicket'],
    ['I', false, 'assignToMe'],
    ['A', false, 'assign'],
  ])('%s (shift: %s) means %s', (letter, shiftKey, command) => {
    expect(commandOf({ key: keyOf(letter, shiftKey), code: `Key${letter}`, shiftKey }, outside)).toBe(command);
  });
});

it.each([
  ['/', 'Slash', 'search'],
  ['.', 'Period', 'ready'],
])('takes %s as it is written', (key, code, command) => {
  expect(commandOf({ key, code }, outside)).toBe(command);
  expect(commandOf({ key, code }, { typing: true, singleKeys: true })).toBeNull();
  expect(commandOf({ key, code }, { typing: false, singleKeys: false })).toBeNull();
});

it('takes the Persian question mark for the sheet', () => {
  expect(commandOf({ key: '؟', code: 'Slash', shiftKey: true }, outside)).toBe('help');
  expect(commandOf({ key: '?', code: 'Slash', shiftKey: true }, outside)).toBe('help');
});

it('goes by the letter, not the position, on a rearranged Latin layout', () =>
  // Dvorak: the J of the alphabet sits on the key called KeyC.
  expect(commandOf({ key: 'j', code: 'KeyC' }, outside)).toBe('next'));

it('is silent while text is written, except for sending, modes and leaving', () => {
  const typing = { typing: true, singleKeys: true };
  expect(commandOf({ key: 'ت', code: 'KeyJ' }, typing)).toBeNull();
  expect(commandOf({ key: 'Enter', code: 'Enter' }, typing)).toBeNull();
  expect(commandOf({ key: 'Enter', code: 'Enter', ctrlKey: true }, typing)).toBe('send');
  expect(commandOf({ key: 'Enter', code: 'Enter', metaKey: true }, typing)).toBe('send');
  expect(commandOf({ key: 'F2', code: 'F2' }, typing)).toBe('nextMode');
  expect(commandOf({ key: 'F2', code: 'F2', shiftKey: true }, typing)).toBe('previousMode');
  expect(commandOf({ key: 'Escape', code: 'Escape' }, typing)).toBe('leave');
});

it('is silent while a character is being composed and under browser chords', () => {
  expect(chordOf({ key: 'j', code: 'KeyJ', isComposing: true })).toBeNull();
  expect(commandOf({ key: 'ق', code: 'KeyR', ctrlKey: true }, outside)).toBeNull();
  expect(commandOf({ key: 'e', code: 'KeyE', altKey: true }, outside)).toBeNull();
});

it('can be switched off letter by letter', () => {
  const off = { typing: false, singleKeys: false };
  for (const { chord } of SHORTCUTS.filter((shortcut) => /^(Shift\+)?[A-Z?]$/.test(shortcut.chord))) {
    const letter = chord.at(-1) ?? '';
    expect(commandOf({ key: letter, code: `Key${letter}`, shiftKey: chord.startsWith('Shift') }, off)).toBeNull();
  }
  expect(commandOf({ key: 'F2', code: 'F2' }, off)).toBe('nextMode');
});
