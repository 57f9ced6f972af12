import { confirms, findAddresses, maskAddress } from './addresses';

describe('addresses in what people write', () => {
  it.each<[string, string, string[]]>([
    ['alone', 'negar@example.com', ['negar@example.com']],
    ['in a Persian sentence', 'ایمیلم negar.r@example.com هست', ['negar.r@example.com']],
    ['glued to Persian letters', 'ایمیل:Negar@Example.COM،ممنون', ['negar@example.com']],
    ['with Persian digits', 'negar۱۳۷۵@example.com', ['negar1375@example.com']],
    ['with Arabic digits', 'omar٧@example.org', ['omar7@example.org']],
    ['with a wide at', 'sara＠example.net', ['sara@example.net']],
    ['with direction marks inside', '\u200Enegar@\u200Fexample.com\u200E', ['negar@example.com']],
    ['with a full stop after it', 'It is a.b+shop@mail.example.co.uk.', ['a.b+shop@mail.example.co.uk']],
    ['in angle brackets', 'Negar <negar@example.com>', ['negar@example.com']],
    ['with an apostrophe', "it's o'neil@example.ie, 'quoted'", ["o'neil@example.ie"]],
    ['in single quotes', "'negar@example.com'", ['negar@example.com']],
    ['under a Persian top level', 'negar@xn--mgba3a4f16a.xn--mgba3a4f16a', ['negar@xn--mgba3a4f16a.xn--mgba3a4f16a']],
    ['as a link', 'mailto:negar@example.com', ['negar@example.com']],
    ['two of them, one twice', 'a@x.example b@x.example a@x.example', ['a@x.example', 'b@x.example']],
    ['spelled in English', 'negar at example dot com', ['negar@example.com']],
    ['spelled in Persian', 'negar ات example دات co دات ir', ['negar@example.co.ir']],
    ['bracketed', 'negar [at] example (dot) com', ['negar@example.com']],
    ['half bracketed', 'negar(at)example.com', ['negar@example.com']],
    ['an ordinary "at"', 'I was at example yesterday', []],
    ['an ordinary sentence with at and a dot', 'meet me at work. com', []],
    ['a handle', 'my insta is @negar.r', []],
    ['a double at', 'negar@@example.com', []],
    ['two dots', 'negar..r@example.com', []],
    ['no top level', 'negar@localhost', []],
    ['a number for a top level', 'negar@127.0.0.1', []],
    ['nothing', 'سلام، پیگیری سفارش', []],
  ])('%s', (_, text, found) => expect(findAddresses(text)).toEqual(found));

  it('are looked for without going back and forth over a long text', () => {
    expect(findAddresses(`${'a.'.repeat(20_000)}@${'b-'.repeat(20_000)}`)).toEqual([]);
    expect(findAddresses('a at b dot '.repeat(5_000))).toEqual([]);
  });

  it('are shown without being told', () => {
    expect(maskAddress('negar@example.co.ir')).toBe('n***@e***.ir');
  });
});

describe('what strangers write to keep us busy', () => {
  // with time that grows with the square of the text, each of these would take half an hour
  it.each<[string, string]>([
    ['spaces', ' '.repeat(1_000_000)],
    ['spaces after a letter', `a${' '.repeat(1_000_000)}`],
    ['dashes', 'a-'.repeat(500_000)],
    ['dots', `x@${'a.'.repeat(500_000)}`],
    ['brackets', '[ '.repeat(500_000)],
    ['half a spelling', 'a at b dot '.repeat(100_000)],
  ])('%s are read through once', (_, text) => expect(findAddresses(text)).toEqual([]));

  it('does not hide an address behind them', () => {
    expect(findAddresses(`${' '.repeat(100_000)}negar  [ at ]   example.com ${'- '.repeat(50_000)}`)).toEqual([
      'negar@example.com',
    ]);
  });
});

describe('yes and no', () => {
  it.each<[string, 'yes' | 'no' | null]>([
    ['بله', 'yes'],
    ['بله درسته', 'yes'],
    ['آره، همینه', 'yes'],
    ['Yes please', 'yes'],
    ['yes, that is right', 'yes'],
    ['👍', 'yes'],
    ['👍🏽', 'yes'],
    ['نه', 'no'],
    ['نه خیر', 'no'],
    ['درست نیست', 'no'],
    ['not correct', 'no'],
    ['بله ولی سفارش من چی شد؟ کی می‌رسه؟', null],
    ['سلام', null],
    ['کی می‌رسه؟', null],
    ['', null],
  ])('%j is %s', (text, meant) => expect(confirms(text)).toBe(meant));
});
