import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ParseContext } from '../../door';
import { parseMeta } from './meta.parser';

const filed = (externalId: string, username?: string): ParseContext => ({
  filedUnder: { externalId, settings: username === undefined ? {} : { username } },
});

const FIXTURES = join(__dirname, '__fixtures__');
const load = (name: string): unknown => JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as unknown;

const PAGE = '104857213906412';
const IG = '17841455500123987';
const OURS = filed(IG, 'sib_sorkh');
const POST = '104857213906412_122148890021734550';
const MEDIA = '18044417719923456';
const COMMENT = '122148890021734550_1402277318860145';
const NEGAR = '7311904458820163';
const AMIR = '6920347715508841';
const PARISA = '7004518833921750';
const PSID = '8123440097715526';
const IGSID = '1599000123456781';
const MID = 'm_N3VxKq0aInventedMid-7f1Zr2tQe8bYpLw4sHc9uDj6gXoBi5nRmEkAv_T1';
const IMAGE_MID = 'm_P8sLdW2xInventedMid-0cQy7hJf3vGz9kNa6bTe1rUo4iMp5wXqSgDl_B7';
const ig = (tail: string) => `aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEInventedExampleMid${tail}`;
const NEGAR_THREAD = `comment:${POST}:${NEGAR}`;

/** Every webhook sample and what a person would expect to see of it. */
const EXPECTED: Record<string, object[]> = {
  page_comment_added: [
    {
      type: 'message',
      direction: 'in',
      accountId: PAGE,
      eventKey: `comment:${COMMENT}:add`,
      threadKey: NEGAR_THREAD,
      threadKind: 'comment',
      occurredAt: '2026-11-20T08:42:02.000Z',
      externalId: COMMENT,
      author: { externalId: NEGAR, name: 'نگار رستمی' },
      contact: { externalId: NEGAR, name: 'نگار رستمی' },
      text: 'سلام، سفارش من هنوز نرسیده؛ می‌شود پیگیری کنید؟ 🙏 شماره: ۱۲۰۴۵',
      attachments: [],
      post: {
        externalId: POST,
        permalink: 'https://www.facebook.com/104857213906412/posts/122148890021734550',
        kind: 'added_photos',
      },
    },
  ],
  page_comment_reply_added: [
    {
      type: 'message',
      direction: 'in',
      parentExternalId: COMMENT,
      author: { externalId: AMIR },
      threadKey: `comment:${POST}:${AMIR}`,
    },
  ],
  page_comment_by_own_page: [
    {
      type: 'message',
      direction: 'out',
      externalId: '122148890021734550_1402299955524547',
      author: { externalId: PAGE },
      parentExternalId: COMMENT,
      threadKey: `message:${COMMENT}`,
    },
  ],
  page_comment_edited: [
    {
      type: 'edit',
      externalId: COMMENT,
      text: 'سلام، سفارش من بالاخره رسید؛ ممنون‌ام! ❤️',
      version: 1795167820,
      threadKey: NEGAR_THREAD,
      direction: 'in',
    },
  ],
  page_comment_removed: [
    {
      type: 'delete',
      externalId: COMMENT,
      by: 'unknown',
      eventKey: `comment:${COMMENT}:remove`,
      threadKey: NEGAR_THREAD,
    },
  ],
  page_comment_hidden: [{ type: 'visibility', externalId: COMMENT, hidden: true, threadKey: NEGAR_THREAD }],
  page_comment_unhidden: [{ type: 'visibility', externalId: COMMENT, hidden: false, threadKey: NEGAR_THREAD }],
  page_comment_with_photo: [
    {
      type: 'message',
      text: '',
      attachments: [{ kind: 'image', url: expect.stringContaining('example_invented_photo') as string }],
    },
  ],
  page_mention_in_comment: [
    {
      type: 'message',
      subtype: 'mention',
      text: '@سیب‌سرخ لطفاً جواب بدهید',
      author: { externalId: 'withheld:122150000000111222_998877665544332', name: 'Kaveh M.' },
      post: { externalId: '118822003344556_122150000000111222' },
    },
  ],
  page_post_by_visitor: [
    {
      type: 'message',
      subtype: 'visitor_post',
      direction: 'in',
      externalId: '104857213906412_122148999000734999',
      author: { externalId: PARISA },
      post: { externalId: '104857213906412_122148999000734999', text: 'کیفیت میوه‌ها این هفته عالی بود 👏' },
    },
  ],
  page_reaction_on_comment: [
    { type: 'reaction', externalId: COMMENT, actorExternalId: AMIR, action: 'add', reaction: 'care' },
  ],
  messenger_text: [
    {
      type: 'message',
      direction: 'in',
      accountId: PAGE,
      eventKey: `mid:${MID}`,
      threadKey: `dm:${PSID}`,
      threadKind: 'dm',
      occurredAt: '2026-11-20T10:33:20.101Z',
      externalId: MID,
      author: { externalId: PSID },
      contact: { externalId: PSID },
      text: 'سلام! سفارش ۱۲۰۴۵ کِی می‌رسد؟ 😊',
      attachments: [],
    },
  ],
  messenger_attachment_image: [
    {
      type: 'message',
      text: '',
      externalId: IMAGE_MID,
      attachments: [{ kind: 'image', url: expect.stringContaining('invented_image') as string }],
    },
  ],
  messenger_sticker_like: [
    { type: 'message', attachments: [{ kind: 'sticker', meta: { stickerId: '369239263222822' } }] },
  ],
  messenger_quick_reply: [{ type: 'message', text: 'پیگیری سفارش', meta: { quickReplyPayload: 'FAQ_TRACK_ORDER' } }],
  messenger_reply_to_message: [{ type: 'message', text: 'منظورم همین بود 👆', replyToExternalId: MID }],
  messenger_postback: [
    {
      type: 'message',
      subtype: 'postback',
      text: 'شروع گفتگو',
      externalId: 'm_PostbackInventedMid-1',
      meta: { payload: 'GET_STARTED' },
    },
  ],
  messenger_unsupported: [{ type: 'message', subtype: 'placeholder', externalId: 'm_UnsupInventedMid-1', text: '' }],
  messenger_standby: [
    { type: 'message', subtype: 'standby', opensWork: false, text: 'در حالت standby رسید', direction: 'in' },
  ],
  messenger_echo_own_app: [
    {
      type: 'message',
      direction: 'out',
      externalId: 'm_EchoInventedMid-1',
      outboundMessageId: '01JDINVENTEDULID0000000001',
      author: { externalId: PAGE },
      contact: { externalId: PSID },
      threadKey: `dm:${PSID}`,
    },
  ],
  messenger_echo_from_other_tool: [
    { type: 'message', direction: 'out', externalId: 'm_EchoInventedMid-2', meta: { appId: '263902037430900' } },
  ],
  messenger_message_edited: [
    { type: 'edit', externalId: MID, version: 1, eventKey: `mid:${MID}:edit:1`, direction: 'in' },
  ],
  messenger_message_deleted: [
    { type: 'delete', externalId: IMAGE_MID, by: 'contact', eventKey: `mid:${IMAGE_MID}:deleted` },
  ],
  messenger_referral: [{ type: 'identity', threadKey: `dm:${PSID}`, person: { externalId: PSID }, cameBack: true }],
  messenger_reaction_add: [
    {
      type: 'reaction',
      externalId: 'm_EchoInventedMid-1',
      actorExternalId: PSID,
      action: 'add',
      reaction: 'love',
      emoji: '❤️',
    },
  ],
  messenger_reaction_removed: [{ type: 'reaction', externalId: 'm_EchoInventedMid-1', action: 'remove' }],
  messenger_read: [
    { type: 'receipt', status: 'read', externalIds: [], upTo: '2026-11-20T10:36:41.950Z', threadKey: `dm:${PSID}` },
  ],
  messenger_delivery: [
    { type: 'receipt', status: 'delivered', externalIds: ['m_EchoInventedMid-1'], upTo: '2026-11-20T10:36:41.950Z' },
  ],
  messenger_pass_thread_control: [{ type: 'ignored', reason: 'Control of the thread: app 815530072214466.' }],
  ig_comment_added: [
    {
      type: 'message',
      direction: 'in',
      accountId: IG,
      eventKey: 'comment:17980011223344556:add',
      threadKey: `comment:${MEDIA}:${IGSID}`,
      author: { externalId: IGSID, handle: 'negar.rostamii' },
      post: { externalId: MEDIA, kind: 'FEED' },
      text: 'قیمتش چنده؟ 😍 می‌خواهم دو تا بخرم',
    },
  ],
  ig_comment_reply_added: [{ type: 'message', direction: 'in', parentExternalId: '17980011223344556' }],
  ig_comment_by_own_account: [
    {
      type: 'message',
      direction: 'out',
      parentExternalId: '17980011223344556',
      threadKey: 'message:17980011223344556',
    },
  ],
  ig_comment_by_own_account_withheld: [
    { type: 'message', direction: 'out', author: { externalId: IG }, threadKey: 'message:17980011223344556' },
  ],
  ig_comment_on_ad: [
    {
      type: 'message',
      post: { externalId: '18055500000000001', kind: 'AD', text: 'جشنوارهٔ یلدا' },
      meta: { adId: '120210001112220033', originalMediaId: MEDIA },
    },
  ],
  ig_live_comment: [{ type: 'message', subtype: 'live_comment', text: 'سلام از تبریز 👋' }],
  ig_mention_in_caption: [
    {
      type: 'message',
      subtype: 'mention',
      text: '',
      externalId: 'mention:18077700000000002',
      post: { externalId: '18077700000000002' },
    },
  ],
  ig_mention_in_comment: [
    {
      type: 'message',
      subtype: 'mention',
      externalId: 'mention:18077700000000001:17980077777777777',
      author: { externalId: 'withheld:17980077777777777' },
    },
  ],
  ig_dm_text: [{ type: 'message', direction: 'in', threadKey: `dm:${IGSID}`, threadKind: 'dm' }],
  ig_dm_image: [{ type: 'message', attachments: [{ kind: 'image' }] }],
  ig_dm_shared_post: [
    {
      type: 'message',
      attachments: [{ kind: 'share', name: 'سبد میوهٔ پاییزی', meta: { type: 'ig_post', postId: MEDIA } }],
    },
  ],
  ig_dm_story_reply: [
    {
      type: 'message',
      subtype: 'story_reply',
      text: 'این رنگش موجوده؟ 😍',
      attachments: [{ kind: 'story', meta: { storyId: '18088800000000001' } }],
    },
  ],
  ig_dm_story_mention: [{ type: 'message', subtype: 'story_mention', attachments: [{ kind: 'story' }] }],
  ig_dm_reply_to_message: [{ type: 'message', replyToExternalId: ig('E1') }],
  ig_dm_icebreaker_postback: [
    { type: 'message', subtype: 'postback', text: 'ساعت کاری شما؟', meta: { payload: 'FAQ_HOURS' } },
  ],
  ig_dm_echo: [{ type: 'message', direction: 'out', externalId: ig('E1'), contact: { externalId: IGSID } }],
  ig_dm_edited: [{ type: 'edit', externalId: ig('1'), version: 1, text: 'سلام، سه عدد موجود دارید؟' }],
  ig_dm_unsent: [{ type: 'delete', externalId: ig('1'), by: 'contact' }],
  ig_dm_unsupported: [{ type: 'message', subtype: 'placeholder' }],
  ig_dm_reaction_add: [{ type: 'reaction', externalId: ig('E1'), action: 'add', emoji: '❤️' }],
  ig_dm_reaction_removed: [{ type: 'reaction', externalId: ig('E1'), action: 'remove' }],
  ig_dm_seen: [{ type: 'receipt', status: 'read', externalIds: [ig('E1')] }],
  ig_batch: [
    { type: 'message', text: 'اول' },
    { type: 'message', text: 'دوم 😀' },
    { type: 'message', text: 'عالی 👌', threadKind: 'comment' },
    { type: 'message', text: '👏👏', author: { handle: 'amir_tvk' } },
  ],
  batch_mixed_pages: [
    { type: 'message', eventKey: 'mid:m_BatchInventedMid-2', occurredAt: '2026-11-20T10:40:00.200Z' },
    { type: 'message', eventKey: 'mid:m_BatchInventedMid-1', occurredAt: '2026-11-20T10:39:59.900Z' },
    { type: 'message', text: 'hi 👋', threadKey: 'dm:7990021188345670' },
    { type: 'message', text: 'first!' },
    { type: 'edit', text: 'first! 😅' },
    { type: 'message', text: 'صفحهٔ دوم 🍎', accountId: '109900112233445' },
  ],
};

const webhooks = readdirSync(FIXTURES)
  .filter((file) => file.endsWith('.json') && !/^(error|backfill)_/.test(file))
  .map((file) => file.slice(0, -'.json'.length));

describe('every recorded webhook', () => {
  it('has an expectation', () => expect(Object.keys(EXPECTED).toSorted()).toEqual(webhooks.toSorted()));

  it.each(Object.entries(EXPECTED))('%s', (name, expected) =>
    expect(parseMeta(load(name), OURS)).toMatchObject(expected),
  );

  it.each(['page_comment_added', 'messenger_text'])('%s says this and nothing more', (name) =>
    expect(parseMeta(load(name))).toEqual(EXPECTED[name]),
  );

  it.each(webhooks.filter((name) => name !== 'messenger_pass_thread_control'))('%s is fully understood', (name) =>
    expect(parseMeta(load(name)).map(({ type }) => type)).not.toContain('unsupported'),
  );

  it('gives every event a key of its own, over all samples', () => {
    const keys = webhooks
      .flatMap((name) => parseMeta(load(name)))
      .map(({ accountId, eventKey }) => `${accountId} ${eventKey}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('a comment whose author’s id is withheld', () => {
  const sample = load('ig_comment_by_own_account_withheld');
  const ours = { direction: 'out', author: { externalId: IG } };
  const somebody = { direction: 'in', author: { externalId: 'withheld:17980033333333334' } };

  it.each<[string, ParseContext, object]>([
    ['is ours by the account’s name', OURS, ours],
    ['is ours by the name as somebody typed it', filed(IG, ' @Sib_Sorkh'), ours],
    ['is somebody’s where another name is ours', filed(IG, 'sib_sorkh_shop'), somebody],
    ['is somebody’s where our name is not known', filed(IG), somebody],
    ['is somebody’s to another account', filed(PAGE, 'sib_sorkh'), somebody],
    ['is somebody’s at the door, where nobody knows for whom it is', {}, somebody],
  ])('%s', (_, context, expected) => {
    const [event] = parseMeta(sample, context);
    expect(event).toMatchObject(expected);
    expect(event!.eventKey).toBe('comment:17980033333333334:add');
  });
});

/** The same body as a later redelivery: only the envelope's time differs. */
function redelivered(body: unknown): unknown {
  const copy = structuredClone(body) as { entry: { time: number }[] };
  for (const entry of copy.entry) entry.time += 3600;
  return copy;
}

describe('keys', () => {
  const keysOf = (body: unknown) => parseMeta(body).map(({ eventKey }) => eventKey);

  it.each(webhooks)('%s keeps its keys when it comes again at another time', (name) =>
    expect(keysOf(redelivered(load(name)))).toEqual(keysOf(load(name))),
  );

  it('do not depend on the order of members', () => {
    const change = { field: 'ratings', value: { a: 1, b: [1, { c: 2, d: 3 }] } };
    const same = { value: { b: [1, { d: 3, c: 2 }], a: 1 }, field: 'ratings' };
    const body = (item: object) => ({ object: 'page', entry: [{ id: PAGE, time: 1, changes: [item] }] });
    expect(keysOf(body(change))).toEqual(keysOf(body(same)));
  });

  it('tell two edits of one comment apart', () => {
    const [first] = keysOf(load('page_comment_edited'));
    const other = JSON.parse(JSON.stringify(load('page_comment_edited')).replace('ممنون', 'سپاس')) as unknown;
    expect(keysOf(other)).not.toEqual([first]);
  });

  it('stay short enough to be indexed', () => {
    const long = { id: PAGE, messaging: [{ sender: { id: '1' }, recipient: { id: PAGE }, ['x'.repeat(5000)]: {} }] };
    const huge = {
      id: PAGE,
      messaging: [{ sender: { id: '1' }, recipient: { id: PAGE }, message: { mid: 'm'.repeat(9000), text: 'a' } }],
    };
    for (const event of parseMeta({ object: 'page', entry: [long, huge] })) {
      expect(event.type).toBe('unsupported');
      expect(event.eventKey.length).toBeLessThan(450);
    }
  });
});

describe('odd but readable', () => {
  const page = (entry: object) => ({ object: 'page', entry: [{ id: PAGE, time: 1795164125, ...entry }] });
  const dm = (over: object) =>
    page({ messaging: [{ sender: { id: PSID }, recipient: { id: PAGE }, timestamp: 1795170800101, ...over }] });
  const feed = (value: object) =>
    page({
      changes: [{ field: 'feed', value: { post_id: POST, comment_id: COMMENT, from: { id: NEGAR }, ...value } }],
    });

  it.each<[string, unknown, object[]]>([
    ['a top-level array', [load('messenger_text'), load('ig_dm_text')], [{ accountId: PAGE }, { accountId: IG }]],
    [
      'numeric ids and the old sender fields',
      {
        object: 'page',
        entry: {
          id: 104857213906412,
          changes: {
            field: 'feed',
            value: {
              item: 'comment',
              verb: 'add',
              comment_id: '1_2',
              post_id: '1',
              sender_id: 7311904458820163,
              sender_name: 'N',
              message: 'x',
            },
          },
        },
      },
      [{ accountId: PAGE, author: { externalId: NEGAR, name: 'N' } }],
    ],
    [
      'the flat form of the Instagram docs',
      {
        object: 'instagram',
        entry: [
          { id: IG, time: 1, field: 'comments', value: { id: '9', text: 'hi', media: { id: '8' }, from: { id: '7' } } },
        ],
      },
      [{ type: 'message', externalId: '9', post: { externalId: '8' } }],
    ],
    [
      'a comment without an author',
      feed({ item: 'comment', verb: 'add', message: 'x', from: undefined }),
      [{ author: { externalId: `withheld:${COMMENT}` }, direction: 'in' }],
    ],
    ['a comment with nothing in it', feed({ item: 'comment', verb: 'add' }), [{ subtype: 'placeholder', text: '' }]],
    [
      'several photos',
      feed({ item: 'comment', verb: 'add', photo: 'u1', photos: ['u1', 'u2'] }),
      [{ attachments: [{ url: 'u1' }, { url: 'u2' }] }],
    ],
    [
      'an unheard-of verb',
      feed({ item: 'comment', verb: 'follow' }),
      [{ type: 'unsupported', kind: 'page.feed.comment.follow', threadKey: NEGAR_THREAD }],
    ],
    [
      'an unheard-of item',
      feed({ item: 'album', verb: 'add' }),
      [{ type: 'unsupported', kind: 'page.feed.album.add' }],
    ],
    ['a reaction to a post', feed({ item: 'reaction', verb: 'add', comment_id: undefined }), [{ type: 'ignored' }]],
    [
      'a post of the Page',
      feed({ item: 'status', verb: 'add', comment_id: undefined, from: { id: PAGE } }),
      [{ type: 'ignored' }],
    ],
    [
      'a field we do not know',
      page({ changes: [{ field: 'ratings', value: {} }] }),
      [{ type: 'unsupported', kind: 'page.ratings' }],
    ],
    [
      'a messaging kind we do not know',
      dm({ optin: { ref: 'x' } }),
      [{ type: 'unsupported', kind: 'messaging.optin', threadKey: `dm:${PSID}`, threadKind: 'dm' }],
    ],
    [
      'two kinds in one object',
      dm({ message: { mid: 'm1', text: 'a' }, referral: {} }),
      [{ type: 'message' }, { type: 'identity', cameBack: true }],
    ],
    ['a message without mid', dm({ message: { text: 'a' } }), [{ type: 'unsupported', kind: 'messaging.message' }]],
    ['num_edit as text', dm({ message_edit: { mid: 'm1', text: 'b', num_edit: '2' } }), [{ type: 'edit', version: 2 }]],
    [
      'a guest of the chat plugin',
      dm({ sender: { user_ref: 'r1' }, message: { mid: 'm1', text: 'a' } }),
      [{ contact: { externalId: 'user_ref:r1' } }],
    ],
    [
      'a location',
      dm({
        message: {
          mid: 'm1',
          attachments: [{ type: 'location', payload: { coordinates: { lat: 35.7, long: 51.4 } } }],
        },
      }),
      [{ attachments: [{ kind: 'location', meta: { latitude: 35.7, longitude: 51.4 } }] }],
    ],
    [
      'an attachment we do not know',
      dm({ message: { mid: 'm1', attachments: [{ type: 'hologram' }] } }),
      [{ attachments: [{ kind: 'unknown', meta: { type: 'hologram' } }] }],
    ],
    [
      'a postback without mid',
      dm({ postback: { payload: 'P' } }),
      [{ type: 'message', text: 'P', externalId: expect.stringMatching(/^postback:8123/) as string }],
    ],
    ['NUL in the text', dm({ message: { mid: 'm1', text: 'a\u0000b' } }), [{ text: 'a\uFFFDb' }]],
    [
      'a message to oneself',
      dm({ sender: { id: PAGE }, message: { mid: 'm1', text: 'a', is_self: true } }),
      [{ type: 'ignored' }],
    ],
    [
      'WhatsApp, which is not ours to read',
      { object: 'whatsapp_business_account', entry: [{ id: '1' }] },
      [{ type: 'unsupported', kind: 'object.whatsapp_business_account' }],
    ],
  ])('%s', (_, body, expected) => expect(parseMeta(body)).toMatchObject(expected));

  it('another tool’s metadata is not taken for our message id', () => {
    const message = { mid: 'm1', text: 'a', is_echo: true, metadata: 'theirs' };
    const [event] = parseMeta(dm({ sender: { id: PAGE }, recipient: { id: PSID }, message }));
    expect(event).toMatchObject({ direction: 'out', meta: { metadata: 'theirs' } });
    expect(event).not.toHaveProperty('outboundMessageId');
  });
});

describe('anything at all', () => {
  const deep = (depth: number) => {
    let value: unknown = 'x';
    for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { value };
    return value;
  };
  const junk = [
    null,
    true,
    3.5,
    '',
    'text',
    [],
    [[]],
    {},
    { object: 'page' },
    { object: 'page', entry: 'x' },
    deep(100_000),
  ];

  it.each(junk.map((value, index) => [index, value]))('junk %# is kept, not thrown', (_, value) => {
    const events = parseMeta(value);
    expect(events.every(({ type }) => type === 'unsupported')).toBe(true);
    expect(events).toEqual(parseMeta(value));
  });

  it('strings no database takes do not get through, in names of kinds either', () => {
    const item = {
      sender: { id: '1' },
      recipient: { id: PAGE },
      'a\u0000': {},
      message: { mid: 'm', text: '\ud83d', referral: { ref: '\u0000', more: {} } },
    };
    expect(parseMeta({ object: 'page', entry: [{ id: PAGE, messaging: [item] }] })).toMatchObject([
      { type: 'unsupported', kind: 'messaging.a\uFFFD' },
      { type: 'message', text: '\uFFFD', meta: { referral: { ref: '\uFFFD' } } },
    ]);
  });

  it('survives every member of every sample being replaced by junk', () => {
    const replacements = [null, 0, 1e300, -1, '', 'x\u0000', '\ud83d', [], {}, [null], true, deep(50_000)];
    let parsed = 0;
    for (const name of webhooks) {
      const source = JSON.stringify(load(name));
      const count = source.split(':').length;
      for (let place = 0; place < count; place++) {
        const value = replacements[place % replacements.length];
        let seen = -1;
        const body: unknown = JSON.parse(source, (_key, item: unknown) => (++seen === place ? value : item));
        const events: InboundEvent[] = parseMeta(body);
        expect(events.length).toBeGreaterThan(0);
        // Postgres takes neither U+0000 nor half a surrogate pair.
        expect(JSON.stringify(events)).not.toMatch(/\\u0000|\\ud[89a-f]/);
        expect(events.map(({ eventKey }) => eventKey).join(' ')).not.toContain('undefined');
        parsed += 1;
      }
    }
    expect(parsed).toBeGreaterThan(500);
  });
});
