import { QueryClient } from '@tanstack/react-query';
import { keys } from '../api/keys';
import type { ClientEvent } from '../api/types';
import { effectsOf, EventApplier, type Scheduler } from './apply-event';

let position = 0;
const event = (type: string, data: Record<string, unknown> = {}, change: Partial<ClientEvent> = {}): ClientEvent => ({
  position: ++position,
  type,
  workspaceId: 'harbour',
  at: '2026-11-21T10:00:00Z',
  actor: { kind: 'system' },
  ticketId: 't1',
  conversationId: 'c1',
  contactId: 'p1',
  messageId: 'm1',
  data,
  ...change,
});

class ManualScheduler implements Scheduler {
  private readonly waiting: (() => void)[] = [];
  soon(run: () => void) {
    this.waiting.push(run);
  }
  later(run: () => void) {
    this.waiting.push(run);
  }
  turn() {
    for (const run of this.waiting.splice(0)) run();
  }
}

const refetched = (type: string, data = {}) =>
  effectsOf(event(type, data)).flatMap((effect) => (effect.kind === 'refetch' ? [effect.key] : []));

describe('effectsOf', () => {
  it('a customer message asks for the thread, the ticket and the lists', () => {
    expect(refetched('message.received')).toEqual(
      expect.arrayContaining([keys.messages('c1'), keys.ticket('t1'), keys.ticketLists, keys.counts]),
    );
  });

  it('a delivery receipt is written without asking', () => {
    expect(effectsOf(event('message.delivery_changed', { from: 'sent', to: 'delivered' }))).toEqual([
      {
        kind: 'delivery',
        conversationId: 'c1',
        messageId: 'm1',
        delivery: { state: 'delivered', reason: null, code: null },
      },
    ]);
  });

  it('why a message was refused is read again, in words; the server’s own sentence is not shown', () => {
    const why = { from: 'sending', to: 'failed', reason: 'Meta limits the rate of calls.', code: 'rate_limited' };
    expect(effectsOf(event('message.delivery_changed', why))).toEqual([
      {
        kind: 'delivery',
        conversationId: 'c1',
        messageId: 'm1',
        delivery: { state: 'failed', reason: null, code: 'rate_limited' },
      },
      { kind: 'refetch', key: keys.messages('c1') },
    ]);
  });

  it.each([
    ['ticket.tags_changed', [keys.ticket('t1'), keys.timeline('t1'), keys.ticketLists]],
    ['ticket.snoozed', [keys.ticket('t1'), keys.ticketLists, keys.counts]],
    ['ticket.merged', [keys.ticket('t1'), keys.messages('c1'), keys.contact('p1'), keys.ticketLists]],
    ['ticket.offered', [keys.offers, keys.assignments('t1')]],
    ['ticket.assigned', [keys.offers, keys.assignments('t1'), keys.agents]],
    ['sla.warned', [keys.sla('t1')]],
    ['call.ended', [keys.calls, keys.messages('c1')]],
    ['agent.notified', [keys.notifications]],
    ['survey.answered', [keys.survey('t1')]],
    ['identity.checked', [keys.identityChecks, keys.handoffs]],
  ] as const)('%s asks for what shows it', (type, expected) =>
    expect(refetched(type)).toEqual(expect.arrayContaining([...expected])),
  );

  it('progress of a bulk change asks for its batch and nothing else', () => {
    expect(refetched('ticket.bulk_progress', { batchId: 'b1' })).toEqual([keys.ticketBatch('b1')]);
    expect(refetched('ticket.bulk_progress')).toEqual([]);
  });

  it('a post that is known now is read with its ticket and its row, not with the messages', () =>
    expect(refetched('conversation.post_described', { postId: 'post' })).toEqual([
      keys.ticket('t1'),
      keys.ticketLists,
    ]));

  it('a kind we have never heard of changes nothing', () => expect(effectsOf(event('galaxy.exploded'))).toEqual([]));

  it('an event without a conversation does not ask for messages of "null"', () =>
    expect(
      JSON.stringify(
        effectsOf(event('message.received', {}, { conversationId: null, ticketId: null, messageId: null })),
      ),
    ).not.toContain('null'));
});

describe('EventApplier', () => {
  const list = {
    pages: [
      {
        items: [
          { id: 't1', status: 'open', dueAt: null },
          { id: 't2', status: 'new' },
        ],
        nextCursor: null,
      },
    ],
    pageParams: [null],
  };
  const setUp = () => {
    const client = new QueryClient();
    const scheduler = new ManualScheduler();
    return { client, scheduler, applier: new EventApplier(client, scheduler) };
  };

  it('writes a status into every list and the open ticket', () => {
    const { client, applier } = setUp();
    client.setQueryData(keys.ticketList({ view: 'mine' }), list);
    client.setQueryData(keys.ticket('t1'), { id: 't1', status: 'open' });
    applier.apply([event('ticket.status_changed', { from: 'open', to: 'solved' })]);
    expect(client.getQueryData(keys.ticketList({ view: 'mine' }))).toMatchObject({
      pages: [{ items: [{ status: 'solved' }, { status: 'new' }] }],
    });
    expect(client.getQueryData(keys.ticket('t1'))).toMatchObject({ status: 'solved' });
  });

  it('asks once for a burst of events', () => {
    const { client, scheduler, applier } = setUp();
    const asked = jest.spyOn(client, 'invalidateQueries');
    for (let i = 0; i < 200; i++) applier.apply([event('message.received')]);
    expect(asked).not.toHaveBeenCalled();
    scheduler.turn();
    const lists = asked.mock.calls.filter(
      ([filters]) => JSON.stringify(filters?.queryKey) === JSON.stringify(keys.ticketLists),
    );
    expect(lists).toHaveLength(1);
  });

  it('asks again for what changed while it was being fetched, after it came back', async () => {
    const { client, scheduler, applier } = setUp();
    let answer: (value: string) => void = () => {};
    const fetched = client.fetchQuery({
      queryKey: keys.messages('c1'),
      queryFn: () => new Promise<string>((resolve) => (answer = resolve)),
    });
    applier.apply([event('message.reacted')]);
    scheduler.turn();
    expect(client.getQueryState(keys.messages('c1'))?.isInvalidated).toBe(false);
    answer('older than the event');
    await fetched;
    scheduler.turn();
    expect(client.getQueryState(keys.messages('c1'))?.isInvalidated).toBe(true);
  });

  it('a channel that changes its state asks again where something of ours waits and for its open tickets, no other', () => {
    const { client, scheduler, applier } = setUp();
    const thread = (state: string, edit?: object) => ({
      pages: [{ items: [{ id: 'm1', delivery: { state }, edit }], nextCursor: null }],
      pageParams: [null],
    });
    client.setQueryData(keys.messages('waits'), thread('queued'));
    client.setQueryData(keys.messages('doubt'), thread('unknown'));
    client.setQueryData(keys.messages('edit'), thread('sent', { state: 'waiting' }));
    client.setQueryData(keys.messages('out'), thread('sent', { state: 'refused' }));
    for (const id of ['ch1', 'ch2'])
      client.setQueryData(keys.ticket(`of ${id}`), { id: `of ${id}`, conversations: [{ channel: { id } }] });
    applier.apply([event('channel.state_changed', { channelId: 'ch1', from: 'active', to: 'needs_reconnect' })]);
    scheduler.turn();
    const isOld = (id: string) => client.getQueryState(keys.messages(id))?.isInvalidated;
    expect(['waits', 'doubt', 'edit', 'out'].map(isOld)).toEqual([true, true, true, false]);
    expect(client.getQueryState(keys.ticket('of ch1'))?.isInvalidated).toBe(true);
    expect(client.getQueryState(keys.ticket('of ch2'))?.isInvalidated).toBe(false);
  });

  it('asks again when an older answer has undone what an event wrote', async () => {
    const { client, scheduler, applier } = setUp();
    let answer: (value: unknown) => void = () => {};
    const fetched = client.fetchQuery({
      queryKey: keys.messages('c1'),
      queryFn: () => new Promise<unknown>((resolve) => (answer = resolve)),
    });
    applier.apply([event('message.delivery_changed', { from: 'sending', to: 'sent' })]);
    answer({ pages: [{ items: [{ id: 'm1', delivery: { state: 'sending' } }] }], pageParams: [null] });
    await fetched;
    scheduler.turn();
    expect(client.getQueryState(keys.messages('c1'))?.isInvalidated).toBe(true);
  });

  it('after a resync everything but the session is old', () => {
    const { client, applier } = setUp();
    client.setQueryData(keys.session, { agent: {} });
    client.setQueryData(keys.counts, { mine: 1 });
    applier.forgetEverything();
    expect(client.getQueryState(keys.counts)?.isInvalidated).toBe(true);
    expect(client.getQueryState(keys.session)?.isInvalidated).toBe(false);
  });
});
