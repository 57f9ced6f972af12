import type { KeyValueStore } from './drafts';
import { OutgoingBox, type Outgoing } from './outgoing';

const entry = (key: string, change: Partial<Outgoing> = {}): Outgoing => ({
  key,
  conversationId: 'c1',
  ticketId: 't1',
  mode: 'public',
  text: 'سلام',
  seenMessageId: 'm1',
  statusAfter: null,
  writtenAt: 0,
  state: 'sending',
  problem: null,
  ...change,
});

function memoryStore(): KeyValueStore {
  const rows = new Map<string, string>();
  return {
    getItem: (key) => rows.get(key) ?? null,
    setItem: (key, value) => void rows.set(key, value),
    removeItem: (key) => void rows.delete(key),
  };
}

it('keeps a failed message with its key for the retry', () => {
  const box = new OutgoingBox(memoryStore());
  box.add(entry('k1'));
  box.update('k1', { state: 'failed', problem: 'unreachable' });
  expect(box.find('k1')).toMatchObject({ key: 'k1', text: 'سلام', state: 'failed' });
});

it('brings back what a reload interrupted, as failed and with the same key', () => {
  const store = memoryStore();
  new OutgoingBox(store).add(entry('k1'));
  expect(new OutgoingBox(store).all()).toEqual([entry('k1', { state: 'failed', problem: 'interrupted' })]);
});

it('forgets what was confirmed', () => {
  const store = memoryStore();
  const box = new OutgoingBox(store);
  box.add(entry('k1'));
  box.add(entry('k2'));
  box.remove('k1');
  expect(new OutgoingBox(store).all().map(({ key }) => key)).toEqual(['k2']);
});

it('starts empty over a damaged store', () => {
  const store = memoryStore();
  store.setItem('pasokh.outgoing', '{not json');
  expect(new OutgoingBox(store).all()).toEqual([]);
});
