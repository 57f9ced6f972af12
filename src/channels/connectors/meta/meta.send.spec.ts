import type { ConnectedChannel } from '../../channel';
import type { OutboundMessage } from '../../sending';
import { metaCapabilities } from './meta.capabilities';
import { planSend } from './meta.send';

const channel = (kind: 'facebook' | 'instagram'): ConnectedChannel => ({
  id: 'channel-1',
  workspaceId: 'harbour',
  kind,
  externalId: 'account',
  settings: {},
});

const message = (over: Partial<OutboundMessage>): OutboundMessage => ({
  id: 'msg-1',
  threadKind: 'dm',
  visibility: 'private',
  text: 'سلام',
  attachments: [],
  recipientExternalId: 'omar',
  window: 'standard',
  author: 'agent',
  ...over,
});
const comment = (over: Partial<OutboundMessage>) =>
  message({ threadKind: 'comment', visibility: 'public', replyToExternalId: 'c1', postExternalId: 'p1', ...over });

it.each<[string, 'facebook' | 'instagram', OutboundMessage, string[], object]>([
  [
    'a direct message carries our id',
    'facebook',
    message({}),
    ['account', 'messages'],
    { recipient: { id: 'omar' }, messaging_type: 'RESPONSE', message: { text: 'سلام', metadata: 'outbox:msg-1' } },
  ],
  [
    'a human after 24 hours',
    'instagram',
    message({ window: 'human_window' }),
    ['account', 'messages'],
    {
      recipient: { id: 'omar' },
      messaging_type: 'MESSAGE_TAG',
      tag: 'HUMAN_AGENT',
      message: { text: 'سلام', metadata: 'outbox:msg-1' },
    },
  ],
  [
    'a picture by itself',
    'facebook',
    message({ text: '', attachments: [{ kind: 'image', url: 'https://x/y.png' }] }),
    ['account', 'messages'],
    {
      recipient: { id: 'omar' },
      messaging_type: 'RESPONSE',
      message: {
        attachment: { type: 'image', payload: { url: 'https://x/y.png', is_reusable: false } },
        metadata: 'outbox:msg-1',
      },
    },
  ],
  ['a public reply', 'facebook', comment({}), ['c1', 'comments'], { message: 'سلام' }],
  [
    'a reply to a reply hangs under the first comment',
    'facebook',
    comment({ replyToParentExternalId: 'c0' }),
    ['c0', 'comments'],
    { message: 'سلام' },
  ],
  [
    'the post as parent is not a target',
    'facebook',
    comment({ replyToParentExternalId: 'p1' }),
    ['c1', 'comments'],
    { message: 'سلام' },
  ],
  [
    'an answer to a visitor’s post',
    'facebook',
    comment({ replyToExternalId: 'p1' }),
    ['p1', 'comments'],
    { message: 'سلام' },
  ],
  [
    'a public reply on Instagram',
    'instagram',
    comment({ replyToParentExternalId: 'c0' }),
    ['c0', 'replies'],
    { message: 'سلام' },
  ],
  [
    'an answer to a mention in a comment',
    'instagram',
    comment({ replyToExternalId: 'mention:m9:c9' }),
    ['account', 'mentions'],
    { message: 'سلام', media_id: 'm9', comment_id: 'c9' },
  ],
  [
    'an answer to a mention in a caption',
    'instagram',
    comment({ replyToExternalId: 'mention:m9' }),
    ['account', 'mentions'],
    { message: 'سلام', media_id: 'm9' },
  ],
  [
    'a private reply has no messaging type',
    'facebook',
    comment({ visibility: 'private' }),
    ['account', 'messages'],
    { recipient: { comment_id: 'c1' }, message: { text: 'سلام', metadata: 'outbox:msg-1' } },
  ],
  [
    'a private reply to a visitor’s post',
    'facebook',
    comment({ visibility: 'private', replyToExternalId: 'p1' }),
    ['account', 'messages'],
    { recipient: { post_id: 'p1' }, message: { text: 'سلام', metadata: 'outbox:msg-1' } },
  ],
])('%s', (_, kind, sent, path, body) =>
  expect(planSend(channel(kind), sent)).toMatchObject({ call: { method: 'POST', path, body } }),
);

const picture = { kind: 'image', url: 'https://x/y.png' };

it.each<[string, 'facebook' | 'instagram', OutboundMessage, string]>([
  ['a public answer in a direct thread', 'facebook', message({ visibility: 'public' }), 'capability_missing'],
  [
    'the bot in the window meant for humans',
    'facebook',
    message({ author: 'bot', window: 'human_window' }),
    'window_closed',
  ],
  ['2,001 characters on Messenger', 'facebook', message({ text: 'ی'.repeat(2001) }), 'text_too_long'],
  ['501 Persian letters on Instagram', 'instagram', message({ text: 'ی'.repeat(501) }), 'text_too_long'],
  [
    'a private reply as long as a comment may be',
    'facebook',
    comment({ visibility: 'private', text: 'x'.repeat(2001) }),
    'text_too_long',
  ],
  ['nothing at all', 'facebook', message({ text: '' }), 'empty'],
  ['a text with a picture', 'facebook', message({ attachments: [picture] }), 'split_required'],
  [
    'a picture under an Instagram comment',
    'instagram',
    comment({ text: '', attachments: [picture] }),
    'attachment_refused',
  ],
  ['a comment reply without its comment', 'facebook', comment({ replyToExternalId: undefined }), 'no_target'],
  [
    'a private reply without its comment',
    'instagram',
    comment({ visibility: 'private', replyToExternalId: undefined }),
    'no_target',
  ],
  ['a person without an id', 'facebook', message({ recipientExternalId: '' }), 'recipient_not_found'],
])('%s is refused before any call', (_, kind, sent, code) =>
  expect(planSend(channel(kind), sent)).toMatchObject({ status: 'failed', code }),
);

it.each<['facebook' | 'instagram', string, number]>([
  ['facebook', 'ی', 2000],
  ['facebook', '😀', 2000],
  ['instagram', 'ی', 500],
  ['instagram', '😀', 250],
])('%s takes %s %d times', (kind, letter, times) => {
  expect(planSend(channel(kind), message({ text: letter.repeat(times) }))).toHaveProperty('call');
  expect(planSend(channel(kind), message({ text: letter.repeat(times + 1) }))).toHaveProperty('code', 'text_too_long');
});

it('allows both networks one private reply within seven days', () => {
  for (const kind of ['facebook', 'instagram'] as const) {
    expect(metaCapabilities(kind).comment?.privateReply).toMatchObject({ perComment: 1, withinMs: 604_800_000 });
  }
  expect(metaCapabilities('webchat')).toEqual({});
});
