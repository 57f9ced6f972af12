import fc from 'fast-check';

/** What no mail server sends and somebody might: lines put into a mail. */
const HOSTILE_LINES: readonly string[] = [
  '',
  ':',
  ': no name',
  ' a fold of nothing',
  'From:',
  'From: <>',
  'From: "a" <b@c>, <<<>>>, @@, x@[127.0.0.1]',
  `From: ${'<'.repeat(5_000)}`,
  `To: ${'a@b.example, '.repeat(2_000)}`,
  'Message-ID: <>',
  'Message-ID: no brackets\u0000at all',
  `References: ${'<r@example.org> '.repeat(3_000)}`,
  'In-Reply-To: <constructor> <__proto__>',
  'Date: 99 Foo 20260 99:99:99 +9999',
  'Subject: =?UTF-8?B?//8=?= =?x-unknown?Q?=ZZ?= =?utf-8?Q?',
  `Subject: ${'=?utf-8?Q?'.repeat(3_000)}`,
  'Content-Type: multipart/mixed',
  'Content-Type: multipart/mixed; boundary=""',
  `Content-Type: multipart/mixed; boundary="${'x'.repeat(10_000)}"`,
  'Content-Type: text/html; charset="no-such-charset"',
  'Content-Type: text/plain; charset=utf-7',
  'Content-Type: message/rfc822',
  'Content-Type: multipart/report; report-type=delivery-status',
  `Content-Type: text/plain; ${'name*0=a; '.repeat(2_000)}`,
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: no-such',
  "Content-Disposition: attachment; filename*=UTF-8''%ZZ%00..%2F..%2Fetc",
  'Auto-Submitted: auto-replied',
  'Received: by nobody',
  '<div><blockquote>'.repeat(2_000),
  '>'.repeat(20_000),
  'ز'.repeat(20_000),
  '\ud83d\u0000\u202e',
];

interface Change {
  place: number;
  how: 'replace' | 'remove' | 'add' | 'repeat' | 'swap' | 'cut' | 'flip';
  line: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(10_000),
  how: fc.constantFrom<Change['how'][]>('replace', 'replace', 'remove', 'add', 'add', 'repeat', 'swap', 'cut', 'flip'),
  line: fc.oneof(fc.constantFrom(...HOSTILE_LINES), fc.string({ maxLength: 200 })),
});

/** One to four changes of a mail's lines. */
export const mailChanges = fc.array(change, { minLength: 1, maxLength: 4 });

export function mutatedMail(mail: Buffer, list: readonly Change[]): Buffer {
  // one character is one byte, so that what is no UTF-8 stays what it was
  let lines = mail.toString('latin1').split('\r\n');
  if (lines.length === 1) lines = mail.toString('latin1').split('\n');
  for (const one of list) changed(lines, one);
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

function changed(lines: string[], { place, how, line }: Change): void {
  const at = place % Math.max(lines.length, 1);
  const bytes = Buffer.from(line, 'utf8').toString('latin1');
  switch (how) {
    case 'replace':
      lines[at] = bytes;
      break;
    case 'remove':
      lines.splice(at, 1);
      break;
    case 'add':
      lines.splice(at, 0, bytes);
      break;
    case 'repeat':
      lines.splice(at, 0, ...lines.slice(at, at + 40));
      break;
    case 'swap':
      lines.push(...lines.splice(at, 3));
      break;
    case 'cut':
      lines.length = at;
      break;
    case 'flip':
      lines[at] = (lines[at] ?? '').split('').toReversed().join('');
      break;
  }
}
