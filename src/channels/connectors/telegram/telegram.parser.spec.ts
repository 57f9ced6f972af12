import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ParseContext } from '../../door';
import { parseTelegram } from './telegram.parser';

const FIXTURES = join(__dirname, '__fixtures__');
const load = (name: string): unknown => JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as unknown;
const samples = readdirSync(FIXTURES)
  .map((name) => name.replace(/\.json$/, ''))
  .filter((name) => !/^(error|response)_/.test(name));

const BOT = '7011223344';
const context = (over: Partial<NonNullable<ParseContext['channel']>> = {}): ParseContext => ({
  channel: { kind: 'telegram', externalId: BOT, settings: {}, ...over },
});
const parse = (body: unknown, over = {}) => parseTelegram(body, context(over));

const NEGAR = '512345678';
const negar = { externalId: NEGAR, name: 'نگار رستمی', handle: 'negar_rostami', locale: 'fa' };
const AMIR = '623456789';
const CHANNEL = '-1001500000001';
const GROUP = '-1001600000002';
const CONNECTION = 'BizConnInvented01';
const business = `business:${CONNECTION}:${NEGAR}`;
const at = (seconds: number) => new Date(seconds * 1000).toISOString();

const dm = (id: number, over: object) => [
  {
    type: 'message',
    direction: 'in',
    accountId: BOT,
    eventKey: `msg:${NEGAR}:${id}`,
    externalId: `${NEGAR}:${id}`,
    threadKey: `dm:${NEGAR}`,
    threadKind: 'dm',
    author: negar,
    contact: negar,
    ...over,
  },
];
const file = (kind: string, type: string, over: object = {}, meta: object = {}) => ({
  kind,
  ...over,
  meta: { type, ...meta },
});
const post = {
  externalId: `${CHANNEL}:55`,
  kind: 'channel_post',
  text: 'جشنوارهٔ یلدا شروع شد 🍉',
  permalink: 'https://t.me/sibsorkh/55',
  publishedAt: at(1795166100),
};
const copied = { type: 'post', eventKey: `copy:${GROUP}:2001`, post, aliases: [`${GROUP}:2001`] };

/** Every update sample and what a person would expect to see of it. */
const EXPECTED: Record<string, object[]> = {
  private_text: dm(101, {
    text: 'سلام 👋 سفارش من ۱۲۰۴۵ کِی می‌رسد؟',
    attachments: [],
    occurredAt: '2026-11-20T09:13:20.000Z',
  }),
  private_text_with_entities: dm(102, { text: 'ببینید: https://sibsorkh.example/o/12045 😊' }),
  private_photo_with_caption: dm(103, {
    text: 'این میوه‌ها له شده‌اند 😔',
    attachments: [
      file(
        'image',
        'photo',
        { sizeBytes: 141200 },
        { fileId: 'AgACAgQAAxkBAAInventedX', fileUniqueId: 'AQADInv001X', width: 1280, height: 960 },
      ),
    ],
  }),
  album_part_1_of_2: dm(104, { text: 'دو عکس', groupKey: `album:dm:${NEGAR}:13900000000000001` }),
  album_part_2_of_2: dm(105, { text: '', groupKey: `album:dm:${NEGAR}:13900000000000001` }),
  private_document: dm(106, {
    text: '',
    attachments: [
      file(
        'file',
        'document',
        { name: 'فاکتور.pdf', mimeType: 'application/pdf', sizeBytes: 88213 },
        { fileId: 'BQACAgQAAxkBAAInventedD', fileUniqueId: 'AgADInvD1' },
      ),
    ],
  }),
  private_voice: dm(107, {
    attachments: [
      file(
        'audio',
        'voice',
        { mimeType: 'audio/ogg', sizeBytes: 21044 },
        { fileId: 'AwACAgQAAxkBAAInventedV', fileUniqueId: 'AgADInvV1', durationSeconds: 7 },
      ),
    ],
  }),
  private_sticker: dm(108, {
    attachments: [
      file(
        'sticker',
        'sticker',
        { sizeBytes: 18000 },
        {
          fileId: 'CAACAgQAAxkBAAInventedK',
          fileUniqueId: 'AgADInvK1',
          width: 512,
          height: 512,
          emoji: '😂',
          setName: 'InventedSet',
        },
      ),
    ],
  }),
  private_contact_shared: dm(109, {
    author: { ...negar, phone: '+989121112233' },
    contact: { ...negar, phone: '+989121112233' },
    attachments: [{ kind: 'contact', name: 'نگار رستمی', meta: { phone: '+989121112233', userId: NEGAR, own: true } }],
    replyToExternalId: `${NEGAR}:99`,
  }),
  private_location: dm(110, {
    attachments: [{ kind: 'location', meta: { latitude: 35.699734, longitude: 51.338057 } }],
  }),
  start_deep_link: dm(100, {
    text: '/start site_widget_7f3a',
    subtype: 'postback',
    meta: { command: 'start', payload: 'site_widget_7f3a' },
  }),
  unsupported_kind_dice: dm(113, { text: '', attachments: [], subtype: 'placeholder', meta: { kind: 'dice' } }),
  edited_message: [
    {
      type: 'edit',
      externalId: `${NEGAR}:101`,
      eventKey: expect.stringMatching(new RegExp(`^edit:${NEGAR}:101:1795166070:[0-9a-f]{24}$`)) as string,
      threadKey: `dm:${NEGAR}`,
      text: 'سلام 👋 سفارش من ۱۲۰۴۶ کِی می‌رسد؟ (اصلاح شد)',
      version: 1795166070,
      author: negar,
      direction: 'in',
      occurredAt: at(1795166070),
    },
  ],
  callback_query: dm(0, {
    eventKey: 'callback:2200000000000000001',
    externalId: `callback:${NEGAR}:2200000000000000001`,
    text: 'کارشناس',
    subtype: 'postback',
    replyToExternalId: `${NEGAR}:112`,
    meta: { payload: 'faq:agent', callbackQueryId: '2200000000000000001' },
  }),
  my_chat_member_user_blocked_bot: [
    {
      type: 'identity',
      eventKey: `member:${NEGAR}:1795166080:member:kicked`,
      threadKey: `dm:${NEGAR}`,
      person: negar,
      reachable: false,
    },
  ],
  my_chat_member_bot_added_to_group: [
    { type: 'ignored', reason: 'The bot is now "member" in "گفتگوی سیب‌سرخ".', threadKey: `group:${GROUP}` },
  ],
  message_reaction_added: [
    {
      type: 'reaction',
      externalId: `${NEGAR}:98`,
      actorExternalId: NEGAR,
      action: 'add',
      reaction: '❤',
      emoji: '❤',
      threadKey: `dm:${NEGAR}`,
      occurredAt: at(1795166180),
    },
  ],
  message_reaction_removed: [
    { type: 'reaction', externalId: `${NEGAR}:98`, actorExternalId: NEGAR, action: 'remove', reaction: '❤' },
  ],
  message_reaction_count_on_channel: [{ type: 'ignored' }],
  channel_post: [{ type: 'post', eventKey: `post:${CHANNEL}:55`, threadKey: `post:${CHANNEL}:55`, post }],
  edited_channel_post: [
    {
      type: 'post',
      eventKey: expect.stringMatching(new RegExp(`^post:${CHANNEL}:55:1795166130:[0-9a-f]{24}$`)) as string,
      post: { ...post, text: 'جشنوارهٔ یلدا تا ۳۰ آذر 🍉' },
      occurredAt: at(1795166130),
    },
  ],
  discussion_auto_forward_of_channel_post: [copied],
  discussion_comment_on_channel_post: [
    copied,
    {
      type: 'message',
      direction: 'in',
      eventKey: `msg:${GROUP}:2002`,
      externalId: `${GROUP}:2002`,
      threadKey: `comment:${GROUP}:2001:${AMIR}`,
      threadKind: 'comment',
      author: { externalId: AMIR, name: 'Amir', locale: 'en' },
      text: 'ارسال به کرج هم دارید؟ می‌خواهم دو سبد 🧺',
      post: { ...post, externalId: `${GROUP}:2001` },
    },
  ],
  discussion_reply_to_comment: [
    {
      type: 'message',
      threadKey: `comment:${GROUP}:2001:${NEGAR}`,
      externalId: `${GROUP}:2003`,
      parentExternalId: `${GROUP}:2002`,
      post: { externalId: `${GROUP}:2001` },
    },
  ],
  business_connection_enabled: [{ type: 'ignored', reason: 'Linked to the business account of Amir.' }],
  business_message: [
    {
      type: 'message',
      direction: 'in',
      eventKey: `msg:${business}:9001`,
      externalId: `${business}:9001`,
      threadKey: business,
      threadKind: 'dm',
      author: { ...negar, externalId: business, aliases: [NEGAR] },
      text: 'سلام از حساب تجاری 🌷',
    },
  ],
  deleted_business_messages: [9001, 9002].map((id) => ({
    type: 'delete',
    eventKey: `msg:${business}:${id}:deleted`,
    externalId: `${business}:${id}`,
    threadKey: business,
    by: 'unknown',
  })),
  batch_getUpdates_response: [
    ...dm(115, { text: 'اول' }),
    ...dm(116, { text: 'دوم 😀' }),
    { type: 'edit', externalId: `${NEGAR}:115`, text: 'اول (ویرایش‌شده)', version: 1795166352 },
  ],
};

describe('samples', () => {
  it('covers every update sample', () => expect(Object.keys(EXPECTED).toSorted()).toEqual(samples));

  it.each(samples)('%s', (name) => {
    const events = parse(load(name));
    expect(events).toMatchObject(EXPECTED[name]!);
    expect(events).toHaveLength(EXPECTED[name]!.length);
  });

  it('a comment directly under a post answers no other comment', () => {
    const [, comment] = parse(load('discussion_comment_on_channel_post'));
    expect(comment).not.toHaveProperty('parentExternalId');
    expect(comment).not.toHaveProperty('replyToExternalId');
    expect(comment).not.toHaveProperty('threadAliases');
  });

  it('has one key per event, and the same ones each time', () => {
    const keys = samples.flatMap((name) => parse(load(name)).map(({ eventKey }) => eventKey));
    // A comment brings along the copy that also came by itself; the batch repeats nothing else.
    expect(keys.length - new Set(keys).size).toBe(1);
    expect(samples.flatMap((name) => parse(load(name)).map(({ eventKey }) => eventKey))).toEqual(keys);
  });

  it('keys do not depend on settings, channel, flavour or the number of the update', () => {
    for (const name of samples) {
      const keys = (body: unknown, ctx: ParseContext) => parseTelegram(body, ctx).map(({ eventKey }) => eventKey);
      const body = load(name);
      const renumbered = JSON.parse(JSON.stringify(body), (key, value: unknown) =>
        key === 'update_id' ? 5 : value,
      ) as unknown;
      const here = keys(body, context());
      expect(keys(renumbered, context())).toEqual(here);
      expect(keys(body, {})).toEqual(here);
      expect(keys(body, context({ kind: 'bale', settings: { ownIds: [NEGAR] } }))).toEqual(here);
    }
  });
});

interface Message {
  message_id: number;
  [field: string]: unknown;
}

let nextId = 5000;
const person = { id: Number(NEGAR), is_bot: false, first_name: 'نگار' };
const inGroup = (over: Record<string, unknown> = {}): Message => ({
  message_id: nextId++,
  date: 1795166500,
  from: person,
  chat: { id: Number(GROUP), title: 'گفتگو', type: 'supergroup' },
  text: 'سلام',
  ...over,
});
const inPrivate = (over: Record<string, unknown> = {}): Message => ({
  message_id: nextId++,
  date: 1795166500,
  from: person,
  chat: { ...person, type: 'private' },
  ...over,
});
const told = (message: Message, over = {}) => parse({ update_id: 1, message }, over)[0]!;

describe('groups', () => {
  it('a message in a plain group belongs to its author’s thread under the group', () => {
    expect(told(inGroup())).toMatchObject({
      threadKey: `group:${GROUP}:${NEGAR}`,
      post: { externalId: GROUP, kind: 'group', text: 'گفتگو' },
      direction: 'in',
    });
  });

  it('what a person says to an answer in a plain group belongs to what they asked', () => {
    const asked = inGroup();
    const root = asked.message_id;
    const answer = inGroup({ from: { id: Number(BOT), is_bot: true }, message_thread_id: root });
    const thanks = told(inGroup({ message_thread_id: root, reply_to_message: answer }));
    const thread = `comment:${GROUP}:${root}:${NEGAR}`;
    expect(told(asked)).toMatchObject({ threadKey: `group:${GROUP}:${NEGAR}`, threadAliases: [thread] });
    expect(thanks).toMatchObject({ threadKey: thread });
    expect(thanks).not.toHaveProperty('threadAliases');
  });

  it('who answers somebody else’s message in a plain group speaks in their own thread there', () => {
    const asked = inGroup({ from: { id: 8, first_name: 'Omar' } });
    const reply = told(inGroup({ message_thread_id: asked.message_id, reply_to_message: asked }));
    expect(reply).toMatchObject({
      threadKey: `group:${GROUP}:${NEGAR}`,
      threadAliases: [`comment:${GROUP}:${asked.message_id}:${NEGAR}`],
      parentExternalId: `${GROUP}:${asked.message_id}`,
      post: { externalId: GROUP },
    });
  });

  it('comments of one person under two posts never meet', () => {
    const under = (thread: number) => {
      const comment = inGroup({ message_thread_id: thread, from: { id: 8, first_name: 'Omar' } });
      return told(inGroup({ message_thread_id: thread, reply_to_message: comment }));
    };
    const names = [under(2001), under(2101)].flatMap(({ threadKey, threadAliases = [] }) => [
      threadKey,
      ...threadAliases,
    ]);
    expect(names).toEqual([`comment:${GROUP}:2001:${NEGAR}`, `comment:${GROUP}:2101:${NEGAR}`]);
  });

  it('a basic group has no threads to speak of', () => {
    const chat = { id: -500, title: 'گروه', type: 'group' };
    expect(told(inGroup({ chat }))).not.toHaveProperty('threadAliases');
  });

  it('a forum’s topic is a post of its own', () => {
    expect(told(inGroup({ message_thread_id: 9, is_topic_message: true }))).toMatchObject({
      threadKey: `topic:${GROUP}:9:${NEGAR}`,
      post: { externalId: `topic:${GROUP}:9`, kind: 'topic' },
    });
  });

  const anonymous = { from: { id: 1087968824, is_bot: true }, sender_chat: { id: Number(GROUP), title: 'گفتگو' } };
  it.each<[string, Record<string, unknown>, object]>([
    ['an anonymous administrator speaks as the group', anonymous, {}],
    ['a colleague under their own name', { from: { id: 42, first_name: 'Ada' } }, { settings: { ownIds: ['42'] } }],
    ['the bot itself', { from: { id: Number(BOT), is_bot: true } }, {}],
  ])('%s: that is us, in the thread of whom they answer', (_, speaker, over) => {
    const asked = inGroup({ message_thread_id: 2001 });
    const answer = inGroup({ ...speaker, message_thread_id: 2001, reply_to_message: asked });
    expect(told(answer, over)).toMatchObject({
      direction: 'out',
      contact: { externalId: NEGAR },
      threadKey: `comment:${GROUP}:2001:${NEGAR}`,
      parentExternalId: `${GROUP}:${asked.message_id}`,
    });
  });

  it('the channel commenting on its own post is us, a foreign channel is somebody', () => {
    const comment = load('discussion_comment_on_channel_post') as { message: Message };
    const as = (id: string) => ({
      update_id: 1,
      message: {
        ...comment.message,
        from: { id: 136817688, is_bot: true },
        sender_chat: { id: Number(id), title: 'T' },
      },
    });
    expect(parse(as(CHANNEL)).at(-1)).toMatchObject({ direction: 'out' });
    const foreign = parse(as('-1009')).at(-1);
    expect(foreign).toMatchObject({ direction: 'in', author: { externalId: '-1009', name: 'T' } });
    expect(foreign).not.toHaveProperty('opensWork');
  });

  it('another bot opens no work, so that two bots never talk for ever', () => {
    expect(told(inGroup({ from: { id: 77, is_bot: true, first_name: 'B' } }))).toMatchObject({ opensWork: false });
  });

  it('what happens in the chat is no message', () => {
    expect(told(inGroup({ text: undefined, new_chat_members: [person] }))).toMatchObject({
      type: 'ignored',
      reason: 'Something happened in the chat: new_chat_members.',
    });
  });

  it('a group that moves is one group, whichever side tells', () => {
    const chat = { id: -500, title: 'گروه', type: 'group' };
    const moved = { id: -1001600000099, title: 'گروه', type: 'supergroup' };
    const old = told(inGroup({ chat, text: undefined, migrate_to_chat_id: -1001600000099 }));
    const fresh = told(inGroup({ chat: moved, text: undefined, migrate_from_chat_id: -500 }));
    expect(old).toMatchObject({ type: 'post', post: { externalId: '-1001600000099' }, aliases: ['-500'] });
    expect(fresh.eventKey).toBe(old.eventKey);
  });

  it('an edited copy of a post changes the post', () => {
    const copy = load('discussion_auto_forward_of_channel_post') as { message: Message };
    const edited = { ...copy.message, edit_date: 1795166200, text: 'نو' };
    expect(parse({ update_id: 2, edited_message: edited })).toMatchObject([
      { type: 'post', post: { externalId: `${CHANNEL}:55`, text: 'نو' }, aliases: [`${GROUP}:2001`] },
    ]);
    const [original] = parse(copy);
    expect(parse({ update_id: 2, edited_message: edited })[0]!.eventKey).not.toBe(original!.eventKey);
  });
});

describe('private chats', () => {
  it.each<[string, object, string | undefined]>([
    ['one’s own card vouches', { phone_number: '989121112233', user_id: Number(NEGAR) }, '+989121112233'],
    ['somebody else’s card does not', { phone_number: '989121112233', user_id: 5 }, undefined],
    ['a card of nobody does not', { phone_number: '989121112233' }, undefined],
    ['nor does what is no number', { phone_number: 'call me', user_id: Number(NEGAR) }, undefined],
  ])('%s', (_, contact, phone) => {
    const event = told(inPrivate({ contact }));
    expect(event.type === 'message' ? event.author.phone : 'no message').toBe(phone);
  });

  it.each<[string, Record<string, unknown>, object]>([
    [
      'an animation is one video, not a document as well',
      { animation: { file_id: 'a' }, document: { file_id: 'a' } },
      { attachments: [{ kind: 'video', meta: { type: 'animation' } }] },
    ],
    [
      'a venue is one place',
      {
        location: { latitude: 1, longitude: 2 },
        venue: { location: { latitude: 1, longitude: 2 }, title: 'باغ', address: 'کرج' },
      },
      { attachments: [{ kind: 'location', name: 'باغ', meta: { address: 'کرج' } }] },
    ],
    [
      'a poll is text',
      { poll: { question: 'کِی؟', options: [{ text: 'شنبه' }, { text: 'یکشنبه' }] } },
      { text: 'کِی؟\n– شنبه\n– یکشنبه' },
    ],
    [
      'a link behind words is told',
      { text: 'اینجا', entities: [{ type: 'text_link', url: 'https://x.example/' }] },
      { meta: { links: ['https://x.example/'] } },
    ],
    [
      'an answer to a story',
      { text: 'زیبا', reply_to_story: { id: 3, chat: { id: -1005 } } },
      { subtype: 'story_reply', attachments: [{ kind: 'story', meta: { storyId: '3' } }] },
    ],
    [
      'a forwarded message says from whom',
      { text: 'ببین', forward_origin: { type: 'user', sender_user: { id: 8, first_name: 'Omar' }, date: 1795166000 } },
      { meta: { forwarded: { type: 'user', from: 'Omar', fromId: '8' } } },
    ],
    ['a kind of tomorrow is seen', { hologram: { file: 1 } }, { subtype: 'placeholder', meta: { kind: 'hologram' } }],
    ['a bare start', { text: '/start' }, { subtype: 'postback', meta: { command: 'start' } }],
    ['a sentence is no start', { text: '/start with this' }, { text: '/start with this' }],
  ])('%s', (_, over, expected) => {
    const event = told(inPrivate(over));
    expect(event).toMatchObject(expected);
  });

  it('on Bale what entities claim is not told', () => {
    const entities = [{ type: 'text_link', url: 'https://x.example/' }];
    expect(told(inPrivate({ text: 'اینجا', entities }), { kind: 'bale' })).not.toHaveProperty('meta');
  });

  it('the owner of a business account answering by phone is us, and edits stay apart from the bot’s chats', () => {
    const owner = { id: 623456789, first_name: 'Amir' };
    const message = { ...inPrivate({ text: 'فردا' }), from: owner, business_connection_id: CONNECTION };
    expect(parse({ update_id: 1, business_message: message })).toMatchObject([
      { direction: 'out', author: { externalId: AMIR }, contact: { externalId: business }, threadKey: business },
    ]);
    const edited = { ...message, edit_date: 1795166600 };
    expect(parse({ update_id: 1, edited_business_message: edited })).toMatchObject([
      { type: 'edit', externalId: `${business}:${message.message_id}`, direction: 'out' },
    ]);
  });

  it('an edit without another text has another key than one with', () => {
    const message = inPrivate({ text: 'یک', edit_date: 7 });
    const keyOf = (over: object) => parse({ edited_message: { ...message, ...over } })[0]!.eventKey;
    expect(keyOf({})).toBe(keyOf({ link_preview_options: { is_disabled: true } }));
    expect(keyOf({})).not.toBe(keyOf({ text: 'دو' }));
  });

  it('a business message that does not say whose is not taken for one of the bot’s chat', () => {
    expect(parse({ update_id: 1, business_message: inPrivate({ text: 'x' }) })).toMatchObject([
      { type: 'unsupported', kind: 'business_message' },
    ]);
  });

  it('an edited part of an album takes no words away from the others', () => {
    const part = inPrivate({ photo: [{ file_id: 'a' }], media_group_id: '1', edit_date: 7 });
    expect(parse({ edited_message: part })).toMatchObject([{ type: 'ignored' }]);
    expect(parse({ edited_message: { ...part, caption: 'نو' } })).toMatchObject([{ type: 'edit', text: 'نو' }]);
  });

  it('of several reactions the newest counts', () => {
    const reaction = (names: string[]) => names.map((emoji) => ({ type: 'emoji', emoji }));
    const message_reaction = {
      chat: { id: Number(NEGAR), type: 'private' },
      message_id: 3,
      user: person,
      date: 1795166600,
      old_reaction: reaction(['👍']),
      new_reaction: reaction(['😡', '👍']),
    };
    expect(parse({ message_reaction })).toMatchObject([{ action: 'add', emoji: '😡' }]);
  });
});

describe('anything at all', () => {
  const deep = (depth: number) => {
    let value: unknown = 'x';
    for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { value };
    return value;
  };

  it.each([null, true, 3.5, '', 'text', [], [[]], {}, { update_id: 1 }, { ok: true, result: [] }, deep(100_000)])(
    'junk %# is kept, not thrown',
    (value) => {
      const events = parse(value);
      expect(events.length).toBeGreaterThan(0);
      expect(events.every(({ type }) => type === 'unsupported')).toBe(true);
      expect(events).toEqual(parse(value));
    },
  );

  it('a known message beside an unknown neighbour survives', () => {
    const { message } = load('private_text') as { message: unknown };
    expect(parse({ update_id: 1, hologram: { x: 1 }, message, __proto__x: 1 })).toMatchObject([
      { type: 'message', externalId: `${NEGAR}:101` },
      { type: 'unsupported', kind: 'hologram __proto__x' },
    ]);
  });

  it('names of an object’s own machinery are only names', () => {
    const body = JSON.parse('{"update_id":1,"__proto__":{"message":{}},"constructor":{},"toString":{}}') as unknown;
    expect(parse(body)).toMatchObject([{ type: 'unsupported' }]);
    expect(({} as Record<string, unknown>)['message']).toBeUndefined();
  });

  it('survives any member of any sample being replaced by anything', () => {
    const sources = samples.map((name) => JSON.stringify(load(name)));
    const junk = fc.oneof(
      fc.constantFrom<unknown>(null, 0, -1, 1e300, '', 'x\u0000', '\ud83d', [], {}, [null], true, 'x'.repeat(5000)),
      fc.jsonValue({ maxDepth: 3 }),
      fc.constant(deep(20_000)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.nat(200), junk, (source, place, value) => {
        let seen = -1;
        const target = place % source.split(':').length;
        const body: unknown = JSON.parse(source, (_key, item: unknown) => (++seen === target ? value : item));
        const events: InboundEvent[] = parse(body);
        expect(events.length).toBeGreaterThan(0);
        // Postgres takes neither U+0000 nor half a surrogate pair.
        expect(JSON.stringify(events)).not.toMatch(/\\u0000|\\ud[89a-f]/);
        for (const { eventKey, threadKey } of events) {
          expect(eventKey).not.toContain('undefined');
          expect(Math.max(eventKey.length, threadKey.length)).toBeLessThanOrEqual(500);
        }
        expect(events).toEqual(parse(body));
      }),
      { numRuns: 400, seed: 20261122 },
    );
  });
});
