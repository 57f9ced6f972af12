import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseExactly } from './exact-json';
import { parseRubika } from './rubika.parser';

const BOT = 'b0bot';
const CHAT = 'b0Hx01invented01';
const GROUP = 'g0Hx02invented';
const SAMPLES = JSON.parse(readFileSync(join(__dirname, '__fixtures__', 'samples.json'), 'utf8')) as Record<
  string,
  object
>;
const context = { channel: { externalId: BOT, settings: {}, kind: 'rubika' as const } };
const parse = (body: unknown) => parseRubika(body, context);
const keyOf = (body: unknown) => parse(body)[0]!.eventKey;

const NEGAR = { externalId: CHAT, aliases: ['u0Hx01invented77'] };
const DM = { accountId: BOT, threadKey: `dm:${CHAT}`, threadKind: 'dm' };
const incoming = (over: object) => ({
  type: 'message',
  direction: 'in',
  author: NEGAR,
  contact: NEGAR,
  ...DM,
  ...over,
});

/** Every kind of update and what a person would expect to see of it. */
const EXPECTED: Record<string, object[]> = {
  new_message_text: [
    incoming({
      eventKey: `message:${CHAT}:204216801381244279`,
      occurredAt: '2026-11-20T08:42:02.000Z',
      externalId: `${CHAT}:204216801381244279`,
      text: 'سلام، سفارش من هنوز نرسیده؛ می‌شود پیگیری کنید؟ 🙏🏽 ۱۲۰۴۵',
      attachments: [],
    }),
  ],
  new_message_started_by_link: [incoming({ text: '/start', meta: { start: 'autumn-sale' } })],
  new_message_keypad: [
    incoming({
      subtype: 'postback',
      text: 'پیگیری سفارش',
      meta: { payload: 'track' },
      replyToExternalId: `${CHAT}:204216801381244000`,
    }),
  ],
  new_message_file: [
    incoming({
      text: 'عکس جعبه',
      attachments: [{ kind: 'image', name: 'جعبه.jpg', sizeBytes: 20480, meta: { fileId: '9Q0inventedfile01' } }],
    }),
  ],
  new_message_location: [
    incoming({ text: '', attachments: [{ kind: 'location', meta: { latitude: 35.6892, longitude: 51.389 } }] }),
  ],
  new_message_live_location: [
    incoming({ attachments: [{ kind: 'location', meta: { latitude: 35.7, longitude: 51.4, live: true } }] }),
  ],
  new_message_sticker: [
    incoming({
      attachments: [
        {
          kind: 'sticker',
          name: 's.webp',
          sizeBytes: 900,
          meta: { fileId: '9Q0inventedfile02', stickerId: '61invented', emoji: '😍' },
        },
      ],
    }),
  ],
  new_message_contact: [
    incoming({ attachments: [{ kind: 'contact', name: 'نگار رستمی', meta: { phone: '989120000000' } }] }),
  ],
  new_message_poll: [
    incoming({ attachments: [{ kind: 'unknown', name: 'کدام؟', meta: { type: 'poll', options: ['الف', 'ب'] } }] }),
  ],
  new_message_forwarded: [incoming({ meta: { forwardedFrom: 'Channel' } })],
  new_message_of_unknown_kind: [incoming({ subtype: 'placeholder', text: '' })],
  new_message_by_bot: [
    { type: 'message', direction: 'out', author: { externalId: BOT }, contact: { externalId: CHAT }, ...DM },
  ],
  new_message_in_group: [
    {
      type: 'message',
      direction: 'in',
      threadKey: `group:${GROUP}:u0Hx01invented88`,
      threadKind: 'comment',
      author: { externalId: 'u0Hx01invented88' },
      post: { externalId: GROUP, kind: 'group' },
      parentExternalId: `${GROUP}:304216801381244200`,
    },
  ],
  new_message_in_group_by_bot: [
    {
      type: 'message',
      direction: 'out',
      author: { externalId: BOT },
      parentExternalId: `${GROUP}:304216801381244291`,
    },
  ],
  new_message_in_group_by_other_bot: [
    { type: 'message', direction: 'in', author: { externalId: 'b0other' }, opensWork: false },
  ],
  new_message_in_channel: [
    {
      type: 'post',
      eventKey: 'message:c0Hx03invented:404216801381244294',
      post: {
        externalId: 'c0Hx03invented:404216801381244294',
        kind: 'channel_post',
        text: 'جشنواره‌ی پاییز',
        publishedAt: '2026-11-20T08:42:17.000Z',
      },
    },
  ],
  updated_message: [
    {
      type: 'edit',
      externalId: `${CHAT}:204216801381244279`,
      text: 'رسید، ممنون‌ام ❤️',
      version: 1795164222,
      occurredAt: '2026-11-20T08:43:42.000Z',
      author: NEGAR,
      ...DM,
    },
  ],
  removed_message: [
    {
      type: 'delete',
      eventKey: `delete:${CHAT}:204216801381244279`,
      externalId: `${CHAT}:204216801381244279`,
      by: 'unknown',
      ...DM,
    },
  ],
  removed_message_in_group: [{ type: 'delete', threadKey: `message:${GROUP}:304216801381244291` }],
  started_bot: [{ type: 'identity', person: { externalId: CHAT }, reachable: true, ...DM }],
  stopped_bot: [
    {
      type: 'identity',
      reachable: false,
      eventKey: `stopped:${CHAT}:1795164400`,
      occurredAt: '2026-11-20T08:46:40.000Z',
    },
  ],
  updated_payment: [{ type: 'ignored', eventKey: `payment:${CHAT}:p-1:Paid` }],
  inline_message: [
    incoming({
      subtype: 'postback',
      text: 'بله',
      meta: { payload: 'yes' },
      replyToExternalId: `${CHAT}:204216801381244295`,
    }),
  ],
  query: [{ type: 'unsupported', kind: 'query' }],
  get_updates: [
    { type: 'identity' },
    { type: 'message', externalId: `${CHAT}:204216801381244279` },
    { type: 'message', subtype: 'postback' },
    { type: 'unsupported', kind: 'update.SomethingNew' },
  ],
};

it('has an expectation for every sample', () => {
  expect(Object.keys(EXPECTED).toSorted()).toEqual(Object.keys(SAMPLES).toSorted());
});

it.each(Object.keys(SAMPLES))('%s', (name) =>
  expect(parse(SAMPLES[name])).toEqual(EXPECTED[name]!.map((one) => expect.objectContaining(one) as object)),
);

describe('event keys', () => {
  const edit = (over: object, at?: number) => ({
    update: {
      type: 'UpdatedMessage',
      chat_id: CHAT,
      updated_message: { message_id: '7', text: 'a', time: '1795164122', sender_type: 'User', sender_id: 'u', ...over },
      update_time: at,
    },
  });

  it('are the same posted and asked for', () => {
    const asked = parse(SAMPLES['get_updates']).map(({ eventKey }) => eventKey);
    expect(asked.slice(0, 3)).toEqual(
      ['started_bot', 'new_message_text', 'inline_message'].map((name) => keyOf(SAMPLES[name])),
    );
  });

  it('do not know when an update was delivered', () => {
    const told = structuredClone(SAMPLES['new_message_text']) as { update: Record<string, unknown> };
    delete told.update['update_time'];
    expect(keyOf(told)).toBe(keyOf(SAMPLES['new_message_text']));
  });

  it('tell two edits apart, by time and within a second by text', () => {
    expect(keyOf(edit({}, 1))).not.toBe(keyOf(edit({}, 2)));
    expect(keyOf(edit({}, 1))).not.toBe(keyOf(edit({ text: 'b' }, 1)));
    expect(keyOf(edit({}, 1))).toBe(keyOf(edit({ is_edited: true }, 1)));
  });

  it('do not depend on settings', () => {
    const settings = { groupPrefix: 'b0', channelPrefix: 'g0' };
    for (const body of Object.values(SAMPLES)) {
      const keys = parseRubika(body, { channel: { ...context.channel, settings } }).map(({ eventKey }) => eventKey);
      expect(keys).toEqual(parse(body).map(({ eventKey }) => eventKey));
    }
  });

  it('of messages in two chats with one number differ', () => {
    const message = { message_id: '7', text: 'a', sender_type: 'User', sender_id: 'u' };
    const of = (chat: string) => ({ update: { type: 'NewMessage', chat_id: chat, new_message: message } });
    expect(keyOf(of('b0a'))).not.toBe(keyOf(of('b0b')));
  });
});

describe('ids that came as numbers', () => {
  const raw =
    '{"update":{"type":"NewMessage","chat_id":"b0a","new_message":{"message_id":20421512111594430MN,"text":"شماره 204215121115944301","sender_type":"User","sender_id":"u","time":"1795164122"}}}';
  const read = (last: string) => parse(parseExactly(raw.replace('MN', last)))[0];

  it('keep every digit, and texts stay as they are', () => {
    expect(read('1')).toMatchObject({ externalId: 'b0a:204215121115944301', text: 'شماره 204215121115944301' });
    expect(read('1')!.eventKey).not.toBe(read('2')!.eventKey);
  });

  it.each<[string, unknown]>([
    [
      '{"a":1795164122,"b":1234567890123456.5,"c":-12345678901234567}',
      { a: 1795164122, b: 1234567890123456.5, c: '-12345678901234567' },
    ],
    [
      String.raw`{"a":"\"1234567890123456789\\","b":"1234567890123456789"}`,
      { a: '"1234567890123456789\\', b: '1234567890123456789' },
    ],
    ['[12345678901234567890]', ['12345678901234567890']],
    ['1e400', Infinity],
  ])('%s', (json, expected) => expect(parseExactly(json)).toEqual(expected));

  it('what is not JSON is refused as ever', () =>
    expect(() => parseExactly('{"a":12345678901234567')).toThrow(SyntaxError));

  it('a body that never ends is read once', () =>
    expect(() => parseExactly(`["${String.raw`\"`.repeat(1_000_000)}1234567890123456`)).toThrow(SyntaxError));

  it('reads any JSON as JSON does, but for long integers', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/\d{16}/.test(text));
        expect(parseExactly(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 300, seed: 5 },
    );
  });
});

describe('anything at all', () => {
  const names = Object.keys(SAMPLES);
  const mutated = fc
    .tuple(fc.constantFrom(...names), fc.array(fc.nat(20), { maxLength: 5 }), fc.jsonValue({ maxDepth: 4 }))
    .map(([name, path, value]) => {
      const body = structuredClone(SAMPLES[name]) as Record<string, unknown>;
      let place = body;
      for (const step of path) {
        const inner = Object.values(place)[step % Math.max(1, Object.keys(place).length)];
        if (typeof inner === 'object' && inner !== null) place = inner as Record<string, unknown>;
      }
      const keys = Object.keys(place);
      place[keys[(path.at(-1) ?? 0) % Math.max(1, keys.length)] ?? 'x'] = value;
      return body;
    });

  it('never throws, and keys stay short', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, fc.jsonValue()), (body) => {
        for (const event of parse(body)) {
          expect(event.accountId).toBe(BOT);
          expect(event.eventKey.length).toBeLessThan(450);
        }
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  it('a broken neighbour takes no message down', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (neighbour) => {
        const known = (SAMPLES['get_updates'] as { updates: unknown[] }).updates[1];
        const events = parse({ updates: [neighbour, known] });
        expect(events.at(-1)).toMatchObject({ type: 'message', externalId: `${CHAT}:204216801381244279` });
      }),
      { numRuns: 300, seed: 12 },
    );
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['an empty record', {}],
    ['an update of no chat', { update: { type: 'NewMessage', new_message: { message_id: '1' } } }],
    ['a message without id', { update: { type: 'NewMessage', chat_id: 'b0', new_message: { text: 'x' } } }],
    ['a type out of the prototype', { update: { type: 'toString', chat_id: 'b0' } }],
    ['a group message of nobody', { update: { type: 'NewMessage', chat_id: 'g0', new_message: { message_id: '1' } } }],
  ])('%s is kept as unsupported', (_name, body) =>
    expect(parse(body)).toEqual([expect.objectContaining({ type: 'unsupported' })]),
  );
});
