import { cleanHtml, fullTextOfHtml, textOfHtml } from './visible-html';
import { REPLY_LINE, visibleText } from './visible-text';

const ZWNJ = '\u200c';

describe('the visible part of a text', () => {
  it.each([
    [
      'Gmail in Persian',
      'سلام\n\nدر تاریخ شنبه ۲۱ نوامبر ۲۰۲۶، ۱۰:۳۰ Support <s@shop.example> نوشت:\n\n> قبلی',
      'سلام',
    ],
    ['Gmail in Persian with Arabic ye', 'سلام\n\nدر تاريخ شنبه ۱۰:۳۰ Support نوشت:\n> قبلي', 'سلام'],
    [
      'an attribution in three lines',
      'Thanks\n\nOn Fri, Nov 20, 2026 at 12:30 PM A very long name of a support team\nthat goes on <support@shop.example>\nwrote:\n\n> before',
      'Thanks',
    ],
    ['German', 'Danke\n\nAm 20.11.2026 um 12:30 schrieb Support:\n> vorher', 'Danke'],
    ['French', 'Merci\n\nLe ven. 20 nov. 2026 à 12:30, S <s@shop.example> a écrit :\n\n> avant', 'Merci'],
    [
      'Outlook in Persian',
      `ممنون\n\nاز: Support <s@shop.example>\nارسال${ZWNJ}شده: جمعه\nبه: Negar\nموضوع: سفارش\n\nمتن قبلی`,
      'ممنون',
    ],
    ['Outlook in Persian without ZWNJ', 'ممنون\n\nفرستنده: Support\nتاریخ: جمعه\nبه: Negar\n\nمتن قبلی', 'ممنون'],
    [
      'Outlook in Persian with Arabic letters',
      'ممنون\n\nفرستنده: Support\nتاريخ: جمعه\nبه: Negar\n\nمتن قبلي',
      'ممنون',
    ],
    [
      'Outlook in English under a rule',
      'Done.\n\n________________________________\nFrom: S <s@shop.example>\nSent: Friday\nTo: N\nSubject: order\n\nold text',
      'Done.',
    ],
    ['a separator', 'See below\n\n-----Original Message-----\nold', 'See below'],
    ['our reply line, quoted', `بله\n\n> ${REPLY_LINE}\n>\n> متن ما`, 'بله'],
    ['our reply line below an unknown attribution', `Yes\n\n${REPLY_LINE}\nour text\nmore of it`, 'Yes'],
    ['a signature', 'Hello\n\n-- \nNegar\nTehran', 'Hello'],
    ['what a telephone adds', 'Hello\n\nSent from my iPhone', 'Hello'],
    ['nothing to fold', 'Hello\nworld', 'Hello\nworld'],
  ])('%s', (_, text, visible) => {
    expect(visibleText(text)).toBe(visible);
    expect(visibleText(text.replaceAll('\n', '\r\n'))).toBe(visible);
  });

  it('answers between quoted lines stay with their questions', () => {
    const text =
      'On Fri 20 Nov 2026 12:30 S <s@shop.example> wrote:\n> Which size?\n\nLarge\n\n> Which colour?\n\nRed\n\n> Bye';
    expect(visibleText(text)).toBe(text.slice(0, text.indexOf('\n\n> Bye')));
  });

  it('a sentence that ends like an attribution is no attribution', () => {
    const text = 'On the label somebody wrote:\nfragile\nand it broke.';
    expect(visibleText(text)).toBe(text);
  });

  it('a mail of nothing but history is shown whole', () => {
    const text = '> only\n> quoted';
    expect(visibleText(text)).toBe(text);
  });

  it('the reply line of the channel counts too', () => {
    expect(visibleText('Yes\n## write above ##\nold', '## write above ##')).toBe('Yes');
  });

  it('letters come through byte for byte', () => {
    const text = `می${ZWNJ}خواهم ۲ تا 👩‍👩‍👧 بخرم؛ «قیمت»؟`;
    expect(visibleText(`${text}\n\n-- \nن`)).toBe(text);
  });

  it.each([
    ['beginnings of attributions', 'Op schreef\n'.repeat(40_000)],
    ['one endless line', `On ${'a '.repeat(400_000)}`],
    ['header names', 'From: a\n'.repeat(60_000)],
    ['quotes', '>'.repeat(500_000)],
    ['blank lines', '\n'.repeat(500_000)],
  ])('%s made to stall it do not', (_, text) => expect(visibleText(text)).toEqual(expect.any(String)));
});

describe('HTML', () => {
  it.each([
    [
      'Gmail',
      '<div>yes</div><div class="gmail_quote"><div class="gmail_attr">On … wrote:</div><blockquote>old</blockquote></div>',
      'yes',
    ],
    [
      'Thunderbird',
      '<p>yes</p><div class="moz-cite-prefix">On … wrote:</div><blockquote type="cite">old</blockquote>',
      'yes',
    ],
    ['Outlook', '<p>yes</p><div id="appendonsend"></div><hr><div>old</div>', 'yes'],
    ['Outlook, forwarded once', '<p>yes</p><div id="x_divRplyFwdMsg">From: …</div><div>old</div>', 'yes'],
    ['Yahoo', '<p>yes</p><div id="yahoo_quoted"><p>old</p></div>', 'yes'],
    ['only history', '<div class="gmail_quote"><p>forwarded</p></div>', 'forwarded'],
    ['lines and lists', '<p>a<br>b</p><ul><li>one<li>two</ul>&lt;c&gt; &amp;amp;', 'a\nb\n\n- one\n- two\n<c> &amp;'],
  ])('text of %s', (_, html, text) => expect(textOfHtml(html)).toBe(text));

  it.each([
    ['scripts', '<script>alert(1)</script><p>a</p>', '<p>a</p>'],
    ['handlers and styles', '<p onclick="x()" style="position:fixed">a</p><style>p{}</style>', '<p>a</p>'],
    ['remote pictures', '<img src="https://t.example/p.gif"><p>a</p>', '<p>a</p>'],
    ['pictures as data', '<img src="data:image/svg+xml,<svg onload=alert(1)>"><p>a</p>', '<p>a</p>'],
    [
      'script links',
      '<a href="jAvAsCrIpT:alert(1)">a</a>',
      '<a rel="noopener noreferrer nofollow" target="_blank">a</a>',
    ],
    ['frames and forms', '<iframe src="x"></iframe><form action="x"><input name="p">a</form>', 'a'],
    ['foreign worlds', '<svg><script>alert(1)</script></svg><math><p>b</p></math>a', 'a'],
  ])('%s are left out', (_, html, clean) => expect(cleanHtml(html, [])).toBe(clean));

  it('direction and words stay', () => {
    expect(cleanHtml(`<div dir="rtl" lang="fa">می${ZWNJ}شود</div>`, [])).toBe(
      `<div dir="rtl" lang="fa">می${ZWNJ}شود</div>`,
    );
  });

  it('is bounded in length and depth', () => {
    expect(Buffer.byteLength(cleanHtml(`<p>${'&'.repeat(900_000)}</p>`, []))).toBeLessThanOrEqual(200_000);
    const deep = cleanHtml('<div>'.repeat(20_000) + 'x', []);
    expect(deep.split('<div>').length).toBeLessThanOrEqual(61);
  });

  it.each(['<b>', '<div><blockquote><table>', '<p><i>'])('a megabyte of %s does not stall whoever reads it', (unit) => {
    const html = `<p>first</p>${unit.repeat(1_000_000 / unit.length)}`;
    for (const read of [textOfHtml(html), fullTextOfHtml(html), cleanHtml(html, [])]) expect(read).toContain('first');
  });
});
