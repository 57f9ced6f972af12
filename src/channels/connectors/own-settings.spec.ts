import type { ThreadCapabilities } from '../capabilities';
import type { ChannelKind, ChannelSettings } from '../channel';
import { Connectors } from './registry';

const connectors = new Connectors();
const of = (kind: ChannelKind, settings?: ChannelSettings) => connectors.of(kind).capabilities(kind, settings);

describe('what a channel can do follows its own settings', () => {
  it.each<[ChannelKind, 'comment' | 'dm', ChannelSettings, Partial<ThreadCapabilities>]>([
    ['whatsapp', 'dm', { textLimit: 100 }, { textLimit: { max: 100, unit: 'characters' } }],
    ['whatsapp', 'dm', { captionLimit: 20 }, { captionLimit: { max: 20, unit: 'characters' } }],
    ['linkedin', 'comment', { textLimit: 900 }, { textLimit: { max: 900, unit: 'characters' } }],
    ['youtube', 'comment', { textLimit: 500 }, { textLimit: { max: 500, unit: 'characters' } }],
    ['x', 'comment', {}, { answersAddressedOnly: true, moderation: ['hide', 'unhide', 'delete'] }],
    ['x', 'comment', { enterprise: true }, { moderation: ['hide', 'unhide', 'delete', 'like', 'unlike'] }],
    ['api', 'dm', { deliveryUrl: 'http://here.test/' }, { reply: ['private'], moderation: [] }],
    ['api', 'comment', { deliveryUrl: 'http://here.test/' }, { reply: ['public'], privateReply: null, moderation: [] }],
    [
      'api',
      'comment',
      { deliveryUrl: 'http://here.test/', abilities: ['hide', 'private_reply', 'edit'] },
      { reply: ['public', 'private'], moderation: ['hide'], editSentMs: null },
    ],
    ['api', 'dm', { abilities: ['edit', 'delete'] }, { reply: [], moderation: [], attachments: [] }],
  ])('%s %s with %j', (kind, thread, settings, expected) => expect(of(kind, settings)[thread]).toMatchObject(expected));

  it('what a service does not list is not offered, an enterprise app is held back by nothing', () => {
    expect(of('api', { deliveryUrl: 'http://here.test/' }).dm?.editSentMs).toBeUndefined();
    expect(of('x', { enterprise: true }).comment?.answersAddressedOnly).toBeUndefined();
  });

  it('without settings each kind tells what is usual', () => {
    for (const kind of connectors.kinds)
      for (const thread of Object.values(of(kind))) expect(thread.textLimit.max).toBeGreaterThan(0);
    expect(of('whatsapp')).toEqual(of('whatsapp', {}));
  });
});
