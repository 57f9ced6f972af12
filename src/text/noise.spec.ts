import { isTagOnly } from './noise';

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
