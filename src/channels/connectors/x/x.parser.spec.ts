import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import { parseX } from './x.parser';

const FIXTURES = join(__dirname, '__fixtures__');
const NAMES = readdirSync(FIXTURES).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []));
const load = (name: string): unknown => JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as unknown;

const US = '1777700011112222333';
const NEGAR = '1888800022223333444';
const AMIR = '205512340';
const CONTEXT = { channel: { externalId: US, kind: 'x' as const, settings: {} } };
const avatarUrl = 'https://pbs.twimg.com/profile_images/0/invented_normal.jpg';
const negar = { externalId: NEGAR, name: 'نگار رستمی', handle: 'negar_r', avatarUrl };
const amir = { externalId: AMIR, name: 'Amir T.', handle: 'amir_tvk', avatarUrl };
const brand = { externalId: US, name: 'سیب‌سرخ', handle: 'sib_sorkh', avatarUrl };
const permalink = (id: string) => `https://x.com/i/status/${id}`;

const partly = (event: object): object => expect.objectContaining(event) as object;

/** What the older product tells has a key of its own and ranks below. */
const older = (eventKey: string) => ({ eventKey: `${eventKey}:aaa`, form: -1 });

const MENTION = '2091000000000000101';
const REPLY = '2091000000000000102';
const OURS = '2090900000000000001';

const mentionMessage = {
  type: 'message',
  accountId: US,
  eventKey: `post:${MENTION}`,
  threadKey: `comment:${MENTION}:${NEGAR}`,
  threadKind: 'comment',
  occurredAt: '2026-11-20T08:42:02.000Z',
  direction: 'in',
  externalId: MENTION,
  author: negar,
  contact: negar,
  text: '@sib_sorkh سلام، سفارشم هنوز نرسیده؛ می‌شود پیگیری کنید؟ 🙏',
  attachments: [],
  post: {
    externalId: MENTION,
    permalink: permalink(MENTION),
    text: '@sib_sorkh سلام، سفارشم هنوز نرسیده؛ می‌شود پیگیری کنید؟ 🙏',
    kind: 'post',
    publishedAt: '2026-11-20T08:42:02.000Z',
  },
  subtype: 'mention',
  meta: { mayReply: true, language: 'fa' },
};
const replyMessage = {
  type: 'message',
  accountId: US,
  eventKey: `post:${REPLY}`,
  threadKey: `comment:${OURS}:${AMIR}`,
  threadKind: 'comment',
  direction: 'in',
  externalId: REPLY,
  author: amir,
  contact: amir,
  text: '@sib_sorkh do you ship to Karaj? 🚚',
  attachments: [],
  post: { externalId: OURS, permalink: permalink(OURS), comments: [REPLY] },
  meta: { mayReply: true, language: 'en' },
};
const dm = (over: object) => ({
  type: 'message',
  accountId: US,
  threadKey: `dm:${NEGAR}`,
  threadKind: 'dm',
  direction: 'in',
  author: negar,
  contact: negar,
  attachments: [],
  ...over,
});
const received = dm({
  eventKey: 'dm:2091000000000000201',
  externalId: '2091000000000000201',
  occurredAt: '2026-11-20T08:45:00.000Z',
  text: 'سلام، شمارهٔ سفارشم ۱۲۰۴۵ است؛ کِی می‌رسد؟ 😊',
});
const sentEcho = dm({
  eventKey: 'dm:2091000000000000205',
  externalId: '2091000000000000205',
  occurredAt: '2026-11-20T08:46:00.000Z',
  direction: 'out',
  author: brand,
  text: 'سفارش شما فردا می‌رسد 🚚',
});
const photo = (url: string) => [
  { kind: 'image', url, meta: { mediaId: '1795164300123456789', type: 'photo', dmId: '2091000000000000202' } },
];
const withPhoto = dm({
  eventKey: 'dm:2091000000000000202',
  externalId: '2091000000000000202',
  occurredAt: '2026-11-20T08:45:05.000Z',
  text: 'عکس میوه‌ها https://t.co/invented1',
});
const readReceipt = {
  type: 'receipt',
  accountId: US,
  eventKey: `read:${NEGAR}:2091000000000000205`,
  threadKey: `dm:${NEGAR}`,
  threadKind: 'dm',
  occurredAt: '2026-11-20T08:46:30.000Z',
  status: 'read',
  externalIds: ['2091000000000000205'],
  upTo: '2026-11-20T08:46:30.000Z',
};
const revoked = (accountId: string) =>
  partly({
    type: 'ignored',
    accountId,
    eventKey: `revoke:${US}:2026-11-20T09:30:05+00:00`,
    reason: expect.stringContaining('reconnecting') as string,
  });
/** Not a delivery at all: kept, and nothing made of it. */
const foreign = [partly({ type: 'unsupported', kind: 'malformed', eventKey: expect.stringMatching(/^unsupported:/) })];

/** Every sample and all that it becomes, read as a delivery of the account's channel. */
const EXPECTED: Record<string, object[]> = {
  xaa_post_mention_create: [mentionMessage],
  xaa_post_reply_create: [{ ...replyMessage, occurredAt: '2026-11-20T08:45:00.000Z' }],
  xaa_post_quote_create: [
    {
      type: 'message',
      accountId: US,
      eventKey: 'post:2091000000000000170',
      threadKey: `comment:2091000000000000170:${AMIR}`,
      threadKind: 'comment',
      occurredAt: '2026-11-20T08:56:00.000Z',
      direction: 'in',
      externalId: '2091000000000000170',
      author: amir,
      contact: amir,
      text: 'این سرویس را ببینید 👀',
      attachments: [{ kind: 'share', url: permalink(OURS), meta: { type: 'quoted_post', postId: OURS } }],
      post: {
        externalId: '2091000000000000170',
        permalink: permalink('2091000000000000170'),
        text: 'این سرویس را ببینید 👀',
        kind: 'quote',
        publishedAt: '2026-11-20T08:56:00.000Z',
      },
      subtype: 'quote',
      meta: { mayReply: true, language: 'fa' },
    },
  ],
  xaa_post_create_by_own_account_echo: [
    {
      type: 'message',
      accountId: US,
      eventKey: 'post:2091000000000000160',
      threadKey: `comment:${MENTION}:${NEGAR}`,
      threadKind: 'comment',
      occurredAt: '2026-11-20T08:55:00.000Z',
      direction: 'out',
      externalId: '2091000000000000160',
      author: brand,
      contact: { externalId: NEGAR },
      text: '@negar_r همین الان بررسی می‌کنیم 🌸',
      attachments: [],
      post: { externalId: MENTION, permalink: permalink(MENTION), comments: ['2091000000000000160'] },
      parentExternalId: MENTION,
    },
  ],
  xaa_post_delete: [
    {
      type: 'delete',
      accountId: US,
      eventKey: `post:${MENTION}:deleted`,
      threadKey: `message:${MENTION}`,
      threadKind: 'comment',
      externalId: MENTION,
      by: 'contact',
    },
  ],
  xaa_like_create_inbound: [
    {
      type: 'reaction',
      accountId: US,
      eventKey: 'like:87719f50ee17bdfa06a3089098a2b9ee',
      threadKey: `message:${OURS}`,
      threadKind: 'comment',
      occurredAt: '2026-11-20T08:48:20.000Z',
      externalId: OURS,
      actorExternalId: NEGAR,
      action: 'add',
      reaction: 'like',
      emoji: '❤️',
    },
  ],
  xaa_dm_received: [received],
  xaa_dm_received_with_photo: [
    {
      ...withPhoto,
      attachments: photo('https://ton.twitter.com/1.1/ton/data/dm/2091000000000000202/1795164300123456789/inv.jpg'),
    },
  ],
  xaa_dm_sent_echo: [sentEcho],
  xaa_dm_read_INFERRED_SHAPE: [readReceipt],
  xaa_chat_received_encrypted_unsupported: [
    dm({
      eventKey: 'chat:e4f4d3fc-8bbf-4928-92eb-000000000001',
      externalId: 'chat:e4f4d3fc-8bbf-4928-92eb-000000000001',
      occurredAt: '2026-11-20T08:50:00.000Z',
      author: { externalId: NEGAR },
      contact: { externalId: NEGAR },
      text: '',
      subtype: 'placeholder',
      meta: { encrypted: true, link: `https://x.com/messages/${US}-${NEGAR}` },
    }),
  ],
  xaa_oauth_revoke: [revoked(US)],
  // The older product tells no conversation: the thread is the post that was answered.
  aaa_tweet_create_mention: [{ ...mentionMessage, ...older(`post:${MENTION}`) }],
  aaa_tweet_create_reply: [
    {
      ...replyMessage,
      ...older(`post:${REPLY}`),
      occurredAt: '2026-11-20T08:42:02.000Z',
      post: { ...replyMessage.post, stead: true },
      parentExternalId: OURS,
    },
  ],
  aaa_tweet_delete: [
    {
      type: 'delete',
      accountId: US,
      eventKey: `post:${MENTION}:deleted:aaa`,
      threadKey: `message:${MENTION}`,
      threadKind: 'comment',
      occurredAt: '2026-11-20T08:56:40.000Z',
      externalId: MENTION,
      by: 'contact',
    },
  ],
  aaa_direct_message_received: [{ ...received, ...older('dm:2091000000000000201'), text: 'سلام، کِی می‌رسد؟ 😊' }],
  aaa_direct_message_sent_echo: [{ ...sentEcho, ...older('dm:2091000000000000205'), meta: { appId: '29820954' } }],
  aaa_direct_message_mark_read: [readReceipt],
  aaa_direct_message_typing: [
    partly({ type: 'ignored', accountId: US, eventKey: `typing:${NEGAR}:1795164391000`, threadKey: `dm:${NEGAR}` }),
  ],
  aaa_user_event_revoke: [revoked(US)],
  rest_mentions_page: [
    {
      ...replyMessage,
      author: { externalId: AMIR, name: 'Amir T.', handle: 'amir_tvk' },
      contact: { externalId: AMIR, name: 'Amir T.', handle: 'amir_tvk' },
      occurredAt: '2026-11-20T08:45:00.000Z',
      meta: { language: 'en' }, // the page tells no mentions, so nobody knows
    },
    {
      ...mentionMessage,
      author: { externalId: NEGAR, name: 'نگار رستمی', handle: 'negar_r' },
      contact: { externalId: NEGAR, name: 'نگار رستمی', handle: 'negar_r' },
      meta: { language: 'fa' },
    },
  ],
  rest_mentions_page_empty: [],
  rest_dm_events_page: [
    { ...sentEcho, author: { externalId: US }, contact: { externalId: NEGAR } },
    {
      ...withPhoto,
      author: { externalId: NEGAR },
      contact: { externalId: NEGAR },
      attachments: photo('https://ton.x.com/i/ton/data/dm/invented.jpg'),
    },
  ],
  webhook_replay_job_status: [
    partly({ type: 'ignored', accountId: US, eventKey: 'replay:1995600000000000001:Complete', threadKind: 'comment' }),
  ],
  error_401: foreign,
  error_403_reply_not_allowed_INFERRED_TEXT: foreign,
  error_429: foreign,
  error_429_legacy: foreign,
  error_usage_capped: foreign,
  partial_success_200: foreign,
  response_crc: foreign,
  response_dm_sent: [partly({ type: 'unsupported', kind: 'dm.malformed' })],
  response_post_created: foreign,
};

describe('samples', () => {
  it('are all expected', () => expect(Object.keys(EXPECTED).toSorted()).toEqual(NAMES.toSorted()));

  it.each(NAMES)('%s', (name) => {
    const events = parseX(load(name), CONTEXT);
    const expected = EXPECTED[name] ?? [];
    expect(events).toEqual(expected);
  });

  it('without a channel the account is the one the delivery names', () => {
    const accounts = (name: string) => parseX(load(name), {}).map(({ accountId }) => accountId);
    expect(accounts('xaa_post_mention_create')).toEqual([US]);
    expect(accounts('aaa_tweet_delete')).toEqual([US]);
    expect(accounts('xaa_oauth_revoke')).toEqual([US]);
    expect(accounts('xaa_post_delete')).toEqual([NEGAR]); // a filter on the customer
  });

  it('the exact bytes of a delivery read as the sample does', () => {
    const wire = JSON.parse(readFileSync(join(FIXTURES, 'xaa_dm_received.wire.txt'), 'utf8')) as unknown;
    expect(parseX(wire, {})).toEqual(parseX(load('xaa_dm_received'), {}));
  });
});

/** An activity about this post. */
const activity = (payload: object, over: object = {}) => ({
  data: { event_uuid: '1', filter: { user_id: US }, event_type: 'post.mention.create', payload, ...over },
});
const post = (over: object = {}) => ({
  id: '2091000000000000300',
  author_id: NEGAR,
  conversation_id: '2091000000000000300',
  created_at: '2026-11-20T08:42:02.000Z',
  text: '@sib_sorkh سلام',
  edit_history_tweet_ids: ['2091000000000000300'],
  ...over,
});
const one = (body: unknown): InboundEvent => {
  const events = parseX(body, CONTEXT);
  expect(events).toHaveLength(1);
  return events[0]!;
};

describe('posts', () => {
  it('mention and reply for one post are one message', () => {
    const payload = post({ in_reply_to_tweet_id: OURS, conversation_id: OURS });
    const told = ['post.mention.create', 'post.reply.create'].map((event_type, n) =>
      one(activity(payload, { event_type, event_uuid: `-${n}` })),
    );
    expect(told[0]).toEqual(told[1]);
  });

  it('an edited post is an edit of its first version', () => {
    const ids = ['2091000000000000300', '2091000000000000310', '2091000000000000320'];
    expect(one(activity(post({ id: ids[2], edit_history_tweet_ids: ids })))).toMatchObject({
      type: 'edit',
      eventKey: `post:${ids[0]}:edit:${ids[2]}`,
      externalId: ids[0],
      version: 2,
      author: { externalId: NEGAR },
      direction: 'in',
    });
  });

  it('every message of a thread names the same post, whichever comes first', () => {
    const root = one(activity(post()));
    const second = one(
      activity(post({ id: '9', edit_history_tweet_ids: ['9'], in_reply_to_tweet_id: '2091000000000000300' })),
    );
    expect(second).toMatchObject({ threadKey: root.threadKey, post: { externalId: '2091000000000000300' } });
    expect(root).toMatchObject({ post: { externalId: '2091000000000000300' } });
  });

  it.each<[string, object, object]>([
    ['names us in words', { entities: { mentions: [{ start: 0, end: 10, id: US }] } }, { mayReply: true }],
    ['names somebody else', { entities: { mentions: [{ start: 0, end: 10, id: AMIR }] } }, { mayReply: false }],
    ['quotes a post of ours', { entities: {}, referenced_tweets: [{ type: 'quoted', id: OURS }] }, { mayReply: true }],
  ])('a person who %s', (_, over, meta) => {
    const includes = { tweets: [{ id: OURS, author_id: US, text: 'پاییز' }] };
    expect(one(activity(post(over), { includes }))).toMatchObject({ meta });
  });

  it.each([
    ['is enough', {}, true],
    ['is not, where the channel says so', { countImplicitMentions: false }, false],
  ])('answering us without our name %s', (_, settings, mayReply) => {
    const answer = { text: '@sib_sorkh سلام', display_text_range: [11, 15] };
    const body = activity(post({ ...answer, entities: { mentions: [{ start: 0, end: 10, id: US }] } }));
    const filedUnder = { externalId: US, settings };
    expect(parseX(body, { filedUnder })).toMatchObject([{ meta: { mayReply } }]);
  });

  it('names that X puts before a reply are not its words, however they are counted', () => {
    const text = '@sib_sorkh @amir_tvk 😊 سلام &amp; ممنون &lt;۳';
    const display_text_range = [21, 35];
    expect(one(activity(post({ text, display_text_range })))).toMatchObject({ text: '😊 سلام & ممنون <۳' });
    expect(one(activity(post({ text: 'سلام دنیا', display_text_range: [5, 9] })))).toMatchObject({ text: 'سلام دنیا' });
  });

  it('long posts in full, with their pictures and films', () => {
    const payload = post({
      text: 'کوتاه…',
      note_tweet: { text: 'متن بلند '.repeat(60) },
      attachments: { media_keys: ['3_1', '13_2', '7_3'] },
    });
    const variants = [
      { content_type: 'application/x-mpegURL', url: 'https://video.twimg.com/a.m3u8' },
      { content_type: 'video/mp4', bit_rate: 256_000, url: 'https://video.twimg.com/small.mp4' },
      { content_type: 'video/mp4', bit_rate: 2_176_000, url: 'https://video.twimg.com/large.mp4' },
    ];
    const media = [
      { media_key: '3_1', type: 'photo', url: 'https://pbs.twimg.com/media/1.jpg' },
      { media_key: '13_2', type: 'video', preview_image_url: 'https://pbs.twimg.com/p.jpg', variants },
    ];
    expect(one(activity(payload, { includes: { media } }))).toMatchObject({
      text: 'متن بلند '.repeat(60),
      attachments: [
        { kind: 'image', url: 'https://pbs.twimg.com/media/1.jpg' },
        { kind: 'video', url: 'https://video.twimg.com/large.mp4', mimeType: 'video/mp4' },
        { kind: 'unknown', meta: { mediaId: '3' } },
      ],
    });
  });

  it.each<[string, object, object]>([
    [
      'a post of ours',
      {},
      { type: 'post', eventKey: 'post:2091000000000000300', post: { externalId: '2091000000000000300' } },
    ],
    [
      'an answer to ourselves, placed by what it answers',
      { in_reply_to_tweet_id: '5', in_reply_to_user_id: US },
      { type: 'message', direction: 'out', parentExternalId: '5' },
    ],
    ['a repost', { referenced_tweets: [{ type: 'retweeted', id: '5' }] }, { type: 'ignored' }],
  ])('%s', (_, over, event) => expect(one(activity(post({ author_id: US, ...over })))).toMatchObject(event));

  it('a deeper answer says under which post it and what it answers stand', () => {
    const deeper = post({ conversation_id: '4', in_reply_to_tweet_id: '5', in_reply_to_user_id: US });
    expect(one(activity(deeper))).toMatchObject({ post: { externalId: '4', comments: ['2091000000000000300', '5'] } });
    expect(one(activity(deeper))).not.toHaveProperty('post.stead');
  });

  it('our answer in the older product finds its thread by what it answers', () => {
    const tweet = {
      id_str: '7',
      user: { id_str: US },
      text: 'بله',
      in_reply_to_status_id_str: REPLY,
      in_reply_to_user_id_str: AMIR,
    };
    const event = one({ for_user_id: US, tweet_create_events: [tweet] });
    expect(event).toMatchObject({ type: 'message', direction: 'out', parentExternalId: REPLY });
    expect(event).not.toHaveProperty('contact');
    expect(event).toMatchObject({ post: { externalId: REPLY, comments: ['7'], stead: true } });
  });

  it('ids that lost their last digits are no ids', () => {
    const tweet = JSON.parse('{"id":2091000000000000101,"user":{"id":1888800022223333444},"text":"x"}') as unknown;
    expect(one({ for_user_id: US, tweet_create_events: [tweet] })).toMatchObject({ type: 'unsupported' });
  });
});

describe('messages', () => {
  const listed = (over: object) => ({
    data: [
      {
        id: '5',
        event_type: 'MessageCreate',
        sender_id: NEGAR,
        dm_conversation_id: `${US}-${NEGAR}`,
        text: 'a',
        ...over,
      },
    ],
  });

  it.each<[string, object, object]>([
    ['a group is told as such', { dm_conversation_id: '42' }, { type: 'unsupported', kind: 'dm.group' }],
    ['somebody joins', { event_type: 'ParticipantsJoin' }, { type: 'ignored', eventKey: 'dm:5' }],
    ['a kind of tomorrow', { event_type: 'Sticker' }, { type: 'unsupported', kind: 'dm.Sticker' }],
    ['nothing to show', { text: '' }, { type: 'message', subtype: 'placeholder' }],
  ])('%s', (_, over, event) => expect(one(listed(over))).toMatchObject(event));

  it('a pressed quick reply is what the person said', () => {
    const data = { text: 'بله', quick_reply_response: { type: 'options', metadata: 'yes' } };
    const message_create = { target: { recipient_id: US }, sender_id: NEGAR, message_data: data };
    const event = { type: 'message_create', id: '9', created_timestamp: '1795164300000', message_create };
    expect(one({ for_user_id: US, direct_message_events: [event] })).toMatchObject({
      text: 'بله',
      subtype: 'postback',
      meta: { quickReply: 'yes' },
    });
  });

  it('a known message beside unknown neighbours survives', () => {
    const sample = load('aaa_direct_message_received') as { direct_message_events: unknown[] };
    const events = parseX(
      {
        ...sample,
        direct_message_events: [{ type: 'hologram', id: '1' }, null, ...sample.direct_message_events],
        moon_events: [{ id: '2' }],
      },
      CONTEXT,
    );
    expect(events.map(({ type }) => type)).toEqual(['unsupported', 'unsupported', 'message', 'unsupported']);
    expect(new Set(events.map(({ eventKey }) => eventKey)).size).toBe(4);
  });

  it('an encrypted group is not taken for one person', () =>
    expect(
      one(activity({ id: 'c1', sender_id: NEGAR, conversation_id: 'g42' }, { event_type: 'chat.received' })),
    ).toMatchObject({ type: 'unsupported', kind: 'chat.message' }));
});

describe('any value at all', () => {
  it.each<[string, unknown, string]>([
    ['an unknown event type', activity({ id: '1' }, { event_type: 'space.start', event_uuid: '-42' }), 'event:-42'],
    ['null', null, 'unsupported:'],
    ['a number', 7, 'unsupported:'],
    ['an empty object', {}, 'unsupported:'],
  ])('%s is kept as unsupported', (_, body, key) =>
    expect(one(body)).toMatchObject({ type: 'unsupported', eventKey: expect.stringContaining(key) as string }),
  );

  it('several activities in one delivery', () => {
    const items = ['xaa_post_mention_create', 'xaa_dm_received'].map((name) => (load(name) as { data: object }).data);
    expect(parseX({ data: items }, {}).map(({ eventKey }) => eventKey)).toEqual([
      `post:${MENTION}`,
      'dm:2091000000000000201',
    ]);
  });

  it('keys of the language are read as data', () => {
    const body = JSON.parse(
      `{"for_user_id":"${US}","__proto__":{"polluted":true},"constructor":[{"a":1}],"users":{"__proto__":{"id":"1"}},"direct_message_events":[{"type":"__proto__"}]}`,
    ) as unknown;
    expect(parseX(body, CONTEXT).every(({ type }) => type === 'unsupported')).toBe(true);
    expect({}).not.toHaveProperty('polluted');
  });

  it('nesting of any depth', () => {
    let deep: unknown = 'x';
    for (let n = 0; n < 20_000; n++) deep = n % 2 === 0 ? [deep] : { a: deep };
    expect(one({ for_user_id: US, moon_events: [deep] })).toMatchObject({ type: 'unsupported' });
  });

  /** A sample with something else at a random place. */
  const mutated = fc
    .tuple(fc.constantFrom(...NAMES), fc.array(fc.nat(), { minLength: 1, maxLength: 10 }), fc.jsonValue())
    .map(([name, path, value]) => {
      const body = load(name);
      let holder = body as Record<string, unknown>;
      for (const [step, choice] of path.entries()) {
        const keys = Object.keys(holder);
        const chosen = keys[choice % Math.max(1, keys.length)];
        if (chosen === undefined) break;
        const inner = holder[chosen];
        if (step === path.length - 1 || typeof inner !== 'object' || inner === null) {
          holder[chosen] = value;
          break;
        }
        holder = inner as Record<string, unknown>;
      }
      return body;
    });

  it('mutated samples never throw, and give the same keys each time', () => {
    fc.assert(
      fc.property(mutated, (body) => {
        const events = parseX(body, CONTEXT);
        for (const { eventKey, threadKey } of events) {
          expect(eventKey).not.toBe('');
          expect(threadKey.length).toBeLessThanOrEqual(450);
        }
        const again = parseX(JSON.parse(JSON.stringify(body)), CONTEXT);
        expect(again.map(({ eventKey }) => eventKey)).toEqual(events.map(({ eventKey }) => eventKey));
      }),
      { numRuns: 400, seed: 20261122 },
    );
  });

  it('any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => expect(() => parseX(body, {})).not.toThrow()),
      { numRuns: 300, seed: 7 },
    );
  });
});
