import type { InboundAttachment, InboundEvent } from '../inbox/conversations/inbound-event';
import type { ChannelCapabilities } from './capabilities';
import { metaCapabilities } from './connectors/meta/meta.capabilities';
import { withKeeping } from './keeping';

const HOUR_MS = 3_600_000;
const DAY = { forMs: 24 * HOUR_MS, reason: 'story_expired' };

const message = (attachments: InboundAttachment[], over: Partial<InboundEvent> = {}) =>
  ({
    type: 'message',
    eventKey: 'mid:1',
    accountId: '1',
    threadKey: 'dm:2',
    threadKind: 'dm',
    direction: 'in',
    externalId: '1',
    author: { externalId: '2' },
    text: '',
    attachments,
    ...over,
  }) as InboundEvent;

const kept = (event: InboundEvent, capabilities: ChannelCapabilities) => {
  const told = withKeeping(event, capabilities);
  return told.type === 'message' || told.type === 'edit'
    ? told.attachments?.map(({ keep }) => keep ?? null)
    : undefined;
};

describe('how long a file may be kept', () => {
  it.each<[string, InboundEvent, ChannelCapabilities, unknown]>([
    ['a story on Instagram: a day', message([{ kind: 'story' }]), metaCapabilities('instagram'), [DAY]],
    ['a story in Messenger: a day', message([{ kind: 'story' }]), metaCapabilities('facebook'), [DAY]],
    [
      'as long as the channel was told',
      message([{ kind: 'story' }]),
      metaCapabilities('instagram', { storyHours: 6 }),
      [{ ...DAY, forMs: 6 * HOUR_MS }],
    ],
    [
      'only the story among the files',
      message([{ kind: 'image' }, { kind: 'story' }, { kind: 'video' }]),
      metaCapabilities('instagram'),
      [null, DAY, null],
    ],
    [
      'what an edit brings, as well',
      message([{ kind: 'story' }], { type: 'edit' } as Partial<InboundEvent>),
      metaCapabilities('instagram'),
      [DAY],
    ],
    ['a network without such a rule', message([{ kind: 'story' }]), {}, [null]],
    [
      'a kind of thread without such a rule',
      message([{ kind: 'story' }], { threadKind: 'comment' } as Partial<InboundEvent>),
      metaCapabilities('instagram'),
      [null],
    ],
  ])('%s', (_, event, capabilities, expected) => expect(kept(event, capabilities)).toEqual(expected));

  it('leaves alone what brings no file', () => {
    const plain = message([]);
    expect(withKeeping(plain, metaCapabilities('instagram'))).toBe(plain);
  });
});
