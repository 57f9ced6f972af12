import { Drafts, type KeyValueStore } from './drafts';

function memoryStore(): KeyValueStore & { size: () => number } {
  const rows = new Map<string, string>();
  return {
    getItem: (key) => rows.get(key) ?? null,
    setItem: (key, value) => void rows.set(key, value),
    removeItem: (key) => void rows.delete(key),
    size: () => rows.size,
  };
}

it('keeps each mode of each conversation apart', () => {
  const drafts = new Drafts(memoryStore());
  drafts.set('c1', 'public', 'سلام به همه');
  drafts.set('c1', 'note', 'او VIP است');
  expect(drafts.get('c1', 'private')).toBe('');
  expect(drafts.get('c1', 'public')).toBe('سلام به همه');
  expect(drafts.get('c2', 'public')).toBe('');
});

it('survives a reload', () => {
  const store = memoryStore();
  new Drafts(store).set('c1', 'private', 'نیمه‌کاره');
  expect(new Drafts(store).get('c1', 'private')).toBe('نیمه‌کاره');
  expect(new Drafts(store).has('c1')).toBe(true);
});

it('leaves nothing behind once sent', () => {
  const store = memoryStore();
  const drafts = new Drafts(store);
  drafts.set('c1', 'public', 'x');
  drafts.set('c1', 'public', '');
  expect(store.size()).toBe(0);
  expect(drafts.has('c1')).toBe(false);
});

it('adds a suggested answer below what is already written', () => {
  const drafts = new Drafts(null);
  drafts.set('c1', 'public', 'سلام');
  drafts.add('c1', 'public', 'پاسخ');
  expect(drafts.get('c1', 'public')).toBe('سلام\nپاسخ');
});

it('goes on when the browser refuses to store', () => {
  const full: KeyValueStore = {
    getItem: () => null,
    setItem: () => {
      throw new Error('full');
    },
    removeItem: () => {},
  };
  const drafts = new Drafts(full);
  drafts.set('c1', 'public', 'متن');
  expect(drafts.get('c1', 'public')).toBe('متن');
});
