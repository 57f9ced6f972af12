import { capabilitiesFor, type ThreadCapabilities } from '../channels/capabilities';
import { metaCapabilities } from '../channels/connectors/meta/meta.capabilities';
import { decideSend, decideTiming, partsOf, type SendFacts, windowOf } from './send-rules';

const HOUR = 3_600_000;
const now = new Date('2026-11-22T12:00:00.000Z');
const ago = (hours: number, ms = 0) => new Date(now.getTime() - hours * HOUR + ms);
const facebook = metaCapabilities('facebook');
const instagram = metaCapabilities('instagram');

const dm = (over: Partial<SendFacts> = {}): SendFacts => ({
  capabilities: facebook.dm,
  kind: 'dm',
  author: 'agent',
  visibility: 'private',
  text: 'سلام',
  attachments: [],
  lastInboundAt: ago(1),
  comment: null,
  ...over,
});
const comment = (over: Partial<SendFacts> = {}, about: Partial<NonNullable<SendFacts['comment']>> = {}): SendFacts =>
  dm({
    capabilities: facebook.comment,
    kind: 'comment',
    visibility: 'public',
    comment: { at: ago(1), deleted: false, privateReplies: 0, ...about },
    ...over,
  });
const verdict = (facts: SendFacts) => {
  const decision = decideSend(facts, now);
  return 'refusal' in decision ? decision.refusal.reason : decision.window;
};

const image = { kind: 'image' };

const addressed: ThreadCapabilities = { ...facebook.comment!, answersAddressedOnly: true };
const captioned: ThreadCapabilities = {
  ...facebook.dm!,
  partsTogether: 2,
  captionLimit: { max: 10, unit: 'characters' },
};
const onAir = capabilitiesFor(instagram.comment!, { subtype: 'live_comment', postKind: null });
/** A comment under a broadcast that began `hours` ago. */
const live = (
  over: Partial<SendFacts>,
  hours = 1,
  endedAt: Date | null = null,
  about: Partial<NonNullable<SendFacts['comment']>> = {},
) => comment({ capabilities: onAir, ...over }, { broadcast: { from: ago(hours), endedAt }, ...about });

it.each<[string, SendFacts, string]>([
  ['a direct message within a day', dm(), 'standard'],
  ['the last millisecond of the day', dm({ lastInboundAt: ago(24, 1) }), 'standard'],
  ['a day to the millisecond', dm({ lastInboundAt: ago(24) }), 'human_window'],
  ['the last millisecond of the week', dm({ lastInboundAt: ago(168, 1) }), 'human_window'],
  ['a week to the millisecond', dm({ lastInboundAt: ago(168) }), 'window_closed'],
  ['a person who never wrote', dm({ lastInboundAt: null }), 'window_closed'],
  ['a person who blocked the channel', dm({ recipientUnreachable: true }), 'recipient_unreachable'],
  ['in public to a person who blocked the channel', comment({ recipientUnreachable: true }), 'standard'],
  ['an address nobody has confirmed', dm({ recipientUnconfirmed: true }), 'recipient_unconfirmed'],
  ['a bot within a day', dm({ author: 'bot' }), 'standard'],
  ['a bot after a day', dm({ author: 'bot', lastInboundAt: ago(25) }), 'window_for_humans_only'],
  ['a bot in public', comment({ author: 'bot' }), 'bot_may_not_reply'],
  ['a channel that cannot be answered', dm({ capabilities: undefined }), 'not_possible_here'],
  ['in public to a direct message', dm({ visibility: 'public' }), 'not_possible_here'],
  ['nothing but blanks', dm({ text: ' \n\t' }), 'empty'],
  ['a picture without words', dm({ text: '', attachments: [image] }), 'standard'],
  ['a picture with words', dm({ attachments: [image] }), 'split_required'],
  ['two pictures', dm({ text: '', attachments: [image, image] }), 'split_required'],
  ['a kind of file that is not taken', comment({ attachments: [{ kind: 'video' }] }), 'attachment_refused'],
  [
    'a picture of the largest size',
    dm({ text: '', attachments: [{ kind: 'image', sizeBytes: 25 * 1_048_576 }] }),
    'standard',
  ],
  [
    'a byte more',
    dm({ text: '', attachments: [{ kind: 'image', sizeBytes: 25 * 1_048_576 + 1 }] }),
    'attachment_refused',
  ],
  ['a picture with words under a comment', comment({ attachments: [image] }), 'standard'],
  ['two pictures under a comment', comment({ text: '', attachments: [image, image] }), 'split_required'],
  ['2,000 characters, each two UTF-16 units', dm({ text: '🚚'.repeat(2000) }), 'standard'],
  ['2,001 characters', dm({ text: 'آ'.repeat(2001) }), 'text_too_long'],
  ['1,000 bytes to Instagram', dm({ capabilities: instagram.dm, text: 'آ'.repeat(500) }), 'standard'],
  ['1,002 bytes to Instagram', dm({ capabilities: instagram.dm, text: 'آ'.repeat(501) }), 'text_too_long'],
  ['an answer to a comment of last year', comment({}, { at: ago(9000) }), 'standard'],
  ['an answer to a comment that is gone', comment({}, { deleted: true }), 'comment_deleted'],
  ['an answer to nothing', comment({ comment: null }), 'nothing_to_answer'],
  ['a private reply', comment({ visibility: 'private' }), 'standard'],
  ['a second private reply', comment({ visibility: 'private' }, { privateReplies: 1 }), 'private_reply_used'],
  ['a private reply after a week', comment({ visibility: 'private' }, { at: ago(168) }), 'private_reply_expired'],
  ['a private reply with a picture', comment({ visibility: 'private', attachments: [image] }), 'split_required'],
  ['a private reply of a picture', comment({ visibility: 'private', text: '', attachments: [image] }), 'empty'],
  ['in public to a live comment', live({}), 'live_private_only'],
  ['in public to a live comment, when it is over', live({}, 1, ago(0, -1)), 'live_private_only'],
  ['in public by the bot to a live comment', live({ author: 'bot' }), 'live_private_only'],
  ['in private by the bot to a live comment', live({ author: 'bot', visibility: 'private' }), 'bot_may_not_reply'],
  ['in private while the broadcast runs', live({ visibility: 'private' }), 'standard'],
  ['in private when the network told that it is over', live({ visibility: 'private' }, 1, ago(0)), 'live_over'],
  ['in private the millisecond before', live({ visibility: 'private' }, 1, ago(0, 1)), 'standard'],
  ['in private after the longest broadcast', live({ visibility: 'private' }, 4), 'live_over'],
  [
    'a second private reply to a live comment',
    live({ visibility: 'private' }, 1, null, { privateReplies: 1 }),
    'private_reply_used',
  ],
  ['a public answer under a post that is no broadcast', comment({ capabilities: instagram.comment }), 'standard'],
  [
    'an answer to a hidden comment that takes none',
    comment({ capabilities: instagram.comment }, { hidden: true }),
    'comment_hidden',
  ],
  [
    'in private to a hidden comment',
    comment({ capabilities: instagram.comment, visibility: 'private' }, { hidden: true }),
    'standard',
  ],
  ['an answer to a hidden comment elsewhere', comment({}, { hidden: true }), 'standard'],
  ['an answer to whoever addressed nobody', comment({ capabilities: addressed }, { mayReply: false }), 'not_addressed'],
  ['an answer to whoever may be answered', comment({ capabilities: addressed }, { mayReply: true }), 'standard'],
  ['an answer where nobody knows', comment({ capabilities: addressed }, { mayReply: null }), 'standard'],
  ['an answer to whoever addressed nobody, where all may be', comment({}, { mayReply: false }), 'standard'],
  [
    'a text that is too long beside a file',
    dm({ capabilities: captioned, text: 'x'.repeat(11), attachments: [image] }),
    'split_required',
  ],
  [
    'a text as long as goes beside a file',
    dm({ capabilities: captioned, text: 'x'.repeat(10), attachments: [image] }),
    'standard',
  ],
  ['the long text alone', dm({ capabilities: captioned, text: 'x'.repeat(11) }), 'standard'],
  // the comment's own limit is 8,000; what goes to the inbox has the inbox's
  ['a public answer of 2,001 characters', comment({ text: 'a'.repeat(2001) }), 'standard'],
  ['a private reply of 2,001 characters', comment({ visibility: 'private', text: 'a'.repeat(2001) }), 'text_too_long'],
])('%s', (_, facts, expected) => expect(verdict(facts)).toBe(expected));

it('says when a window closed and what a length was', () => {
  expect(decideSend(dm({ lastInboundAt: ago(200) }), now)).toMatchObject({
    refusal: { facts: { closedAt: ago(200 - 168) } },
  });
  expect(decideSend(dm({ text: 'x'.repeat(2001) }), now)).toMatchObject({
    refusal: { facts: { length: 2001, max: 2000, unit: 'characters', parts: 2 } },
  });
  const once = decideSend(comment({ visibility: 'private', text: 'x'.repeat(2001) }), now);
  expect('refusal' in once && once.refusal.facts).toEqual({ length: 2001, max: 2000, unit: 'characters' });
});

const templated: ThreadCapabilities = { ...facebook.dm!, templates: true };
it.each<[string, Partial<SendFacts>, string]>([
  ['after the window', { lastInboundAt: ago(1000) }, 'standard'],
  ['to a person who never wrote', { lastInboundAt: null }, 'standard'],
  ['with a rendered text beyond the limit', { text: 'x'.repeat(3000) }, 'standard'],
  ['where there are none', { capabilities: facebook.dm }, 'template_not_possible'],
  ['by the bot', { author: 'bot' }, 'template_not_possible'],
  ['in public', { visibility: 'public' }, 'not_possible_here'],
])('a template %s', (_, over, expected) =>
  expect(verdict(dm({ capabilities: templated, template: true, ...over }))).toBe(expected),
);

describe('a reply in parts', () => {
  const plan = (
    capabilities: ThreadCapabilities,
    text: string,
    attachments: string[] = [],
    kind: 'comment' | 'dm' = 'dm',
  ) =>
    partsOf(capabilities, { kind, visibility: kind === 'dm' ? 'private' : 'public', text, attachments }).map((part) => [
      part.text,
      ...part.attachments,
    ]);
  const short: ThreadCapabilities = { ...facebook.dm!, textLimit: { max: 10, unit: 'characters' } };

  it.each<[string, ThreadCapabilities, string, string[], string[][]]>([
    ['what fits is one', short, 'hello', [], [['hello']]],
    ['nothing stays nothing', short, ' ', [], [[' ']]],
    ['a long text', short, 'hello dear friend', [], [['hello dear'], ['friend']]],
    ['each alone where nothing is joined', short, 'hello', ['a', 'b'], [['hello'], ['a'], ['b']]],
    ['a picture alone', short, '', ['a'], [['', 'a']]],
    [
      'two joined',
      { ...short, partsTogether: 2 },
      'hello dear friend',
      ['a', 'b'],
      [['hello dear'], ['friend', 'a'], ['', 'b']],
    ],
    [
      'a text too long to go along',
      captioned,
      'hello dear friend',
      ['a', 'b'],
      [['hello dear friend'], ['', 'a'], ['', 'b']],
    ],
    ['all joined', { ...short, partsTogether: undefined }, 'hello', ['a', 'b'], [['hello', 'a', 'b']]],
  ])('%s', (_, capabilities, text, attachments, expected) => {
    const blank = (list: string[][]) => list.map(([first, ...rest]) => (first === '' ? rest : [first, ...rest]));
    expect(blank(plan(capabilities, text, attachments))).toEqual(blank(expected));
  });

  it('never two private replies', () => {
    const text = 'x'.repeat(5000);
    expect(partsOf(facebook.comment!, { kind: 'comment', visibility: 'private', text, attachments: [] })).toEqual([
      { text, attachments: [] },
    ]);
  });
});

it.each<[string, ThreadCapabilities | undefined, Date | null, object]>([
  ['open', facebook.dm, ago(1), { kind: 'standard', closesAt: ago(1 - 24) }],
  ['for humans', facebook.dm, ago(30), { kind: 'human', closesAt: ago(30 - 168) }],
  ['closed', facebook.dm, ago(170), { kind: 'closed', closesAt: ago(170 - 168) }],
  ['never open', facebook.dm, null, { kind: 'closed', closesAt: null }],
  ['no window', undefined, ago(1), { kind: 'none', closesAt: null }],
])('shows the console a window that is %s', (_, capabilities, at, expected) =>
  expect(windowOf(capabilities, 'dm', at, now)).toEqual(expected),
);

it.each<[string, { subtype: string | null; postKind: string | null }, boolean]>([
  ['a comment that says so', { subtype: 'live_comment', postKind: null }, true],
  ['a comment that was read, under what is one', { subtype: null, postKind: 'LIVE' }, true],
  ['a comment under a post', { subtype: null, postKind: 'FEED' }, false],
])('%s is known as one of a broadcast, or not', (_, message, expected) =>
  expect(capabilitiesFor(instagram.comment!, message).underBroadcast ?? false).toBe(expected),
);

it('how long a broadcast is taken to run at most is the channel’s setting', () => {
  const short = metaCapabilities('instagram', { liveMinutes: 30 }).comment!;
  const capabilities = capabilitiesFor(short, { subtype: 'live_comment', postKind: null });
  expect(verdict(live({ capabilities, visibility: 'private' }, 0.4))).toBe('standard');
  expect(verdict(live({ capabilities, visibility: 'private' }, 0.5))).toBe('live_over');
});

it.each<[string, SendFacts, string]>([
  ['a message within a day', dm(), 'standard'],
  ['one that waited until the day was over', dm({ lastInboundAt: ago(30) }), 'human_window'],
  ['one of a bot that waited as long', dm({ author: 'bot', lastInboundAt: ago(30) }), 'window_for_humans_only'],
  ['one that waited for a week', dm({ lastInboundAt: ago(168) }), 'window_closed'],
  ['a template that waited for a week', dm({ lastInboundAt: ago(168), template: true }), 'standard'],
  ['a public answer, whenever', comment({}, { at: ago(9000) }), 'standard'],
  // the one private reply is this one
  ['a private reply in time', comment({ visibility: 'private' }, { privateReplies: 1 }), 'standard'],
  [
    'a private reply after its seven days',
    comment({ visibility: 'private' }, { at: ago(168), privateReplies: 1 }),
    'private_reply_expired',
  ],
  [
    'a private reply when the broadcast has ended',
    live({ visibility: 'private' }, 0.2, ago(0.1), { privateReplies: 1 }),
    'live_over',
  ],
  ['what is longer than is taken now', dm({ text: 'آ'.repeat(2001) }), 'standard'],
])('time decides anew: %s', (_, facts, expected) => {
  const decision = decideTiming(facts, now);
  expect('refusal' in decision ? decision.refusal.reason : decision.window).toBe(expected);
});
