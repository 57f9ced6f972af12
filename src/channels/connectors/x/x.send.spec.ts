import type { ChannelSettings } from '../../channel';
import type { OutboundMessage } from '../../sending';
import { mediaSource, permalinkOf } from './x.describe';
import { mayReply } from './x.reply-rule';
import { readPost } from './x.post';
import { refusalOf } from './x.send';
import { checkXSettings, X_CREDENTIALS, X_SETTINGS } from './x.settings';

const picture = { kind: 'image', url: 'http://files/1' };
const film = { kind: 'video', url: 'http://files/2' };

const message = (over: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: '1',
  threadKind: 'comment',
  visibility: 'public',
  text: 'سلام',
  attachments: [],
  recipientExternalId: '5',
  replyToExternalId: '9',
  window: 'standard',
  author: 'agent',
  ...over,
});
const DM = { threadKind: 'dm', visibility: 'private' } as const;

describe('what is not tried', () => {
  it.each<[string, Partial<OutboundMessage>, string | undefined]>([
    ['an ordinary reply', {}, undefined],
    ['280 Persian letters', { text: 'س'.repeat(280) }, undefined],
    ['281 Persian letters', { text: 'س'.repeat(281) }, 'text_too_long'],
    ['140 emoji', { text: '😊'.repeat(140) }, undefined],
    ['141 emoji', { text: '😊'.repeat(141) }, 'text_too_long'],
    [
      'a link of any length counts 23',
      { text: `${'a'.repeat(256)} https://sib.example/${'b'.repeat(300)}` },
      undefined,
    ],
    ['one letter more', { text: `${'a'.repeat(257)} https://sib.example/${'b'.repeat(300)}` }, 'text_too_long'],
    ['a long direct message', { ...DM, text: 'س'.repeat(2000) }, undefined],
    ['a private reply to a post', { visibility: 'private' }, 'capability_missing'],
    ['a template', { template: { name: 'a', language: 'fa', values: [] } }, 'capability_missing'],
    ['nothing', { text: ' ' }, 'empty'],
    ['a picture without words', { text: '', attachments: [picture] }, undefined],
    ['four pictures', { attachments: [picture, picture, picture, picture] }, undefined],
    ['five pictures', { attachments: [picture, picture, picture, picture, picture] }, 'split_required'],
    ['a film and a picture', { attachments: [film, picture] }, 'split_required'],
    ['two pictures in a message', { ...DM, attachments: [picture, picture] }, 'split_required'],
    ['a document', { attachments: [{ kind: 'file', url: 'http://files/3' }] }, 'attachment_refused'],
    ['one cashtag and a price', { text: '$SIB is at $12' }, undefined],
    ['two cashtags', { text: '$SIB and $GOLD' }, 'too_many_cashtags'],
    ['two cashtags in a message', { ...DM, text: '$SIB and $GOLD' }, undefined],
  ])('%s', (_, over, code) => expect(refusalOf({ settings: {} }, message(over))?.code).toBe(code));

  it('an enterprise plan knows no cashtags', () =>
    expect(refusalOf({ settings: { enterprise: true } }, message({ text: '$SIB and $GOLD' }))).toBeUndefined());
});

describe('who may be answered', () => {
  const US = '77';
  const may = (over: object, settings: ChannelSettings = {}, quotedAuthor?: string) => {
    const post = readPost(
      { id: '1', author_id: '5', text: '@us hello', ...over },
      { people: new Map(), media: new Map() },
    )!;
    return mayReply(post, { externalId: US, settings }, quotedAuthor);
  };
  const named = { entities: { mentions: [{ start: 0, end: 3, id: US }] } };
  const byX = { ...named, display_text_range: [4, 9] };

  it.each<[string, boolean, boolean]>([
    ['who named us', may(named), true],
    ['who named nobody', may({}), false],
    ['who only answered us', may(byX), true],
    ['who only answered us, where that does not count', may(byX, { countImplicitMentions: false }), false],
    ['who named us, where answering does not count', may(named, { countImplicitMentions: false }), true],
    ['who quoted us', may({}, {}, US), true],
    ['who quoted somebody', may({}, {}, '6'), false],
    ['ourselves', may({ author_id: US }), true],
  ])('%s', (_, is, should) => expect(is).toBe(should));
});

describe('files', () => {
  const credentials = { accessToken: 'secret' };
  const at = (url: string | undefined, settings: ChannelSettings = {}, kind = 'image') =>
    mediaSource({ settings }, { kind, url, messageExternalId: '1' }, credentials);
  const PRIVATE = 'https://ton.twitter.com/1.1/ton/data/dm/201/179/inv.jpg';

  it('of messages come through the API, with the token', () =>
    expect(at(PRIVATE)).toEqual({
      status: 'found',
      url: 'https://api.x.com/2/dm_conversations/media/201/179/inv.jpg',
      headers: { authorization: 'Bearer secret' },
      hosts: ['api.x.com'],
    }));

  it('or from where the event says', () =>
    expect(at(PRIVATE, { dmMediaByApi: false })).toMatchObject({
      url: PRIVATE,
      hosts: ['ton.twitter.com', 'ton.x.com'],
    }));

  it('of posts are public; the token goes nowhere else', () => {
    for (const url of [
      'https://pbs.twimg.com/media/1.jpg',
      'https://evil.example/dm/1/2/3',
      'https://ton.twitter.com.evil.example/dm/1/2/3',
    ])
      expect(at(url)).toEqual({ status: 'found', url, hosts: ['.twimg.com'] });
  });

  it('without an address there is none', () => {
    expect(at(undefined)).toMatchObject({ status: 'absent' });
    expect(at('not an address')).toMatchObject({ status: 'absent' });
    expect(at('https://x.com/i/status/1', {}, 'share')).toMatchObject({ status: 'absent' });
  });
});

it('says where a person sees it at X', () => {
  const channel = { externalId: '1777700011112222333' };
  expect(permalinkOf(channel, { threadKind: 'comment', messageExternalId: '9' })).toBe('https://x.com/i/status/9');
  expect(permalinkOf(channel, { threadKind: 'comment', postExternalId: '8' })).toBe('https://x.com/i/status/8');
  expect(permalinkOf(channel, { threadKind: 'comment' })).toBeUndefined();
  expect(permalinkOf(channel, { threadKind: 'dm', recipientExternalId: '205512340' })).toBe(
    'https://x.com/messages/205512340-1777700011112222333',
  );
});

describe('settings', () => {
  it.each<[string, ChannelSettings, string[]]>([
    ['none', {}, []],
    ['all defaults', Object.fromEntries(X_SETTINGS.map((field) => [field.name, field.default])), []],
    ['a mode nobody knows', { mode: 'stream' }, ['mode']],
    ['a number as text', { pollSeconds: '60' }, ['pollSeconds']],
    ['too often', { pollSeconds: 5, watchedPosts: 13 }, ['pollSeconds', 'watchedPosts']],
    ['a negative price', { postReadUsd: -1 }, ['postReadUsd']],
    ['a list as text', { eventTypes: 'dm.received' }, ['eventTypes']],
    ['somebody else’s setting', { colour: 'red' }, []],
  ])('%s', (_, settings, paths) => expect(checkXSettings(settings).map(({ path }) => path)).toEqual(paths));

  it('every secret has its explanation', () =>
    expect(X_CREDENTIALS.map(({ name, required }) => `${name}${required ? '!' : ''}`)).toEqual([
      'accessToken!',
      'refreshToken',
      'accessTokenExpiresAt',
      'clientId',
      'clientSecret',
      'scopes',
      'appSecret',
      'bearerToken',
    ]));
});
