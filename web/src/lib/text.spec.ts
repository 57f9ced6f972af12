import { initials, latinDigits, textDir, textLength, textRuns } from './text';

describe('textDir', () => {
  it.each([
    ['Persian', 'سلام، سفارشم نرسید', 'rtl'],
    ['English', 'Where is my order?', 'ltr'],
    ['a link before Persian', 'https://shop.example/o/1 این لینک خراب است', 'rtl'],
    ['a handle before Persian', '@shop سلام', 'rtl'],
    ['an e-mail before Persian', 'ali@example.com ایمیل من است', 'rtl'],
    ['a Persian hashtag before English', '#حراج is it still on?', 'ltr'],
    ['digits and emoji before Persian', '12 👍 عالی', 'rtl'],
    ['English with Persian later', 'iPhone 15 موجود است؟', 'ltr'],
    ['Arabic presentation forms', 'ﺷﻬﺎدت', 'rtl'],
  ])('%s', (_, text, expected) => expect(textDir(text, expected === 'rtl' ? 'ltr' : 'rtl')).toBe(expected));

  it('falls back to the interface when there is no letter', () => {
    expect(textDir('12345 !!', 'rtl')).toBe('rtl');
    expect(textDir('❤️', 'ltr')).toBe('ltr');
  });
});

describe('textRuns', () => {
  it.each([
    ['a tracking code', 'کد رهگیری: 21450-11320 تمام', ['21450-11320']],
    ['a phone number', 'شماره 0912 123 4567 تماس', ['0912 123 4567']],
    ['a number with a plus', 'تلفن +989121234567 است', ['+989121234567']],
    ['Latin words stay with their tag', 'لطفاً Ticket #48213 را ببینید', ['Ticket #48213']],
    ['a handle', 'سلام @maryam.rz عزیز', ['@maryam.rz']],
    ['nothing to isolate', 'ساعت ۵ می‌آیم', []],
  ])('%s', (_, line, isolated) => {
    expect(
      textRuns(line)
        .filter((run) => run.kind !== 'prose')
        .map((run) => run.text),
    ).toEqual(isolated);
  });

  it('never loses a character', () => {
    const line = 'سفارش #A-12 را ببینید https://x.example/a?b=1 یا 021-88776655';
    expect(
      textRuns(line)
        .map((run) => run.text)
        .join(''),
    ).toBe(line);
    expect(textRuns(line).find((run) => run.kind === 'link')?.text).toBe('https://x.example/a?b=1');
  });
});

it('takes Persian and Arabic digits', () => expect(latinDigits('۱۲۳ ٤٥٦ 789')).toBe('123 456 789'));

it('counts in the unit of the channel', () => {
  expect(textLength('سلام', 'utf8_bytes')).toBe(8);
  expect(textLength('👍', 'utf16_units')).toBe(2);
  expect(textLength('👍', 'characters')).toBe(1);
});

it('makes initials that do not join', () => {
  expect(initials('مریم رضایی')).toBe('م\u200cر');
  expect(initials('ada')).toBe('A');
  expect(initials('')).toBe('');
});
