import fc from 'fast-check';
import { lengthIn, type TextUnit } from './graphemes';
import { splitText } from './split';

const chars = (max: number) => ({ max, unit: 'characters' as const });

it.each<[string, string, number, string[]]>([
  ['what fits stays', 'سلام دوست من', 20, ['سلام دوست من']],
  ['nothing but blanks', ' \n\t ', 5, []],
  ['after a sentence', 'One two. Three four five.', 20, ['One two.', 'Three four five.']],
  [
    'after a Persian question',
    'سفارش شما کجاست؟ فردا می‌رسد، نگران نباشید.',
    30,
    ['سفارش شما کجاست؟', 'فردا می‌رسد، نگران نباشید.'],
  ],
  ['after a closing quote', 'او گفت «سلام.» و رفت به خانه', 20, ['او گفت «سلام.»', 'و رفت به خانه']],
  ['at a new line', 'first line here\nsecond line here', 20, ['first line here', 'second line here']],
  [
    'after a clause when there is no sentence',
    'سلام به همه شما، دوستان خوب ما هستید',
    22,
    ['سلام به همه شما،', 'دوستان خوب ما هستید'],
  ],
  ['between words when there is neither', 'alpha beta gamma delta', 12, ['alpha beta', 'gamma delta']],
  [
    'not after a sentence that leaves next to nothing',
    'No. alphabet betagamma delta',
    24,
    ['No. alphabet betagamma', 'delta'],
  ],
  ['a word with a joiner stays whole', 'ما می‌خواهیم نمی‌توانیم', 14, ['ما می‌خواهیم', 'نمی‌توانیم']],
  [
    'an address goes on whole',
    'see https://pasokh.test/a/b,c.d?e=f now',
    32,
    ['see', 'https://pasokh.test/a/b,c.d?e=f', 'now'],
  ],
  ['a telephone number stays whole', 'call us at 0912 123 4567 today', 20, ['call us at', '0912 123 4567 today']],
  ['a price stays whole', 'مبلغ ۱۲٬۳۴۵٬۶۷۸ تومان', 12, ['مبلغ', '۱۲٬۳۴۵٬۶۷۸', 'تومان']],
  ['a space that must not break does not', 'twelve 100\u00A0km away', 12, ['twelve', '100\u00A0km away']],
  ['a long word goes by letters', 'ممممممممممم', 4, ['مممم', 'مممم', 'ممم']],
  ['an address longer than a message is parted all the same', 'https://a.test/bcd', 10, ['https://a.', 'test/bcd']],
  ['Chinese, which has no blanks', '你好世界。再见朋友们', 7, ['你好世界。', '再见朋友们']],
  ['no flag is halved', '🇮🇷🇮🇷🇮🇷', 5, ['🇮🇷🇮🇷', '🇮🇷']],
])('%s', (_, text, max, parts) => expect(splitText(text, chars(max))).toEqual(parts));

it('counts bytes where the network does', () => {
  expect(splitText('سلام سلام سلام', { max: 17, unit: 'utf8_bytes' })).toEqual(['سلام سلام', 'سلام']);
});

const WORDS = [
  'سلام',
  'می‌رسد',
  'پیگیری',
  'hello',
  '🚚',
  '👨‍👩‍👧',
  'https://x.test/یک?a=1,2',
  '۱۲٬۳۴۵',
  '0912 123',
  '؟',
  '!',
  '.',
  '…',
  '،',
  '。',
  'é',
];
const GAPS = [' ', ' ', ' ', '\n', '  ', '\u00A0', ''];
const texts = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(...GAPS)), { maxLength: 60 })
  .map((list) => list.flat().join(''));
const anyText = fc.oneof(
  texts,
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
);
const units = fc.constantFrom<TextUnit>('characters', 'utf16_units', 'utf8_bytes');
const limits = fc.record({ max: fc.integer({ min: 4, max: 90 }), unit: units });

it('leaves out nothing but blanks between the parts, and fits', () => {
  fc.assert(
    fc.property(anyText, limits, (text, limit) => {
      let rest = text;
      for (const part of splitText(text, limit)) {
        expect(part.trim()).not.toBe('');
        expect(lengthIn(part, limit.unit)).toBeLessThanOrEqual(limit.max);
        const at = rest.indexOf(part);
        expect(rest.slice(0, at).trim()).toBe('');
        rest = rest.slice(at + part.length);
      }
      expect(rest.trim()).toBe('');
    }),
    { numRuns: 2_000 },
  );
});

it('fits where X counts, and cuts no link', () => {
  const words = [
    'سلام',
    'hello',
    '🚚',
    'https://pasokh.test/a/long/path?with=words',
    'pasokh.ir',
    '-pasokh.ir',
    'foo.combar',
    '.',
    ' ',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...words), { maxLength: 80 }),
      fc.integer({ min: 23, max: 280 }),
      (list, max) => {
        const text = list.join('');
        const parts = splitText(text, { max, unit: 'x_weighted' });
        for (const part of parts) expect(lengthIn(part, 'x_weighted')).toBeLessThanOrEqual(max);
        expect(parts.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      },
    ),
    { numRuns: 1_000 },
  );
});

const graphemesOf = (text: string) => Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);

it('never parts what people see as one letter', () => {
  fc.assert(
    fc.property(anyText, limits, (text, limit) => {
      const all = graphemesOf(text);
      fc.pre(all.every((grapheme) => lengthIn(grapheme, limit.unit) <= limit.max));
      const seen = (list: string[]) => list.filter((grapheme) => grapheme.trim() !== '');
      expect(seen(splitText(text, limit).flatMap(graphemesOf))).toEqual(seen(all));
    }),
    { numRuns: 2_000 },
  );
});

it('keeps addresses and numbers whole when they fit into a message', () => {
  const whole = ['https://x.test/یک?a=1,2', '۱۲٬۳۴۵٬۶۷۸', '0912 123 4567', 'sara@harbour.test', '#تخفیف_بزرگ'];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('سلام', 'hello,', 'خوب.', ...whole), { minLength: 1, maxLength: 40 }),
      (list) => {
        const count = (text: string) => whole.map((thing) => text.split(thing).length - 1);
        const text = list.map((word) => (whole.includes(word) ? `${word} و` : word)).join(' ');
        const parts = splitText(text, chars(40));
        const together = parts.map(count).reduce((sum, some) => sum.map((n, i) => n + some[i]!));
        expect(together).toEqual(count(text));
      },
    ),
  );
});

it('is quick with a text of no blanks', () => {
  const text = 'آ'.repeat(10_000);
  expect(splitText(text, { max: 1_000, unit: 'utf8_bytes' })).toHaveLength(20);
});

it('gives a tower of accents in the end', () => {
  const tower = `a${'\u0301'.repeat(50)}`;
  const parts = splitText(tower, chars(20));
  expect(parts.join('')).toBe(tower);
  expect(parts.every((part) => lengthIn(part, 'characters') <= 20)).toBe(true);
});
