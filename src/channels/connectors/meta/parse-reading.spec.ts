import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import { parseMeta } from './meta.parser';

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(join(__dirname, '__fixtures__', `${name}.json`), 'utf8')) as unknown;

const PAGE = '104857213906412';
const POST = '104857213906412_122148890021734550';
const READ_AT = '2026-11-20T11:00:00.000Z';
const facebook = { channel: { externalId: PAGE, kind: 'facebook' as const, settings: {} } };
const instagram = {
  channel: { externalId: '17841455500123987', kind: 'instagram' as const, settings: { username: 'sib_sorkh' } },
};
const TOP = '122148890021734550_1402277318860145';
const UNDER = '122148890021734550_1402281990526344';
const MID = 'm_N3VxKq0aInventedMid-7f1Zr2tQe8bYpLw4sHc9uDj6gXoBi5nRmEkAv_T1';

const comments = (over: object = {}) => ({
  metaReading: 'comments',
  readAt: READ_AT,
  post: { id: POST, permalink: 'https://www.facebook.com/p', kind: 'added_photos' },
  changes: {},
  page: fixture('backfill_comments_page'),
  ...over,
});

it('a page of comments', () => {
  const post = { externalId: POST, permalink: 'https://www.facebook.com/p', kind: 'added_photos' };
  const negar = { externalId: '7311904458820163', name: 'نگار رستمی' };
  const amir = { externalId: '6920347715508841', name: 'Amir Tavakoli' };
  const shared = { type: 'message', accountId: PAGE, threadKind: 'comment', direction: 'in', attachments: [], post };
  expect(parseMeta(comments(), facebook)).toEqual([
    {
      ...shared,
      eventKey: `comment:${TOP}:add`,
      threadKey: `comment:${POST}:7311904458820163`,
      occurredAt: '2026-11-20T08:42:02.000Z',
      externalId: TOP,
      author: negar,
      contact: negar,
      text: 'سلام، سفارش من هنوز نرسیده؛ می‌شود پیگیری کنید؟ 🙏 شماره: ۱۲۰۴۵',
    },
    {
      ...shared,
      eventKey: `comment:${UNDER}:add`,
      threadKey: `comment:${POST}:6920347715508841`,
      occurredAt: '2026-11-20T08:48:30.000Z',
      externalId: UNDER,
      author: amir,
      contact: amir,
      text: 'Same here, still waiting since Tuesday 😕',
      parentExternalId: TOP,
    },
  ]);
});

it('the first comment is the one of the recorded webhook, under the same key and in the same thread', () => {
  const [pushed] = parseMeta(fixture('page_comment_added'));
  const [read] = parseMeta(comments(), facebook);
  expect(pushed).toMatchObject({ eventKey: read?.eventKey, threadKey: read?.threadKey, occurredAt: read?.occurredAt });
});

it('a page of conversations, as the recorded webhook told it', () => {
  const body = { metaReading: 'messages', readAt: READ_AT, page: fixture('backfill_conversations_page') };
  const negar = { externalId: '8123440097715526', name: 'نگار رستمی' };
  const events = parseMeta(body, facebook);
  expect(events).toEqual([
    {
      type: 'message',
      accountId: PAGE,
      eventKey: `mid:${MID}`,
      threadKey: 'dm:8123440097715526',
      threadKind: 'dm',
      occurredAt: '2026-11-20T10:33:20.000Z',
      direction: 'in',
      externalId: MID,
      author: negar,
      contact: negar,
      text: 'سلام! سفارش ۱۲۰۴۵ کِی می‌رسد؟ 😊',
      attachments: [],
    },
  ]);
  const [pushed] = parseMeta(fixture('messenger_text'));
  expect(pushed).toMatchObject({ eventKey: `mid:${MID}`, threadKey: 'dm:8123440097715526' });
});

it('noticed changes come after the comment, a minute before the reading, under numbered keys', () => {
  const changes = { [TOP]: { number: 3, text: true, hidden: true } };
  const events = parseMeta(comments({ changes }), facebook);
  const seen = { occurredAt: '2026-11-20T10:59:00.000Z', externalId: TOP };
  expect(events.filter(({ type }) => type !== 'message')).toMatchObject([
    { ...seen, type: 'edit', eventKey: `comment:${TOP}:edited:read:3`, version: 1_795_172_340 },
    { ...seen, type: 'visibility', eventKey: `comment:${TOP}:unhide:read:3`, hidden: false },
  ]);
});

it('a comment that is hidden when it is first seen', () => {
  const page = { data: [{ id: '1_2', message: 'x', created_time: '2026-11-20T08:42:02+0000', is_hidden: true }] };
  const events = parseMeta(comments({ page }), facebook);
  expect(events.map(({ eventKey }) => eventKey)).toEqual(['comment:1_2:add', 'comment:1_2:hide:read:0']);
});

it('Instagram’s replies stand under the comment they came in; our own are known by name', () => {
  const page = {
    data: [
      {
        id: '1798001',
        text: 'قیمت؟',
        timestamp: '2026-11-20T08:00:00+0000',
        from: { id: '1599', username: 'negar' },
        replies: {
          data: [{ id: '1798002', text: 'دایرکت', timestamp: '2026-11-20T09:00:00+0000', username: 'sib_sorkh' }],
        },
      },
    ],
  };
  const events = parseMeta(comments({ post: { id: '180' }, page }), instagram);
  expect(events).toMatchObject([
    { externalId: '1798001', direction: 'in', threadKey: 'comment:180:1599', author: { handle: 'negar' } },
    { externalId: '1798002', direction: 'out', threadKey: 'comment:180:1599', parentExternalId: '1798001' },
  ]);
});

it('stories, stickers, shares and files of a conversation', () => {
  const person = { id: '1599', username: 'negar' };
  const message = (id: string, over: object) => ({
    id,
    from: person,
    created_time: '2026-11-20T09:00:00+0000',
    ...over,
  });
  const data = [
    message('a', { message: 'چنده؟', story: { reply_to: { link: 'https://lookaside.fbsbx.com/s', id: '7' } } }),
    message('b', { story: { mention: { link: 'https://lookaside.fbsbx.com/m', id: '8' } } }),
    message('c', { attachments: { data: [{ mime_type: 'audio/mp4', file_url: 'https://x/a.mp4' }] } }),
    message('d', { shares: { data: [{ link: 'https://www.instagram.com/p/1/' }] } }),
    message('e', { sticker: 'https://x/sticker.png' }),
    message('f', { message: '' }),
  ];
  const page = { data: [{ participants: { data: [person] }, messages: { data } }] };
  const events = parseMeta({ metaReading: 'messages', readAt: READ_AT, page }, instagram);
  expect(events).toMatchObject([
    {
      externalId: 'a',
      subtype: 'story_reply',
      text: 'چنده؟',
      attachments: [{ kind: 'story', meta: { storyId: '7' } }],
    },
    { externalId: 'b', subtype: 'story_mention', attachments: [{ kind: 'story' }] },
    { externalId: 'c', attachments: [{ kind: 'audio', url: 'https://x/a.mp4' }] },
    { externalId: 'd', attachments: [{ kind: 'share' }] },
    { externalId: 'e', attachments: [{ kind: 'sticker' }] },
    { externalId: 'f', subtype: 'placeholder' },
  ]);
});

it('what is gone is told under the key of a removal', () =>
  expect(parseMeta({ metaReading: 'gone', readAt: READ_AT, ids: ['1798001'] }, instagram)).toEqual([
    {
      type: 'delete',
      accountId: '17841455500123987',
      eventKey: 'comment:1798001:remove',
      threadKey: 'message:1798001',
      threadKind: 'comment',
      occurredAt: READ_AT,
      externalId: '1798001',
      by: 'unknown',
    },
  ]));

it('a webhook cannot pass for a reading', () => {
  const [event] = parseMeta(comments());
  expect(event).toMatchObject({ type: 'unsupported', kind: 'malformed' });
});

it('a known comment beside something unreadable survives', () => {
  const { data } = fixture('backfill_comments_page') as { data: unknown[] };
  const events = parseMeta(comments({ page: { data: [null, 7, { id: {} }, ...data] } }), facebook);
  expect(events.filter(({ type }) => type === 'message')).toHaveLength(2);
  expect(events.filter(({ type }) => type === 'unsupported')).toHaveLength(3);
});

const READINGS: readonly unknown[] = [
  comments({ changes: { [TOP]: { number: 1, text: true, hidden: true } } }),
  { metaReading: 'messages', readAt: READ_AT, page: fixture('backfill_conversations_page') },
  { metaReading: 'posts', readAt: READ_AT, page: { data: [{ id: POST, from: { id: '7' }, message: 'x' }] } },
  { metaReading: 'gone', readAt: READ_AT, ids: ['1', '2'] },
];

/** Replaces the `at`th value of a JSON document by another. */
function mutated(value: unknown, at: number, other: unknown): unknown {
  let count = 0;
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) => (count++ === at ? other : item)) as unknown;
}

it('reads any mutation without throwing, and every event has its key', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...READINGS),
      fc.nat(60),
      fc.oneof(fc.jsonValue(), fc.constantFrom('__proto__', 'constructor', '', null, -1, 1e300)),
      (reading, at, other) => {
        for (const context of [facebook, instagram]) {
          const events: InboundEvent[] = parseMeta(mutated(reading, at, other), context);
          expect(events.every(({ eventKey, threadKey }) => eventKey !== '' && threadKey !== '')).toBe(true);
        }
      },
    ),
    { numRuns: 300, seed: 20_261_122 },
  );
  expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
});
