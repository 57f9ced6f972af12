import { chooseLanguage, momentIn, render, templateProblems, type TextLanguage, type Values } from './template';

const ISOLATED = (text: string) => `\u2068${text}\u2069`;

it.each<[string, string, Values, TextLanguage, string]>([
  ['no variables', 'Hello', {}, 'en', 'Hello'],
  ['a value', 'Hello {{contact.name}}!', { 'contact.name': 'Omar' }, 'en', 'Hello Omar!'],
  ['spaces inside', 'Hello {{ contact.name }}!', { 'contact.name': 'Omar' }, 'en', 'Hello Omar!'],
  ['twice', '{{contact.name}} {{contact.name}}', { 'contact.name': 'Omar' }, 'en', 'Omar Omar'],
  ['a fallback', 'سلام {{contact.firstName|دوست عزیز}}', {}, 'fa', 'سلام دوست عزیز'],
  [
    'a fallback that is not needed',
    'سلام {{contact.firstName|دوست عزیز}}',
    { 'contact.firstName': 'عمر' },
    'fa',
    'سلام عمر',
  ],
  ['an empty fallback', 'Hello{{contact.name|}}.', {}, 'en', 'Hello.'],
  ['a name of spaces is none', 'Hello {{contact.name|there}}', { 'contact.name': '  ' }, 'en', 'Hello there'],
  ['a Latin name in Persian', 'سلام {{contact.name}}!', { 'contact.name': 'Omar' }, 'fa', `سلام ${ISOLATED('Omar')}!`],
  ['a Persian name in English', 'Dear {{contact.name}},', { 'contact.name': 'عمر' }, 'en', `Dear ${ISOLATED('عمر')},`],
  ['a number goes with the text', 'شماره {{ticket.number}}', { 'ticket.number': '1234' }, 'fa', 'شماره 1234'],
  [
    'a value that looks like a variable',
    '{{contact.name}}',
    { 'contact.name': '{{agent.name}}', 'agent.name': 'Ada' },
    'en',
    '{{agent.name}}',
  ],
  ['a value that looks like a pattern', '{{contact.name}}', { 'contact.name': '$& $1 $$' }, 'en', '$& $1 $$'],
  ['a value that turns the text', '{{contact.name}}', { 'contact.name': '\u202Eevil\u202C' }, 'en', 'evil'],
  ['a value of several lines', '{{contact.name}}', { 'contact.name': 'Omar\n\nBuy now' }, 'en', 'Omar Buy now'],
  ['a joiner inside a name stays', '{{contact.name}}', { 'contact.name': 'می‌نا' }, 'fa', 'می‌نا'],
])('%s', (_, text, values, language, expected) => expect(render(text, values, language).text).toBe(expected));

it('cuts an endless value between characters', () => {
  const { text } = render('{{contact.name}}', { 'contact.name': '👨‍👩‍👧‍👦'.repeat(1_000) }, 'en');
  expect(text.length).toBeLessThan(500);
  expect(text.replaceAll('👨‍👩‍👧‍👦', '')).toBe('');
});

it('says what is missing, each once', () => {
  expect(render('{{agent.name}} {{agent.name}} {{contact.name|x}}', {}, 'en').missing).toEqual(['agent.name']);
});

it.each([
  ['none', 'Hello', 0],
  ['known', 'Hello {{contact.name|there}}', 0],
  ['unknown', 'Hello {{contact.salary}}', 1],
  ['two unknown', '{{a}} {{b}}', 2],
  ['something of every object', '{{constructor}}', 1],
  ['code', '{{contact.name.constructor("x")()}}', 1],
  ['not closed', 'Hello {{contact.name', 1],
  ['not opened', 'Hello contact.name}}', 1],
  ['one in another', '{{contact.name|{{agent.name}}}}', 1],
  ['a single brace', 'a { b } c', 0],
])('problems of a text: %s', (_, text, count) => expect(templateProblems(text)).toHaveLength(count));

it.each<[string, Parameters<typeof chooseLanguage>, TextLanguage | null]>([
  ['as asked', [{ fa: 'س', en: 'h' }, ['en', 'fa']], 'en'],
  ['Persian in Latin letters is Persian', [{ fa: 'س', en: 'h' }, ['fingilish']], 'fa'],
  ['a region', [{ fa: 'س', en: 'h' }, [null, 'en-GB']], 'en'],
  ['not written in what was asked', [{ fa: 'س' }, ['en']], 'fa'],
  ['another language', [{ fa: 'س', en: 'h' }, ['de', 'en']], 'en'],
  ['nothing written', [{}, ['en']], null],
])('language: %s', (_, args, language) => expect(chooseLanguage(...args)).toBe(language));

it('dates as people write them: Jalali in Persian, over midnight in the zone given', () => {
  const at = new Date('2026-03-20T21:30:00Z'); // past midnight in Tehran: the first of Farvardin
  expect(momentIn(at, 'fa', 'Asia/Tehran')).toEqual({
    'now.date': '۱ فروردین ۱۴۰۵',
    'now.time': '۰۱:۰۰',
    'now.weekday': 'شنبه',
  });
  expect(momentIn(at, 'en', 'Europe/London')).toEqual({
    'now.date': '20 March 2026',
    'now.time': '21:30',
    'now.weekday': 'Friday',
  });
});
