import { fingerprintOf } from './fingerprint';

const hash = (text: string) => fingerprintOf(text)?.hash;

it.each([
  ['written with another keyboard', 'سفارش من کي مي‌رسد؟', 'سفارش من کی می‌رسد'],
  ['with and without joiners', 'می‌خوام سفارشم رو لغو کنم', 'میخوام سفارشم رو لغو کنم'],
  ['with a gap in place of the joiner', 'می خوام سفارشم رو لغو کنم', 'می‌خوام سفارشم رو لغو کنم'],
  ['digits of either kind', 'سفارش ۱۲۳۴۵ نرسید', 'سفارش 12345 نرسید'],
  ['stretched and with exclamation marks', 'سفارش من نرسیدهههه!!!', 'سفارش من نرسیده'],
  ['another friend called', '@pasokh سفارش من نرسیده', 'سفارش من نرسیده @sara.m'],
  ['polite and not', 'سلام وقت بخیر، سفارش من نرسیده', 'سفارش من نرسیده لطفاً 🙏'],
  ['capitals', 'WHERE is my ORDER 55', 'hello, where is my order 55?'],
])('%s is the same', (_, a, b) => expect(hash(a)).toBe(hash(b)));

it.each([
  ['another order', 'سفارش ۱۲۳۴۵ نرسید', 'سفارش ۱۲۳۴۶ نرسید'],
  ['another matter', 'سفارش من نرسیده', 'سفارش من خراب رسیده'],
  ['another greeting, and nothing else', 'سلام', 'ممنون'],
  ['another emoji', '😍', '😡'],
])('%s is not the same', (_, a, b) => expect(hash(a)).not.toBe(hash(b)));

it.each([
  ['سفارش من هنوز نرسیده', true],
  ['سفارش من کجاست؟', true],
  ['where is my parcel', true],
  ['12345678', true],
  ['سفارش ۱۲۳۴۵', true],
  ['سلام', false],
  ['سلام وقت بخیر خسته نباشید', false],
  ['قیمت این چنده؟', false],
  ['سلام قیمت لطفا', false],
  ['how much is this please?', false],
  ['ok', false],
  ['بله حتما', false],
  ['thank you so much', false],
  ['😍😍', false],
  ['؟؟؟', false],
])('"%s" is telling: %s', (text, telling) => expect(fingerprintOf(text)?.telling).toBe(telling));

it.each([[''], ['   '], ['@sara @omid'], ['\u200c']])('"%s" has nothing to compare', (text) =>
  expect(fingerprintOf(text)).toBeNull(),
);
