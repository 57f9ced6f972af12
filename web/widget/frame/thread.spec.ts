import { backoffMs } from './backoff';
import { type Message, Thread } from './thread';

const message = (seq: number, over: Partial<Message> = {}): Message => ({
  id: `m${seq}`,
  seq,
  clientId: null,
  author: { type: 'agent', name: 'Ada' },
  text: `text ${seq}`,
  createdAt: '2026-11-21T10:00:00Z',
  version: 1,
  deleted: false,
  ...over,
});
const shown = (thread: Thread) => thread.sorted.map(({ text }) => text);

describe('a thread in a tab', () => {
  it('is in order and without doubles, whatever comes when', () => {
    const thread = new Thread();
    expect(thread.merge([message(3), message(1)]).map(({ seq }) => seq)).toEqual([3, 1]);
    expect(thread.merge([message(1), message(2), message(3)]).map(({ seq }) => seq)).toEqual([2]);
    expect(shown(thread)).toEqual(['text 1', 'text 2', 'text 3']);
    expect(thread.lastSeq).toBe(3);
  });

  it('keeps the newest version, and what is deleted stays deleted', () => {
    const thread = new Thread();
    thread.merge([message(1, { version: 2, text: 'edited' })]);
    thread.merge([message(1)]);
    expect(shown(thread)).toEqual(['edited']);
    thread.merge([message(1, { version: 2, text: '', deleted: true })]);
    thread.merge([message(1, { version: 3, text: 'late edit' })]);
    expect(thread.sorted[0]).toMatchObject({ text: '', deleted: true });
  });

  it('drops a pending message when its stored one comes, from wherever', () => {
    const thread = new Thread();
    thread.pending = [
      { clientId: 'a', text: 'hi', at: 0, state: 'sending' },
      { clientId: 'b', text: 'there', at: 0, state: 'failed' },
    ];
    thread.merge([message(1, { clientId: 'a', author: { type: 'visitor', name: null } })]);
    expect(thread.pending.map(({ clientId }) => clientId)).toEqual(['b']);
  });

  it('counts answers not read yet', () => {
    const thread = new Thread();
    thread.merge([
      message(1),
      message(2, { author: { type: 'visitor', name: null } }),
      message(3),
      message(4, { deleted: true }),
    ]);
    expect([thread.unreadAfter(0), thread.unreadAfter(1), thread.unreadAfter(3)]).toEqual([2, 1, 0]);
  });
});

it.each([
  [1, 500, 1_000],
  [2, 1_000, 2_000],
  [5, 8_000, 16_000],
  [6, 15_000, 30_000],
  [500, 15_000, 30_000],
])('after %d failures waits between %d and %d ms', (failures, least, most) => {
  expect([backoffMs(failures, () => 0), backoffMs(failures, () => 1)]).toEqual([least, most]);
});
