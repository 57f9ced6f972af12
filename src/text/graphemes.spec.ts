import { cutText, lengthIn, type TextUnit } from './graphemes';

const FAMILY = '👨‍👩‍👧'; // 5 code points, 8 UTF-16 units, 18 bytes
const MEEM = 'مُ'; // a letter with its vowel

describe('lengthIn', () => {
  it.each<[string, TextUnit, number]>([
    ['سلام', 'utf8_bytes', 8],
    ['می\u200Cخواهم', 'utf8_bytes', 17],
    ['می\u200Cخواهم', 'characters', 8],
    ['😀a', 'utf16_units', 3],
    ['😀a', 'characters', 2],
    ['😀a', 'utf8_bytes', 5],
    [FAMILY, 'characters', 5],
    [FAMILY, 'utf16_units', 8],
    [FAMILY, 'utf8_bytes', 18],
    ['\uD83D', 'utf8_bytes', 3],
    ['', 'characters', 0],
  ])('%s in %s', (text, unit, length) => expect(lengthIn(text, unit)).toBe(length));
});

describe('cutText', () => {
  it.each<[string, string, number, TextUnit, string]>([
    ['what fits stays', 'سلام', 8, 'utf8_bytes', 'سلام'],
    ['not half a letter', 'سلام', 7, 'utf8_bytes', 'سلا'],
    ['not half a family', `a${FAMILY}b`, 17, 'utf8_bytes', 'a'],
    ['a whole family', `a${FAMILY}b`, 19, 'utf8_bytes', `a${FAMILY}`],
    ['not half a pair', '😀😀', 3, 'utf16_units', '😀'],
    ['no letter without its vowel', `${MEEM}${MEEM}`, 3, 'characters', MEEM],
    ['no half flag', '🇮🇷🇮🇷', 3, 'characters', '🇮🇷'],
    ['CR LF together', 'a\r\nb', 2, 'characters', 'a'],
    ['the first is too long', FAMILY, 4, 'characters', ''],
    ['no room at all', 'a', 0, 'characters', ''],
  ])('%s', (_, text, max, unit, cut) => expect(cutText(text, max, unit)).toBe(cut));

  it('never exceeds the limit and never invents', () => {
    const nasty = `سلام\u200C${FAMILY}\u0301é\uD83Dﷺ🇮🇷${'ا\u064B'.repeat(9)}\r\n`.repeat(3);
    for (const unit of ['utf8_bytes', 'utf16_units', 'characters'] as const) {
      for (let max = 0; max <= lengthIn(nasty, unit); max++) {
        const cut = cutText(nasty, max, unit);
        expect(lengthIn(cut, unit)).toBeLessThanOrEqual(max);
        expect(nasty.startsWith(cut)).toBe(true);
      }
    }
  });
});
