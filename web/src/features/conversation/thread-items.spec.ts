import type { Message, TimelineEntry } from '../../api/types';
import { lastAnswerSeq, threadItems } from './thread-items';

const message = (id: string, at: string, change: Partial<Message> = {}): Message => ({
  id,
  conversationId: 'c1',
  ticketId: 't1',
  seq: Number(id.slice(1)),
  direction: 'in',
  visibility: 'public',
  author: { kind: 'contact', id: 'omar', name: 'Omar' },
  text: 'سلام',
  subtype: null,
  parentMessageId: null,
  replyToMessageId: null,
  attachments: [],
  reactions: [],
  networkAt: at,
  receivedAt: at,
  editedAt: null,
  versions: 1,
  hiddenAt: null,
  deletedAt: null,
  deletedBy: null,
  deleteReason: null,
  delivery: null,
  suggestion: null,
  ...change,
});
const entry = (position: number, at: string, type = 'ticket.status_changed'): TimelineEntry => ({
  position,
  at,
  type,
  actor: { kind: 'agent' },
  data: {},
});
const dayOf = (at: string) => at.slice(0, 10);
const kinds = (items: ReturnType<typeof threadItems>) =>
  items.map((item) =>
    item.kind === 'message' ? item.message.id : item.kind === 'events' ? `${item.entries.length} events` : 'day',
  );

it('separates days', () => {
  const items = threadItems(
    [message('m1', '2026-11-20T10:00:00Z'), message('m2', '2026-11-21T10:00:00Z')],
    [],
    true,
    dayOf,
  );
  expect(kinds(items)).toEqual(['day', 'm1', 'day', 'm2']);
});

it('gathers what happened between two messages', () => {
  const messages = [message('m1', '2026-11-21T10:00:00Z'), message('m2', '2026-11-21T10:30:00Z')];
  const timeline = [
    entry(2, '2026-11-21T10:10:00Z'),
    entry(1, '2026-11-21T10:05:00Z', 'ticket.assigned'),
    entry(3, '2026-11-21T10:40:00Z'),
  ];
  expect(kinds(threadItems(messages, timeline, true, dayOf))).toEqual(['day', 'm1', '2 events', 'm2', '1 events']);
});

it('does not tell twice what a bubble shows', () => {
  const items = threadItems(
    [message('m1', '2026-11-21T10:00:00Z')],
    [entry(1, '2026-11-21T10:01:00Z', 'message.received')],
    true,
    dayOf,
  );
  expect(kinds(items)).toEqual(['day', 'm1']);
});

it('leaves older events until the older messages are loaded', () => {
  const messages = [message('m9', '2026-11-21T10:00:00Z')];
  const timeline = [entry(1, '2026-11-01T10:00:00Z')];
  expect(kinds(threadItems(messages, timeline, false, dayOf))).toEqual(['day', 'm9']);
  expect(kinds(threadItems(messages, timeline, true, dayOf))).toEqual(['day', '1 events', 'm9']);
});

it('lets one voice go on without repeating its name, and another not', () => {
  const items = threadItems(
    [
      message('m1', '2026-11-21T10:00:00Z'),
      message('m2', '2026-11-21T10:01:00Z'),
      message('m3', '2026-11-21T10:02:00Z', { direction: 'out', author: { kind: 'agent', id: 'ada', name: 'Ada' } }),
      message('m4', '2026-11-21T10:30:00Z', { direction: 'out', author: { kind: 'agent', id: 'ada', name: 'Ada' } }),
    ],
    [],
    true,
    dayOf,
  );
  expect(items.flatMap((item) => (item.kind === 'message' ? [item.continued] : []))).toEqual([
    false,
    true,
    false,
    false,
  ]);
});

describe('the last answer of ours', () => {
  const at = '2026-11-20T10:00:00Z';
  const agent = { kind: 'agent' as const, id: 'a1', name: 'Ada' };
  const answer = message('m2', at, { direction: 'out', author: agent });
  it('is the newest reply of an agent', () =>
    expect(lastAnswerSeq([message('m1', at), answer, message('m3', at)])).toBe(2));
  it.each([
    ['a note', { direction: 'note' as const, author: agent }],
    ['the bot', { direction: 'out' as const, author: { kind: 'bot' as const, id: null, name: null } }],
    [
      'a reply that failed',
      { direction: 'out' as const, author: agent, delivery: { state: 'failed' as const, reason: null, code: null } },
    ],
  ])('is not %s', (_case, change) => expect(lastAnswerSeq([answer, message('m3', at, change)])).toBe(2));
  it('is before every message when nobody answered', () => expect(lastAnswerSeq([message('m1', at)])).toBe(0));
});

describe('the same said again', () => {
  const again = { repeats: { count: 3, firstMessageId: 'm1', sameThread: true } };
  const folded = (items: ReturnType<typeof threadItems>) =>
    items.flatMap((item) => (item.kind === 'message' ? [[item.message.id, ...item.again.map(({ id }) => id)]] : []));

  it('right after it is shown once', () => {
    const messages = [
      message('m1', '2026-11-21T10:00:00Z', again),
      message('m2', '2026-11-21T10:01:00Z', again),
      message('m3', '2026-11-21T10:02:00Z', again),
      message('m4', '2026-11-21T10:03:00Z'),
    ];
    expect(folded(threadItems(messages, [], true, dayOf))).toEqual([['m1', 'm2', 'm3'], ['m4']]);
  });

  it('after an answer, on another day or after something happened stands where it was said', () => {
    const messages = [
      message('m1', '2026-11-21T10:00:00Z', again),
      message('m2', '2026-11-21T10:01:00Z', { direction: 'out', author: { kind: 'agent', id: 'ada', name: 'Ada' } }),
      message('m3', '2026-11-21T10:02:00Z', again),
      message('m4', '2026-11-21T11:00:00Z', again),
      message('m5', '2026-11-22T10:00:00Z', again),
    ];
    const timeline = [entry(1, '2026-11-21T10:30:00Z')];
    expect(folded(threadItems(messages, timeline, true, dayOf))).toEqual([['m1'], ['m2'], ['m3'], ['m4'], ['m5']]);
  });
});
