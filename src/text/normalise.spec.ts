import { normalise, wordsOf } from './normalise';

describe('normalise', () => {
  it.each([
    ['an Arabic keyboard', 'كتاب علي', 'کتاب علی'],
    ['Arabic and Persian digits', '١٢٣ ۴۵۶', '123 456'],
    ['vowel signs', 'مُحَمَّد', 'محمد'],
    ['a detached vowel sign inside a word', 'سﹰلام', 'سلام'],
    ['tatweel', 'ســـلام', 'سلام'],
    ['stretched letters', 'سلاااام خیلییییی Heeeello', 'سلام خیلی hello'],
    ['stretched by vowels and tatweel between', 'عااـَاالی', 'عالی'],
    ['the joiner', 'می\u200Cخواهم', 'می خواهم'],
    ['the sign old Word writes for a joiner', 'می\u00ACخواهم', 'می خواهم'],
    ['direction marks and soft hyphens', '\u200Fسفا\u00ADرش\u202C \u2067۱۲\u2069', 'سفارش 12'],
    ['presentation forms, as copied from a PDF', 'ﺳﻼﻡ', 'سلام'],
    ['the rial sign', '﷼', 'ریال'],
    ['hamza and madda', 'آيا مسئله مؤثر است؟ جزء', 'ایا مسیله موثر است؟ جز'],
    ['heh with hamza above, both ways to write it', 'خانۀ خانه\u0654', 'خانه خانه'],
    ['full-width letters and case', 'ＨＥＬＬＯ Ada', 'hello ada'],
    ['spaces of all kinds', '  a\u00A0b\n\tc\u3000d ', 'a b c d'],
    ['nothing to see', '\u200C\u200F\uFEFF', ''],
  ])('%s', (_, written, read) => expect(normalise(written)).toBe(read));

  it('keeps the digits of a price however alike', () => expect(normalise('4999 ۱۱۱۱')).toBe('4999 1111'));
  it('keeps چ پ ژ گ apart from ج ب ز ک', () => expect(normalise('چپ ژگ')).toBe('چپ ژگ'));

  it.each([
    'مرســـــي عالیییی بود ❤️👨‍👩‍👧',
    'İstanbul ΣΑΣ ﬁ ²',
    '\uD83D',
    'a\u0301\u0301\u0301',
    '¨´',
    '\uFDFA',
    'کﹶﹶﹶتاب ٱلله',
  ])('changes nothing the second time: %s', (text) => expect(normalise(normalise(text))).toBe(normalise(text)));
});

describe('wordsOf', () => {
  it.each([
    ['both languages in a sentence', 'سفارش‌های من، order#12؟', ['سفارش', 'های', 'من', 'order', '12']],
    ['Persian punctuation', '«قیمت»؛٪۲۰', ['قیمت', '20']],
    ['nothing but emoji', '❤️🙏🏽', []],
    ['nothing', '', []],
  ])('%s', (_, text, words) => expect(wordsOf(text)).toEqual(words));
});
