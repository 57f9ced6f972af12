import type { DomainEvent } from '../outbox/domain-event';
import { clientEventOf, groupByAudience } from './client-event';

const event = (position: number, audience: string[]): DomainEvent => ({
  workspaceId: 'w',
  position,
  at: new Date('2026-11-22T02:00:00Z'),
  type: 'message.noted',
  data: { seq: position },
  actor: { kind: 'agent', id: 'a' },
  ticketId: 't',
  conversationId: 'c',
  contactId: null,
  messageId: 'm',
  audience,
  requestId: 'r',
});

describe('grouping by audience', () => {
  it.each([
    ['nothing', [], []],
    ['neighbours for the same rooms go together', ['a b', 'a b', 'c'], [[1, 2], [3]]],
    ['the order is worth more than the packet', ['a', 'b', 'a'], [[1], [2], [3]]],
    ['no rooms is not all rooms', ['', 'a'], [[1], [2]]],
  ])('%s', (_, audiences, expected) => {
    const events = audiences.map((rooms, n) => event(n + 1, rooms.split(' ').filter(Boolean)));
    expect(groupByAudience(events).map((group) => group.events.map((each) => each.position))).toEqual(expected);
  });
});

it('a client event says everything but who else hears of it', () => {
  const { audience, requestId, ...shown } = clientEventOf(event(4, ['leads'])) as unknown as Record<string, unknown>;
  expect([audience, requestId]).toEqual([undefined, undefined]);
  expect(shown).toMatchObject({
    position: 4,
    type: 'message.noted',
    at: '2026-11-22T02:00:00.000Z',
    ticketId: 't',
    data: { seq: 4 },
  });
});
