import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import { parseApiEvents } from './api-channel.parser';
import { EVENT_FIELDS, validateApiEvents } from './api-channel.schema';
import * as client from './client/pasokh-channel.mjs';

const SHOP = 'shop';
const batch = JSON.parse(readFileSync(join(__dirname, '__fixtures__', 'batch.json'), 'utf8')) as { events: object[] };
const parse = (...events: unknown[]) => parseApiEvents({ events }, SHOP);
const DM = { threadKey: 'dm:room-negar', threadKind: 'dm' };

const message = (over: object = {}) => ({
  type: 'message',
  id: 'evt-1',
  thread: { id: 'room-negar', kind: 'dm' },
  messageId: 'm-1',
  author: { id: 'negar' },
  text: 'سلام',
  ...over,
});

describe('every type of the table', () => {
  const EXPECTED: object[] = [
    {
      type: 'message',
      direction: 'in',
      accountId: SHOP,
      eventKey: 'event:evt-1001',
      ...DM,
      occurredAt: '2026-11-22T09:25:02.120Z',
      externalId: 'm-501',
      author: {
        externalId: 'negar',
        name: 'نگار رستمی',
        handle: 'negar.r',
        avatarUrl: 'https://cdn.example/negar.jpg',
        phone: '+989121234567',
        email: 'negar@example.com',
        locale: 'fa',
        aliases: ['u-88'],
      },
      text: 'سلام، سفارشم نرسیده؛ می‌شود پیگیری کنید؟ 🙏🏽 شماره: ۱۲۰۴۵',
      attachments: [
        {
          kind: 'image',
          url: 'https://cdn.example/box.jpg',
          name: 'box.jpg',
          mimeType: 'image/jpeg',
          sizeBytes: 20480,
          meta: { width: 640 },
        },
      ],
      replyToExternalId: 'm-400',
      subject: 'سفارش ۱۲۰۴۵',
      meta: { app: 'android' },
    },
    {
      type: 'message',
      threadKey: 'comment:post-9-amir',
      threadKind: 'comment',
      externalId: 'c-77',
      parentExternalId: 'c-70',
      post: {
        externalId: 'post-9',
        permalink: 'https://wall.example/9',
        text: 'جشنواره‌ی پاییز',
        kind: 'photo',
        publishedAt: '2026-11-20T08:00:00.000Z',
      },
    },
    {
      type: 'message',
      direction: 'out',
      author: { externalId: 'brand' },
      contact: { externalId: 'negar' },
      outboundMessageId: '0192f0c0-0000-7000-8000-000000000001',
    },
    { type: 'edit', externalId: 'm-501', text: 'رسید، ممنون‌ام ❤️', version: 2, author: { externalId: 'negar' } },
    { type: 'delete', externalId: 'm-501', by: 'contact', ...DM },
    { type: 'visibility', externalId: 'c-77', hidden: true },
    { type: 'reaction', externalId: 'm-502', actorExternalId: 'negar', action: 'add', reaction: 'other', emoji: '❤️' },
    { type: 'receipt', status: 'read', externalIds: [], upTo: '2026-11-22T09:28:00.000Z', ...DM },
    {
      type: 'receipt',
      status: 'failed',
      externalIds: ['m-502'],
      error: { code: 'offline', message: 'The phone is off.' },
    },
    {
      type: 'identity',
      person: { externalId: 'negar-2', name: 'Negar' },
      formerExternalId: 'negar',
      reachable: false,
      threadKey: 'dm:negar-2',
    },
    { type: 'post', post: { externalId: 'post-10', text: 'New' }, aliases: ['copy-10'] },
    { type: 'unsupported', kind: expect.stringContaining('typing.type must be message, edit') as string },
    { type: 'unsupported', kind: 'message.author is missing' },
    { type: 'message', externalId: 'm-504', author: { externalId: 'negar' }, text: 'odd decorations' },
  ];

  it.each(batch.events.map((event, at) => [(event as { type: string }).type, event, EXPECTED[at]!] as const))(
    '%s',
    (_type, event, expected) => expect(parse(event)).toEqual([expect.objectContaining(expected)]),
  );

  it('come out of one body in order', () => {
    const events = parseApiEvents(batch, SHOP);
    expect(events.map(({ type }) => type)).toEqual(EXPECTED.map((expected) => (expected as InboundEvent).type));
  });

  it('leaves out what is wrong and only decorates', () => {
    const [event] = parse(batch.events.at(-1));
    expect(event).not.toHaveProperty('occurredAt');
    expect(event).toHaveProperty('author', { externalId: 'negar' });
  });
});

describe('event keys', () => {
  const keyOf = (event: unknown) => parse(event)[0]!.eventKey;

  it('are the sender’s ids, whatever else the delivery says', () => {
    expect(keyOf(message())).toBe('event:evt-1');
    expect(keyOf(message({ text: 'other', at: '2026-11-22T10:00:00Z' }))).toBe('event:evt-1');
    expect(keyOf(message({ id: 17 }))).toBe('event:17');
  });

  it('of a wrong event leave its id free for the corrected one', () => {
    const { messageId: _, ...wrong } = message();
    expect(parse(wrong)).toEqual([expect.objectContaining({ type: 'unsupported' })]);
    expect(keyOf(wrong)).not.toBe(keyOf(message()));
    expect(keyOf(wrong)).toBe(keyOf(JSON.parse(JSON.stringify(wrong))));
    expect(keyOf({ ...wrong, text: 'two' })).not.toBe(keyOf(wrong));
  });
});

describe('odd bodies', () => {
  it.each<[string, unknown, object[]]>([
    ['null', null, [{ type: 'unsupported', kind: 'events must be a list' }]],
    ['a lone event', message(), [{ type: 'unsupported', kind: 'events must be a list' }]],
    ['no events', { events: [] }, []],
    ['a text for an event', { events: ['hi'] }, [{ type: 'unsupported', kind: 'event must be a record' }]],
    [
      'a known one beside an unknown',
      { events: [{ type: 'call', id: '1' }, message()] },
      [{ type: 'unsupported' }, { type: 'message', externalId: 'm-1' }],
    ],
    [
      'an unsafe id',
      { events: [message({ messageId: 2 ** 60 })] },
      [{ kind: expect.stringContaining('messageId') as string }],
    ],
    ['a text that is none', { events: [message({ text: 5 })] }, [{ kind: 'message.text must be a text' }]],
    ['nothing to show', { events: [message({ text: '' })] }, [{ type: 'message', subtype: 'placeholder' }]],
    [
      'our side without its contact',
      { events: [message({ direction: 'out' })] },
      [{ type: 'unsupported', kind: expect.stringContaining('message.contact is missing') as string }],
    ],
    [
      'our comment under another',
      { events: [message({ direction: 'out', parentId: 'c-1' })] },
      [{ type: 'message', direction: 'out', parentExternalId: 'c-1' }],
    ],
    [
      'an attachment of no kind',
      { events: [message({ attachments: [{ kind: 'hologram' }] })] },
      [{ type: 'unsupported', kind: expect.stringContaining('attachments[0].kind') as string }],
    ],
    ['a time without offset', { events: [message({ at: '2026-11-22T10:00:00' })] }, [{ type: 'message' }]],
    [
      'a receipt for nothing',
      { events: [{ type: 'receipt', id: '1', thread: { id: 't', kind: 'dm' }, status: 'read' }] },
      [{ type: 'unsupported' }],
    ],
    ['a type out of the prototype', { events: [{ type: 'constructor', id: '1' }] }, [{ type: 'unsupported' }]],
  ])('%s', (_name, body, expected) =>
    expect(parseApiEvents(body, SHOP)).toEqual(expected.map((one) => expect.objectContaining(one) as object)),
  );

  it('does not pollute prototypes', () => {
    const facts = JSON.parse('{"__proto__":{"polluted":1},"constructor":"x"}') as object;
    parse(message({ meta: facts, author: { ...facts, id: 'a' } }));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('the dry run', () => {
  it('names every problem with its path, and which of them matter', () => {
    expect(validateApiEvents(batch)).toEqual([
      expect.objectContaining({ path: 'events[11].type', serious: true }),
      { path: 'events[12].author', problem: 'is missing', serious: true },
      expect.objectContaining({ path: 'events[13].at', serious: false }),
      expect.objectContaining({ path: 'events[13].author.avatarUrl', serious: false }),
      expect.objectContaining({ path: 'events[13].author.phone', serious: false }),
    ]);
  });

  it('is the same in the client: one table, one reading', () => {
    expect(client.EVENT_FIELDS).toEqual(EVENT_FIELDS);
    expect(client.validateApiEvents(batch)).toEqual(validateApiEvents(batch));
    expect(client.validateApiEvents('x')).toEqual(validateApiEvents('x'));
  });
});

/** The samples with a value somewhere replaced by anything at all. */
const mutated = fc
  .tuple(fc.nat(batch.events.length - 1), fc.array(fc.nat(30), { maxLength: 4 }), fc.jsonValue({ maxDepth: 4 }))
  .map(([at, path, value]) => {
    const event = structuredClone(batch.events[at]!) as Record<string, unknown>;
    let place = event;
    for (const step of path.slice(0, -1)) {
      const inner = Object.values(place)[step % Math.max(1, Object.keys(place).length)];
      if (typeof inner === 'object' && inner !== null) place = inner as Record<string, unknown>;
    }
    const names = Object.keys(place);
    place[names[(path.at(-1) ?? 0) % Math.max(1, names.length)] ?? 'x'] = value;
    return event;
  });

describe('mutated samples', () => {
  it('give one event each, and never take a neighbour down', () => {
    fc.assert(
      fc.property(mutated, (event) => {
        const events = parse(event, message());
        expect(events).toHaveLength(2);
        expect(events[0]!.eventKey.length).toBeLessThan(450);
        expect(events[1]).toMatchObject({ type: 'message', eventKey: 'event:evt-1' });
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('are judged alike by client, dry run and parser', () => {
    fc.assert(
      fc.property(mutated, (event) => {
        const body = { events: [event] };
        const problems = validateApiEvents(body);
        expect(client.validateApiEvents(body)).toEqual(problems);
        const taken = parse(event)[0]!.type !== 'unsupported';
        expect(taken).toBe(!problems.some(({ serious }) => serious));
      }),
      { numRuns: 300, seed: 8 },
    );
  });

  it('any JSON value at all is read', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const event of parseApiEvents(value, SHOP)) expect(event.accountId).toBe(SHOP);
      }),
      { numRuns: 300, seed: 9 },
    );
  });
});
