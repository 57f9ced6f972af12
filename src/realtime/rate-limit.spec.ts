import { Gate } from './gate';
import { TokenBucket } from './rate-limit';

describe('a token bucket', () => {
  const taken = (bucket: TokenBucket, count: number, now: number) =>
    Array.from({ length: count }, () => bucket.take(now)).filter(Boolean).length;

  it('lets a burst through, then the rate', () => {
    const bucket = new TokenBucket(10, 20, 0);
    expect(taken(bucket, 100, 0)).toBe(20);
    expect(taken(bucket, 100, 500)).toBe(5);
    expect(taken(bucket, 100, 510)).toBe(0);
    expect(taken(bucket, 100, 3_600_000)).toBe(20);
  });
});

describe('a gate', () => {
  it('lets so many through at once, in order, and goes on after a failure', async () => {
    const gate = new Gate(2);
    let inside = 0;
    let most = 0;
    const order: number[] = [];
    const pass = (n: number) =>
      gate.run(async () => {
        most = Math.max(most, ++inside);
        order.push(n);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        if (n === 3) throw new Error('no');
      });
    const passed = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => pass(n)));
    expect(passed.filter((each) => each.status === 'rejected')).toHaveLength(1);
    expect(most).toBe(2);
    expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });
});
