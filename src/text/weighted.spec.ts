import { cutText, lengthIn } from './graphemes';
import { weightedLength } from './weighted';

describe('weighted length', () => {
  it.each<[string, string, number]>([
    ['nothing', '', 0],
    ['Latin letters', 'hello', 5],
    ['Persian letters, ZWNJ and digits', 'می‌شود ۱۲۳', 10],
    ['Persian punctuation', '؟،؛', 3],
    ['Chinese', '你好', 4],
    ['an emoji', '😊', 2],
    ['a family of four people', '👨‍👩‍👧‍👦', 2],
    ['a flag', '🇮🇷', 2],
    ['a skin tone', '👍🏽', 2],
    ['a digit is no emoji', '7', 1],
    ['a keycap', '7️⃣', 2],
    ['a heart with its variation selector', '❤️', 2],
    ['a decomposed letter', 'e\u0301', 1],
    ['curly quotes and dashes', '“a” – b', 7],
    ['the euro sign', '€', 2],
    ['a short link', 'https://x.io/a', 23],
    ['a long link', `see https://example.com/${'a'.repeat(200)} now`, 4 + 23 + 4],
    ['a link and the full stop behind it', 'https://example.com/a.', 24],
    ['a Persian comma behind a link', 'https://example.com/a، سلام', 23 + 6],
    ['a bare host name', 'digikala.com', 23],
    ['a bare host name with a path', 'sib.ir/track?id=1 ok', 23 + 3],
    ['a mail address is no link', 'ali@example.com', 15],
    ['a handle with a full stop', '@sib.sorkh', 10],
    ['three full stops', 'a...b', 5],
  ])('%s', (_, text, length) => expect(weightedLength(text)).toBe(length));

  it('is a unit of its own', () =>
    expect(lengthIn('سلام 🙏 https://example.com', 'x_weighted')).toBe(4 + 1 + 2 + 1 + 23));

  it('cuts between graphemes and before a link', () => {
    expect(cutText('سلام 😊😊', 7, 'x_weighted')).toBe('سلام 😊');
    expect(cutText('go https://example.com/path', 25, 'x_weighted')).toBe('go ');
    expect(cutText('go https://example.com/path', 26, 'x_weighted')).toBe('go https://example.com/path');
  });
});
