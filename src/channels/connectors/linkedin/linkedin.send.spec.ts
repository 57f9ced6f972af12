import type { ConnectedChannel } from '../../channel';
import type { OutboundMessage } from '../../sending';
import { commentCall, refusalOf, sendCall } from './linkedin.send';
import { checkLinkedInSettings, LINKEDIN_SETTINGS } from './linkedin.settings';
import { commentUrn, encoded, organizationId } from './linkedin.urns';

const channel = (settings: object = {}): ConnectedChannel => ({
  id: '1',
  workspaceId: 'harbour',
  kind: 'linkedin',
  externalId: '96072893',
  settings: { ...settings },
});
const message = (over: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: '01JD0001',
  threadKind: 'comment',
  visibility: 'public',
  text: 'می‌رسد (فردا) 🚚',
  attachments: [],
  recipientExternalId: 'urn:li:person:negarP8S',
  window: 'standard',
  author: 'agent',
  ...over,
});
const TOP = commentUrn('urn:li:comment:(urn:li:activity:1,2)')!;

it('a reply goes to the activity, under the comment, in words as they were written', () =>
  expect(sendCall(channel(), message(), { top: TOP })).toEqual({
    method: 'POST',
    path: '/socialActions/urn%3Ali%3Aactivity%3A1/comments',
    body: {
      actor: 'urn:li:organization:96072893',
      object: 'urn:li:activity:1',
      message: { text: 'می‌رسد (فردا) 🚚' },
      parentComment: 'urn:li:comment:(urn:li:activity:1,2)',
    },
  }));

it('or to the comment, where the setting says so', () =>
  expect(sendCall(channel({ replyTarget: 'comment' }), message(), { top: TOP }).path).toBe(
    '/socialActions/urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A1%2C2%29/comments',
  ));

it('an answer to a mention is a comment on that post', () =>
  expect(sendCall(channel(), message(), { post: 'urn:li:share:9' })).toMatchObject({
    path: '/socialActions/urn%3Ali%3Ashare%3A9/comments',
    body: { object: 'urn:li:share:9' },
  }));

it('a comment is addressed by activity and number, and says for whom', () =>
  expect(commentCall('DELETE', TOP, 'urn:li:organization:96072893')).toEqual({
    method: 'DELETE',
    path: '/socialActions/urn%3Ali%3Aactivity%3A1/comments/2',
    query: 'actor=urn%3Ali%3Aorganization%3A96072893',
  }));

it.each<[string, Partial<OutboundMessage>, string, object]>([
  ['a direct message', { threadKind: 'dm', visibility: 'private' }, 'capability_missing', {}],
  ['a private reply', { visibility: 'private' }, 'capability_missing', {}],
  ['an attachment', { attachments: [{ kind: 'image', url: 'https://x' }] }, 'attachment_refused', {}],
  ['nothing', { text: ' \n ' }, 'empty', {}],
  ['1,251 letters', { text: 'ب'.repeat(1251) }, 'text_too_long', {}],
  ['more than the channel’s own limit', { text: 'ب'.repeat(11) }, 'text_too_long', { textLimit: 10 }],
])('%s is refused', (_, over, code, settings) =>
  expect(refusalOf(channel(settings), message(over))).toMatchObject({ status: 'failed', code, fix: 'agent' }),
);

it('1,250 letters outside the BMP are taken: characters count, not UTF-16 units', () =>
  expect(refusalOf(channel(), message({ text: '🍎'.repeat(1250) }))).toBeUndefined());

describe('names', () => {
  const LONG = 'urn:li:comment:(urn:li:activity:7094637247890620418,7094977717598625792)';
  it.each([
    LONG,
    'urn:li:comment:(activity:7094637247890620418,7094977717598625792)',
    encodeURIComponent(LONG),
    encoded(LONG),
  ])('%s is one comment', (value) => expect(commentUrn(value)?.urn).toBe(LONG));

  it.each(['urn:li:comment:7094977717598625792', 'urn:li:share:1', '%E0%A4%A', '', null, 12])('%s is none', (value) =>
    expect(commentUrn(value)).toBeUndefined(),
  );

  it('a URN is encoded once, punctuation and all', () =>
    expect(encoded('urn:li:comment:(urn:li:activity:1,2)')).toBe(
      'urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A1%2C2%29',
    ));

  it('a page by number or URN', () => {
    expect(organizationId('urn:li:organization:5')).toBe('5');
    expect(organizationId('5')).toBe('5');
    expect(organizationId('urn:li:person:5')).toBeUndefined();
  });
});

it('settings are checked, and their own defaults pass', () => {
  expect(
    checkLinkedInSettings({ linkedinVersion: '2026-07', pullFrom: 'x', pollMinutes: -1 }).map(({ path }) => path),
  ).toEqual(['linkedinVersion', 'pullFrom', 'pollMinutes']);
  const defaults = Object.fromEntries(LINKEDIN_SETTINGS.map((field) => [field.name, field.default]));
  expect(checkLinkedInSettings(defaults)).toEqual([]);
});
