import * as fc from 'fast-check';
import type { OutboundAttachment, OutboundMessage } from '../../sending';
import { telegramCapabilities } from './telegram.capabilities';
import { TelegramConnector } from './telegram.connector';
import { flavourOf } from './telegram.flavours';
import { paramsOf, planSend } from './telegram.send';

const message = (over: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: 'msg-1',
  threadKind: 'dm',
  visibility: 'private',
  text: 'سفارش شما فردا می‌رسد 🚚',
  attachments: [],
  recipientExternalId: '512345678',
  window: 'standard',
  author: 'agent',
  ...over,
});
const GROUP = '-1001600000002';
const comment = (over: Partial<OutboundMessage> = {}) =>
  message({ threadKind: 'comment', visibility: 'public', replyToExternalId: `${GROUP}:2002`, ...over });
const file = (kind: string, mimeType?: string, sizeBytes?: number): OutboundAttachment => ({
  kind,
  url: `https://files.example/${kind}`,
  ...(mimeType === undefined ? {} : { mimeType }),
  ...(sizeBytes === undefined ? {} : { sizeBytes }),
});

/** The call as it would go out, with every file by its address. */
function call(over: OutboundMessage, kind: 'telegram' | 'bale' = 'telegram') {
  const planned = planSend(flavourOf(kind), over);
  if ('status' in planned) return planned;
  const sources = planned.files.map(({ attachment }) => attachment.url);
  return { method: planned.method, ...paramsOf(flavourOf(kind), planned, sources) };
}

const text = 'سفارش شما فردا می‌رسد 🚚';
it.each<[string, OutboundMessage, object]>([
  ['plain text', message(), { method: 'sendMessage', chat_id: '512345678', text }],
  [
    'an answer to one message',
    message({ replyToExternalId: '512345678:101' }),
    { method: 'sendMessage', chat_id: '512345678', reply_parameters: { message_id: 101 }, text },
  ],
  [
    'an answer to a pressed button quotes nothing',
    message({ replyToExternalId: 'callback:512345678:2200' }),
    { method: 'sendMessage', chat_id: '512345678', text },
  ],
  [
    'a business account’s customer',
    message({ recipientExternalId: 'business:Biz01:512345678' }),
    { method: 'sendMessage', chat_id: '512345678', business_connection_id: 'Biz01', text },
  ],
  [
    'a business account’s customer known by the thread only',
    message({ thread: { conversationId: 'c', externalIds: ['business:Biz01:512345678:9001'] } }),
    { method: 'sendMessage', chat_id: '512345678', business_connection_id: 'Biz01', text },
  ],
  [
    'a comment’s answer goes to the group, whatever the post is called',
    comment({ postExternalId: '-1001500000001:55' }),
    { method: 'sendMessage', chat_id: GROUP, reply_parameters: { message_id: 2002 }, text },
  ],
  [
    'in a forum’s topic',
    comment({ postExternalId: `topic:${GROUP}:9` }),
    { method: 'sendMessage', chat_id: GROUP, message_thread_id: 9, reply_parameters: { message_id: 2002 }, text },
  ],
  [
    'a photo with words',
    message({ attachments: [file('image', 'image/jpeg', 1000)] }),
    { method: 'sendPhoto', chat_id: '512345678', photo: 'https://files.example/image', caption: text },
  ],
  [
    'a picture too large for a photo goes as a file',
    message({ text: '', attachments: [file('image', 'image/png', 11 * 1_048_576)] }),
    { method: 'sendDocument', chat_id: '512345678', document: 'https://files.example/image' },
  ],
  [
    'a picture of a kind photos are not',
    message({ text: '', attachments: [file('image', 'image/svg+xml')] }),
    { method: 'sendDocument', chat_id: '512345678', document: 'https://files.example/image' },
  ],
  [
    'a moving picture',
    message({ text: '', attachments: [file('image', 'image/gif')] }),
    { method: 'sendAnimation', chat_id: '512345678', animation: 'https://files.example/image' },
  ],
  [
    'a voice message',
    message({ text: '', attachments: [file('audio', 'audio/ogg; codecs=opus')] }),
    { method: 'sendVoice', chat_id: '512345678', voice: 'https://files.example/audio' },
  ],
  [
    'music',
    message({ text: '', attachments: [file('audio', 'audio/mpeg')] }),
    { method: 'sendAudio', chat_id: '512345678', audio: 'https://files.example/audio' },
  ],
  [
    'a video',
    message({ text: '', attachments: [file('video', 'video/mp4')] }),
    { method: 'sendVideo', chat_id: '512345678', video: 'https://files.example/video' },
  ],
  [
    'an album, its words under the first',
    message({ attachments: [file('image'), file('video')] }),
    {
      method: 'sendMediaGroup',
      chat_id: '512345678',
      media: [
        { type: 'photo', media: 'https://files.example/image', caption: text },
        { type: 'video', media: 'https://files.example/video' },
      ],
    },
  ],
])('%s', (_, over, expected) => expect(call(over)).toEqual(expected));

it('Bale names the quoted message in a field of its own', () => {
  expect(call(message({ replyToExternalId: '512345678:101' }), 'bale')).toEqual({
    method: 'sendMessage',
    chat_id: '512345678',
    reply_to_message_id: 101,
    text,
  });
});

it.each<[string, OutboundMessage, string]>([
  ['nothing', message({ text: '' }), 'empty'],
  ['4,097 units', message({ text: 'ا'.repeat(4097) }), 'text_too_long'],
  ['2,049 emoji, two units each', message({ text: '🚚'.repeat(2049) }), 'text_too_long'],
  ['1,025 units beside a file', message({ text: 'ا'.repeat(1025), attachments: [file('image')] }), 'text_too_long'],
  ['eleven files', message({ attachments: Array.from({ length: 11 }, () => file('image')) }), 'split_required'],
  ['a photo and a document', message({ attachments: [file('image'), file('file')] }), 'split_required'],
  ['two voices', message({ attachments: [file('audio', 'audio/ogg'), file('audio', 'audio/ogg')] }), 'split_required'],
  ['a sticker', message({ attachments: [file('sticker')] }), 'attachment_refused'],
  ['51 MB', message({ attachments: [file('file', undefined, 51 * 1_048_576)] }), 'attachment_refused'],
  ['a stranger', message({ recipientExternalId: '' }), 'recipient_not_found'],
  ['a private answer to a comment', comment({ visibility: 'private' }), 'capability_missing'],
  ['a public answer in a private chat', message({ visibility: 'public' }), 'capability_missing'],
  ['a comment that answers nothing', comment({ replyToExternalId: undefined }), 'no_target'],
])('%s is not tried', (_, over, code) => expect(call(over)).toMatchObject({ status: 'failed', code }));

it('4,096 units go', () => {
  expect(call(message({ text: '🚚'.repeat(2048) }))).toMatchObject({ method: 'sendMessage' });
});

it('texts go byte for byte, and a text is refused exactly when it is too long', () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 3000 });
  fc.assert(
    fc.property(
      fc.oneof(
        words,
        fc.nat(2100).map((n) => '👩‍👩‍👧'.repeat(n)),
      ),
      (written) => {
        const planned = call(message({ text: written }));
        const refused = written === '' || written.length > 4096;
        expect(planned).toMatchObject(refused ? { status: 'failed' } : { text: written });
      },
    ),
    { numRuns: 100, seed: 20261122 },
  );
});

it('says what each network can', () => {
  const { dm, comment: group } = telegramCapabilities(flavourOf('telegram'));
  expect(dm).toMatchObject({ reply: ['private'], botMayReply: true, replyWindowMs: null, editSentMs: null });
  expect(dm?.reads).toEqual(['edits', 'reactions', 'deletes']);
  expect(group).toMatchObject({ reply: ['public'], botMayReply: false });
  expect(group?.moderation).toEqual(['delete', 'like', 'unlike', 'block', 'unblock']);
  expect(telegramCapabilities(flavourOf('bale')).dm).toMatchObject({ reads: ['edits'], moderation: ['delete'] });
});

describe('settings', () => {
  const connector = new TelegramConnector();
  it('the defaults pass their own check', () => {
    for (const kind of connector.kinds) {
      const defaults = Object.fromEntries(connector.settingFields(kind).map((field) => [field.name, field.default]));
      expect(connector.checkSettings(kind, defaults)).toEqual([]);
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['mode', { mode: 'push' }],
    ['pollTimeoutSeconds', { pollTimeoutSeconds: 51 }],
    ['maxConnections', { maxConnections: 0 }],
    ['rateLimitSeconds', { rateLimitSeconds: '2' }],
    ['allowedUpdates', { allowedUpdates: 'message' }],
    ['ownIds', { ownIds: ['@sibsorkh'] }],
  ])('a wrong %s is named', (path, settings) => {
    expect(connector.checkSettings('telegram', settings)).toMatchObject([{ path }]);
  });

  it('asks for a token and makes the secret itself', () => {
    expect(connector.credentialFields('bale')).toMatchObject([
      { name: 'accessToken', required: true },
      { name: 'appSecret', required: false, generated: true },
    ]);
  });

  it('knows where a comment can be seen', () => {
    const channel = { id: 'c', workspaceId: 'w', kind: 'telegram' as const, externalId: '7', settings: {} };
    const link = (messageExternalId: string) => connector.permalink(channel, { messageExternalId });
    expect(link(`${GROUP}:2002`)).toBe('https://t.me/c/1600000002/2002');
    expect(link('512345678:101')).toBeUndefined();
    expect(connector.permalink({ ...channel, kind: 'bale' }, { messageExternalId: `${GROUP}:1` })).toBeUndefined();
  });
});
