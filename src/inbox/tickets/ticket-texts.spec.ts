import { previewOf, subjectOfLetter } from './ticket-texts';

it.each([
  ['short words', 'short words'],
  ['  two \n\n lines\t', 'two lines'],
  ['می‌خواهم', 'می‌خواهم'], // the ZWNJ is part of the word
  ['', ''],
  ['x'.repeat(160), 'x'.repeat(160)],
  ['x'.repeat(161), `${'x'.repeat(160)}…`],
])('%p', (text, preview) => expect(previewOf(text)).toBe(preview));

it('does not cut a family in two', () => {
  const family = '👨‍👩‍👧‍👦'; // eleven UTF-16 units, one character to the eye
  const preview = previewOf(family.repeat(20));
  expect(preview).toBe(`${family.repeat(14)}…`);
});

it('gives nothing of a character longer than any preview, quickly', () => {
  expect(previewOf(`a${'\u0301'.repeat(100_000)}`)).toBe('…');
});

it.each([
  ['سفارش ۱۲۳۴', 'سفارش ۱۲۳۴'],
  [' Re:\r\n\tmy  order ', 'Re: my order'],
  ['x'.repeat(200), 'x'.repeat(200)],
  ['x'.repeat(201), `${'x'.repeat(200)}…`],
  ['👨‍👩‍👧‍👦'.repeat(200), '👨‍👩‍👧‍👦'.repeat(200)],
  ['👨‍👩‍👧‍👦'.repeat(201), `${'👨‍👩‍👧‍👦'.repeat(200)}…`],
])('the subject of a letter, %#', (text, subject) => expect(subjectOfLetter(text)).toBe(subject));
