import type { TicketDetail } from '../../api/types';
import { inThread } from './in-thread';

const ticket = {
  id: 't1',
  conversationId: 'c1',
  kind: 'comment',
  channel: { id: 'ch1', kind: 'instagram', name: 'shop' },
  post: { id: 'p1' },
  capabilities: { reply: ['public'] },
  conversation: { id: 'c1', handler: 'human', kind: 'comment' },
  conversations: [
    { id: 'c1', handler: 'human', kind: 'comment', joined: false },
    {
      id: 'c2',
      handler: 'human',
      kind: 'dm',
      joined: true,
      channel: { id: 'ch2', kind: 'email', name: 'care' },
      capabilities: { reply: ['private'], textLimit: { max: 100_000, unit: 'characters' } },
    },
  ],
} as unknown as TicketDetail;

it('is the ticket itself in its own conversation, and in one it does not have', () => {
  expect(inThread(ticket, 'c1')).toBe(ticket);
  expect(inThread(ticket, 'c9')).toBe(ticket);
});

it('in a joined conversation what is written goes there, by what is possible there, under no post', () => {
  const there = inThread(ticket, 'c2');
  expect(there).toMatchObject({ id: 't1', conversationId: 'c2', kind: 'dm', post: null, channel: { kind: 'email' } });
  expect(there.capabilities).toMatchObject({ reply: ['private'], textLimit: { max: 100_000 } });
});
