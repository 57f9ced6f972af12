import type { DomainEvent } from '../outbox/domain-event';
import { Feed } from './feed';

const at = (position: number) => ({ position }) as DomainEvent;
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => at(from + n + 1));
const turns = () => new Promise((resolve) => setImmediate(resolve));

/** A table that has grown to `head`, whose answers come when the test says so. */
function table(head: number) {
  const state = { head, reading: 0, mostReading: 0, failures: 0, emitted: [] as number[], errors: 0 };
  const answers: (() => void)[] = [];
  const source = {
    async after(position: number, limit: number) {
      state.mostReading = Math.max(state.mostReading, ++state.reading);
      const snapshot = Math.min(state.head, position + limit);
      await new Promise<void>((resolve) => answers.push(resolve));
      state.reading -= 1;
      if (state.failures-- > 0) throw new Error('away');
      return upTo(position, snapshot);
    },
    emit: (events: DomainEvent[]) => state.emitted.push(...events.map((event) => event.position)),
    failed: () => (state.errors += 1),
  };
  const settle = async () => {
    for (let n = 0; n < 50; n++) {
      answers.splice(0).forEach((answer) => answer());
      await turns();
    }
  };
  return { state, source, settle };
}

const positions = (events: readonly DomainEvent[]) => events.map((event) => event.position);
const range = (from: number, to: number) => positions(upTo(from, to));

describe('a feed', () => {
  it('emits each event once and in order, with one reader, however often it is woken', async () => {
    const { state, source, settle } = table(10);
    const feed = new Feed(source, 4);
    for (const head of [6, 10, 7, 10, 10]) feed.wake(head);
    state.head = 1_700;
    feed.wake(1_700);
    await settle();
    expect(state.emitted).toEqual(range(4, 1_700));
    expect(state.mostReading).toBe(1);
    expect(feed.lag).toBe(0);
  });

  it('ignores wakes for what it has', async () => {
    const { state, source, settle } = table(5);
    const feed = new Feed(source, 5);
    feed.wake(3);
    feed.wake(5);
    await settle();
    expect(state.mostReading).toBe(0);
  });

  it('goes on after a failed read at the next wake, without a gap', async () => {
    const { state, source, settle } = table(3);
    state.failures = 1;
    const feed = new Feed(source, 0);
    feed.wake(3);
    await settle();
    expect([state.emitted, state.errors]).toEqual([[], 1]);
    feed.wake(3);
    await settle();
    expect(state.emitted).toEqual([1, 2, 3]);
  });

  it('remembers the last stretch, and knows from where', async () => {
    const { source, settle } = table(5_000);
    const feed = new Feed(source, 100);
    expect([feed.from, feed.since(100)]).toEqual([100, []]);
    feed.wake(5_000);
    await settle();
    expect(feed.from).toBeLessThanOrEqual(4_000);
    expect(feed.from).toBeGreaterThanOrEqual(3_000);
    expect(positions(feed.since(feed.from))).toEqual(range(feed.from, 5_000));
    expect(positions(feed.since(4_998))).toEqual([4_999, 5_000]);
    expect(feed.since(5_000)).toEqual([]);
  });

  it('tells who waits for a position when it has been emitted', async () => {
    const { state, source, settle } = table(8);
    const feed = new Feed(source, 2);
    await feed.reached(2);
    const reached = feed.reached(7).then(() => [...state.emitted]);
    await settle();
    expect(await reached).toEqual(range(2, 8));
  });
});
