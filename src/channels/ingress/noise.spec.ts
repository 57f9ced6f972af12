import type { InboundMessage } from '../../inbox/conversations/inbound-event';
import { withoutNoise } from './noise';

const comment = (text: string, over: Partial<InboundMessage> = {}): InboundMessage => ({
  type: 'message',
  accountId: '1',
  eventKey: 'comment:1:add',
  threadKey: 'comment:1:2',
  threadKind: 'comment',
  direction: 'in',
  externalId: '1',
  author: { externalId: '2' },
  text,
  attachments: [],
  ...over,
});
const isNoise = (event: InboundMessage, settings = {}) => withoutNoise(event, settings) !== event;

it('a comment of names and tags is filed without work, and keeps its words', () => {
  expect(withoutNoise(comment('@sara @omid 😍 #قرعه_کشی'), {})).toMatchObject({
    subtype: 'tag_only',
    opensWork: false,
    text: '@sara @omid 😍 #قرعه_کشی',
  });
});

it.each([
  ['a question among the tags', comment('@sara قیمت؟')],
  ['a mood', comment('😍😍')],
  ['a picture with a tag', comment('@sara', { attachments: [{ kind: 'image' }] })],
  ['a direct message', comment('@sara', { threadKind: 'dm' })],
  ['our own word', comment('@sara', { direction: 'out' })],
  ['a mention of the account', comment('@harbour', { subtype: 'mention' })],
])('%s stays work', (_, event) => expect(isNoise(event)).toBe(false));

it('a channel may want them all', () => expect(isNoise(comment('@sara'), { tagOnlyIsWork: true })).toBe(false));
