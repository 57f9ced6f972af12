import type { InboundMessage } from './inbound-event';
import { activityOf, type MessageItem, place } from './intake-plan';
import type { LockedConversation, MessageRow } from './intake-rows';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 12, 0, seconds));

/** What was said in one conversation, `in` by the customer and `out` by us, as one batch in this order. */
function activity(said: [direction: 'in' | 'out', second: number][], before: Partial<LockedConversation> = {}) {
  const times = (direction: string) => said.filter(([d]) => d === direction).map(([, second]) => at(second));
  const latest = (dates: (Date | null | undefined)[]) =>
    dates.reduce<Date | null>((last, date) => (date && (!last || date > last) ? date : last), null);
  // as `messageRow` leaves it: the conversation has seen the whole batch
  const conversation = {
    id: 'thread',
    lastInboundAt: latest([before.lastInboundAt, ...times('in')]),
    lastOutboundAt: latest([before.lastOutboundAt, ...times('out')]),
  } as LockedConversation;
  const m = { item: { channel: { teamId: null } }, message: {} } as MessageItem;
  const [thread] = activityOf(
    said.map(([direction, second]) => ({
      m,
      conversation,
      row: {
        direction,
        text: `${direction} ${second}`,
        networkAt: at(second),
        receivedAt: at(59),
        deletedAt: null,
      } as MessageRow,
    })),
  );
  return thread!;
}

describe('what a batch means for the ticket', () => {
  it.each<[string, Parameters<typeof activity>, object]>([
    ['a question', [[['in', 1]]], { calls: [at(1)], answered: false, preview: 'in 1' }],
    [
      'a question and its answer',
      [
        [
          ['in', 1],
          ['out', 2],
        ],
      ],
      { calls: [at(1)], answered: true, spokeAt: at(2), preview: 'out 2' },
    ],
    [
      'the same, the answer first',
      [
        [
          ['out', 2],
          ['in', 1],
        ],
      ],
      { calls: [at(1)], answered: true, preview: 'out 2' },
    ],
    [
      'an answer between two questions',
      [
        [
          ['in', 1],
          ['in', 3],
          ['out', 2],
        ],
      ],
      { answered: false, preview: 'in 3' },
    ],
    ['an answer later than a newer question', [[['out', 2]], { lastInboundAt: at(3) }], { calls: [], answered: false }],
    ['an answer to what was said before', [[['out', 4]], { lastInboundAt: at(3) }], { calls: [], answered: true }],
    [
      'our word of long ago',
      [[['in', 5]], { lastOutboundAt: at(4) }],
      { calls: [at(5)], spokeAt: null, lastSpokeAt: at(4) },
    ],
  ] as [string, Parameters<typeof activity>, object][])('%s', (_, told, expected) =>
    expect(activity(...told)).toMatchObject(expected),
  );
});

describe('where our own comment belongs', () => {
  const own = {
    direction: 'out',
    externalId: 'r',
    threadKey: 'message:c',
    author: { externalId: 'page' },
  } as InboundMessage;
  const item = { channel: { id: 'page', workspaceId: 'harbour' }, event: { type: 'message' } } as MessageItem['item'];
  const known = (conversationId: string | null) =>
    new Map([
      [
        'page\nc',
        {
          channelId: 'page',
          externalId: 'c',
          messageId: null,
          conversationId,
          deletedAt: null,
          madeByEdit: false,
          form: 0,
        },
      ],
    ]);

  it.each([
    ['nowhere without a parent', own, known(null), new Map<string, string>(), null],
    [
      'with the parent of this batch',
      { ...own, parentExternalId: 'c' },
      new Map(),
      new Map([['page\nc', 'comment:p:a']]),
      { threadKey: 'comment:p:a' },
    ],
    [
      'with a parent we know',
      { ...own, parentExternalId: 'c' },
      known('thread'),
      new Map(),
      { conversation: { id: 'thread' } },
    ],
    ['later, when the parent comes', { ...own, parentExternalId: 'c' }, known(null), new Map(), { waitsFor: 'c' }],
  ] as const)('%s', (_, message, before, threads, expected) => {
    expect({ placed: place(item, message, before, threads) }).toMatchObject({ placed: expected });
  });
});
