import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import { parseEmail } from './parse-email';

const FIXTURES = join(__dirname, '__fixtures__');
const OURS = 'out.0193a1b2-0000-7000-8000-000000000001@shop.example';
const BOUNCED = 'out.0193a1b2-0000-7000-8000-000000000009@shop.example';

const channel = (settings: object = {}) => ({
  kind: 'email' as const,
  externalId: 'support@shop.example',
  settings: { authservId: 'mx.shop.example', ...settings },
});
const source = (name: string) => readFileSync(join(FIXTURES, name));

async function parsed(mime: Buffer | string, delivery: object = {}, settings: object = {}): Promise<InboundEvent> {
  const bytes = typeof mime === 'string' ? Buffer.from(mime) : mime;
  const events = await parseEmail({ mime: bytes.toString('base64'), ...delivery }, { channel: channel(settings) });
  expect(events).toHaveLength(1);
  return events[0]!;
}

describe('each sample becomes', () => {
  const dm = { accountId: 'support@shop.example', threadKind: 'dm' };
  const table: [string, object][] = [
    [
      'persian-1256.eml',
      {
        type: 'message',
        direction: 'in',
        externalId: '20261120084202.17.Negar@example.com',
        threadKey: 'mail:20261120084202.17.Negar@example.com',
        occurredAt: '2026-11-20T08:42:05.000Z',
        author: { externalId: 'negar@example.com', name: 'نگار رضايي', email: 'negar@example.com' },
        subject: 'سفارش نرسيده',
        text: 'سلام\nسفارش من هنوز نرسيده است، لطفا\u200cپيگيري كنيد.\nممنون',
        attachments: [],
        meta: { verifiedSender: true, date: '2026-11-20T08:42:02.000Z', to: ['support@shop.example'] },
      },
    ],
    [
      'gmail-fa-reply.eml',
      {
        type: 'message',
        direction: 'in',
        threadKey: 'mail:CAroot123@mail.gmail.example',
        threadAliases: [
          'token:afjjlgkaabzabaaebaaaaaaaae.abcdefghij',
          `mail:${OURS}`,
          'mail:CAK7x1a20Qm+4P=z@mail.gmail.example',
        ],
        replyToExternalId: OURS,
        text: 'سلام، هنوز چیزی به دستم نرسیده 😕\nمی\u200cشود پیگیری کنید؟',
        meta: { verifiedSender: false, folded: true, references: ['CAroot123@mail.gmail.example', OURS] },
      },
    ],
    [
      'outlook-fa-html.eml',
      {
        type: 'message',
        externalId: 'DB7PR02MB4512A0C1@db7pr02mb4512.eurprd02.prod.outlook.example',
        threadKey: 'mail:out.0193a1b2-0000-7000-8000-000000000002@shop.example',
        text: 'سلام، رسید پرداخت را فرستادم.',
        meta: { fullText: expect.stringContaining('موضوع: Re: سفارش') as string },
      },
    ],
    [
      'out-of-office.eml',
      {
        type: 'message',
        subtype: 'auto_reply',
        opensWork: false,
        text: 'تا شنبه نیستم.',
        threadKey: `mail:${OURS}`,
        meta: { auto: true, autoReason: 'Auto-Submitted: auto-replied' },
      },
    ],
    [
      'bounce.eml',
      {
        type: 'receipt',
        status: 'failed',
        externalIds: [BOUNCED],
        error: { code: '5.1.1', message: '550 5.1.1 <ghost@example.com> user unknown' },
      },
    ],
    ['bounce-gave-up.eml', { type: 'receipt', status: 'failed', externalIds: [BOUNCED], error: { code: '4.4.7' } }],
    ['bounce-exim.eml', { type: 'receipt', status: 'failed', externalIds: [BOUNCED], error: { code: '5.1.1' } }],
    ['bounce-delayed.eml', { type: 'ignored' }],
    ['delivered.eml', { type: 'receipt', status: 'delivered', externalIds: [BOUNCED] }],
    ['read-receipt.eml', { type: 'receipt', status: 'read', externalIds: [OURS] }],
    [
      'google-group.eml',
      {
        type: 'message',
        author: { externalId: 'sara@example.net' },
        text: 'Where is it?',
        meta: { auto: true, autoReason: 'list-id' },
      },
    ],
    [
      'site-form.eml',
      {
        type: 'message',
        direction: 'in',
        author: { externalId: 'leila@example.com', name: 'Leila' },
        externalId: expect.stringMatching(/^contact-form@shop\.example#[0-9a-f]{12}$/) as string,
        meta: { via: 'support@shop.example', verifiedSender: false },
      },
    ],
    [
      'own-copy.eml',
      {
        type: 'message',
        direction: 'out',
        externalId: OURS,
        outboundMessageId: '0193a1b2-0000-7000-8000-000000000001',
        threadKey: 'mail:CAroot123@mail.gmail.example',
        author: { externalId: 'support@shop.example' },
        contact: { externalId: 'negar@example.com' },
      },
    ],
    [
      'without-id.eml',
      {
        type: 'message',
        externalId: expect.stringMatching(/^no-id\.[0-9a-f]{32}$/) as string,
        author: { externalId: 'old-client@example.com' },
        text: 'An old program writes no Message-ID.',
      },
    ],
  ];
  it.each(table)('%s', async (name, expected) => {
    expect(await parsed(source(name))).toMatchObject({ ...dm, ...expected });
  });

  it('lists and forms may open work, machines may not', async () => {
    expect(await parsed(source('google-group.eml'))).not.toHaveProperty('opensWork');
    expect(await parsed(source('google-group.eml'))).not.toHaveProperty('subtype');
    expect(await parsed(source('site-form.eml'))).not.toHaveProperty('opensWork');
  });
});

it('attachments keep name, type, size and place; a name opens no folders', async () => {
  const event = await parsed(source('attachments.eml'), { uid: 7, uidValidity: '99', mailbox: 'INBOX' });
  expect(event).toMatchObject({
    text: 'See the box:\n\nThanks bad good',
    attachments: [
      { kind: 'image', name: 'box.png', mimeType: 'image/png', sizeBytes: 16, meta: { cid: 'box@1', inline: true } },
      { kind: 'file', name: 'رسید .._پرداخت.pdf', mimeType: 'application/pdf', meta: { partIndex: 1 } },
      { kind: 'file', name: 'winmail.dat', mimeType: 'application/ms-tnef' },
      { kind: 'file', name: 'invite.ics', mimeType: 'text/calendar' },
    ],
    meta: { uid: 7, uidValidity: '99', mailbox: 'INBOX', cc: ['sales@shop.example', 'friend@example.org'] },
  });
  const html = event.type === 'message' ? String(event.meta?.['html']) : '';
  expect(html).toContain('<img alt="box" data-attachment="0" />');
  expect(html).toContain('href="https://shop.example/o/1"');
  expect(html).not.toMatch(/script|onclick|onerror|track\.example|javascript|style/);
});

it('what comes without a name gets one', async () => {
  const part = (type: string, body: string) => `--b\nContent-Type: ${type}\n\n${body}\n`;
  const parts = [
    part('text/plain', 'see below'),
    part('message/rfc822', 'Subject: x\n\ny'),
    part('text/calendar', 'V'),
  ];
  const mime = `From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n${parts.join('')}--b--\n`;
  expect(await parsed(mime)).toMatchObject({
    text: 'see below',
    attachments: [
      { name: 'message.eml', mimeType: 'message/rfc822' },
      { name: 'invite.ics', mimeType: 'text/calendar' },
    ],
  });
});

describe('the event key', () => {
  it.each(readdirSync(FIXTURES))('of %s is the same by hook, by IMAP, and whatever the settings', async (name) => {
    const keys = [
      await parsed(source(name)),
      await parsed(source(name), { uid: 3, uidValidity: '1', internalDate: '2026-11-21T00:00:00.000Z' }),
      await parsed(
        source(name),
        {},
        { authservId: undefined, addresses: ['x@shop.example'], address: 'y@shop.example' },
      ),
    ].map(({ eventKey }) => eventKey);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]!.length).toBeLessThanOrEqual(400);
  });

  it('tells two mails of one Message-ID apart by sender and date', async () => {
    const mail = (from: string, day: string) =>
      parsed(`From: ${from}\nMessage-ID: <contact@shop.example>\nDate: ${day} Nov 2026 10:00:00 +0000\n\nhi`);
    const events = [await mail('a@x.example', '1'), await mail('b@x.example', '1'), await mail('a@x.example', '2')];
    expect(new Set(events.map(({ eventKey }) => eventKey)).size).toBe(3);
    expect(new Set(events.map((event) => event.type === 'message' && event.externalId)).size).toBe(3);
    expect(new Set(events.map(({ threadKey }) => threadKey)).size).toBe(3);
  });
});

it.each([
  ['a verified sender', 'mx.shop.example; dmarc=pass header.from=x.example', ['ticket:12']],
  ['anybody', 'mx.shop.example; dmarc=fail header.from=x.example', []],
])('the number in the subject leads %s to a ticket: %j', async (_, results, aliases) => {
  const head = `Authentication-Results: ${results}\nFrom: a@x.example\nMessage-ID: <a12345678@x.example>`;
  const event = await parsed(`${head}\nSubject: Re: order [#12]\n\nhi`);
  expect(event.threadAliases ?? []).toEqual(aliases);
});

describe('who may speak as us', () => {
  const ours = (results: string) =>
    `${results}From: support@shop.example\nTo: negar@example.com\nMessage-ID: <a1b2c3d4-9@shop.example>\n\nIt comes.`;
  it.each([
    [
      'a server that vouches',
      'Authentication-Results: mx.shop.example; dmarc=pass header.from=shop.example\n',
      'message',
    ],
    [
      'a server that does not',
      'Authentication-Results: mx.shop.example; dmarc=fail header.from=shop.example\n',
      'ignored',
    ],
    ['nobody was asked', '', 'message'],
  ])('%s', async (_, results, type) => {
    expect(await parsed(ours(results))).toMatchObject({ type });
  });

  it('mail from us to us is nobody’s request', async () => {
    const mail = 'From: support@shop.example\nTo: sales@shop.example\nMessage-ID: <a1b2c3d4-9@shop.example>\n\nx';
    expect(await parsed(mail, {}, { addresses: ['sales@shop.example'] })).toMatchObject({
      type: 'ignored',
      reason: 'own_mail_to_ourselves',
    });
  });
});

describe('what cannot be read in full', () => {
  it('a mail with too many parts is shown by its headers', async () => {
    const parts = Array.from({ length: 600 }, (_, part) => `--b\nContent-Type: text/plain\n\n${part}\n`).join('');
    const head = 'From: a@x.example\nSubject: many\nMessage-ID: <many.12345@x.example>\n';
    const mime = `${head}Content-Type: multipart/mixed;\n boundary="b"\n\n${parts}--b--\n`;
    expect(await parsed(mime)).toMatchObject({
      type: 'message',
      subtype: 'placeholder',
      subject: 'many',
      author: { externalId: 'a@x.example' },
      externalId: 'many.12345@x.example',
      meta: { problem: expect.any(String) as string },
    });
  });

  it('a mail left at the server because of its size is shown by its headers', async () => {
    const mime = 'From: a@x.example\nSubject: film\nMessage-ID: <film.12345@x.example>\n\n';
    expect(await parsed(mime, { leftThere: 80_000_000 })).toMatchObject({
      subtype: 'placeholder',
      subject: 'film',
      meta: { sizeBytes: 80_000_000 },
    });
  });

  it('a mail without a sender is kept', async () => {
    expect(await parsed('Subject: who\n\nme')).toMatchObject({
      type: 'message',
      author: { externalId: expect.stringMatching(/^no-address:/) as string },
    });
  });

  it.each([
    ['nothing', null],
    ['a text', 'hello'],
    ['a list', [1, 2]],
    ['a record without a mail', { uid: 1 }],
    ['an inherited mail', Object.create({ mime: 'QQ==' })],
    ['a mail that is no base64', { mime: '!!!' }],
  ])('%s is kept as not understood', async (_, body) => {
    expect(await parseEmail(body, {})).toMatchObject([{ type: 'unsupported', kind: 'not_a_mail' }]);
  });
});

describe('whatever comes', () => {
  const expectOneEvent = (events: readonly InboundEvent[]) => {
    expect(events).toHaveLength(1);
    expect(events[0]!.eventKey.length).toBeGreaterThan(0);
    expect(events[0]!.eventKey.length).toBeLessThanOrEqual(400);
    expect(Object.prototype).not.toHaveProperty('polluted');
  };

  it('any JSON gives an event', async () => {
    expect.hasAssertions();
    const bodies = fc.oneof(
      fc.jsonValue(),
      fc.record({ mime: fc.base64String(), uid: fc.jsonValue(), internalDate: fc.jsonValue() }),
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => expectOneEvent(await parseEmail(body, { channel: channel() }))),
      {
        numRuns: 200,
        seed: 11,
      },
    );
  });

  it('samples with bytes changed, lost and doubled give an event', async () => {
    expect.hasAssertions();
    const names = readdirSync(FIXTURES);
    const mutation = fc.record({
      name: fc.constantFrom(...names),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.integer({ min: 0, max: 200 }),
      put: fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc
          .constantFrom('__proto__: polluted\r\n', '\r\n\r\n', '--mix\r\n', '<'.repeat(80))
          .map((text) => Buffer.from(text)),
      ),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ name, at, length, put }) => {
        const bytes = source(name);
        const from = Math.floor(at * bytes.length);
        const mime = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + length)]);
        expectOneEvent(await parseEmail({ mime: mime.toString('base64') }, { channel: channel() }));
      }),
      { numRuns: 300, seed: 12 },
    );
  });
});
