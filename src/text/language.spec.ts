import { guessLanguage } from './language';

it.each([
  ['سلام سفارش من کی میرسه؟', 'fa'],
  ['قیمت iPhone 15 Pro Max چنده', 'fa'],
  ['كيف الحال', 'fa'],
  ['Where is my order?', 'en'],
  ['how do I return the shoes', 'en'],
  ['I want to be in', 'en'],
  ['salam sefaresham kojast', 'fingilish'],
  ['gheymatesh chande?', 'fingilish'],
  ['key miresoonid be tehran', 'fingilish'],
  ['pas bedam chejoori', 'fingilish'],
  ['Где мой заказ', null],
  ['۱۲۳ 456', null],
  ['❤️👍', null],
  ['', null],
])('%s: %s', (text, language) => expect(guessLanguage(text)).toBe(language));
