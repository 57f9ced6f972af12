import { isRepeat, isTagOnly, type Remark } from './noise';

it.each([
  ['@sara', true],
  ['@sara.m @omid_79', true],
  ['@سارا، @امید 😍😍', true],
  ['#قرعه‌کشی @sara!!!', true],
  ['1️⃣ @a 2️⃣ @b 3️⃣ @c', true],
  ['👨‍👩‍👧 🇮🇷 #win', true],
  ['@sara @sara @sara …', true],
  ['@sara ببین', false],
  ['@pasokh سفارشم کجاست؟', false],
  ['@sara ?', false],
  ['#یک تخفیف', false],
  ['write to sara@harbour.test', false],
  ['@sara 0912', false],
  ['😡', false],
  ['❤️❤️❤️', false],
  ['@', false],
  ['#', false],
  ['', false],
  ['!!!', false],
])('%s: %s', (text, expected) => expect(isTagOnly(text)).toBe(expected));

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 22, 12, minutes));
const remark = (over: Partial<Remark> = {}): Remark => ({
  authorExternalId: 'negar',
  postExternalId: 'p1',
  text: 'قیمت چنده؟',
  at: at(5),
  ...over,
});

it.each<[string, Partial<Remark>, boolean]>([
  ['the same words', {}, true],
  ['with another keyboard and more blanks', { text: ' قيمت  چنده؟ ' }, true],
  ['at the last moment', { at: at(15) }, true],
  ['later', { at: new Date(at(15).getTime() + 1) }, false],
  ['earlier', { at: at(4) }, false],
  ['by somebody else', { authorExternalId: 'omar' }, false],
  ['under another post', { postExternalId: 'p2' }, false],
  ['in other words', { text: 'موجودی دارید؟' }, false],
])('%s', (_, over, expected) => expect(isRepeat(remark(over), [remark()])).toBe(expected));

it('knows no repeat without words or without others', () => {
  expect(isRepeat(remark({ text: ' ' }), [remark({ text: '' })])).toBe(false);
  expect(isRepeat(remark(), [])).toBe(false);
});
