import { onePerKey } from './job-queue';
import type { JobToInsert } from './jobs.repository';

const job = (id: string, dedupeKey: string | null, runAt: string | null = null, name = 'crm.sync'): JobToInsert => ({
  id,
  workspaceId: 'harbour',
  queue: 'crm',
  name,
  payload: {},
  dedupeKey,
  runAt,
  maxAttempts: 12,
});
const ids = (jobs: JobToInsert[]) => jobs.map((j) => j.id);

describe('jobs of one transaction', () => {
  it('keeps every job without a key', () => {
    expect(ids(onePerKey([job('a', null), job('b', null)]))).toEqual(['a', 'b']);
  });

  it('keeps the first of a key, and the same key of another name apart', () => {
    const jobs = [job('a', 'k'), job('b', 'k'), job('c', 'k', null, 'crm.link')];
    expect(ids(onePerKey(jobs)).toSorted()).toEqual(['a', 'c']);
  });

  it.each([
    ['now beats later', '2026-11-22T10:00:00.000Z', null, null],
    ['later does not delay now', null, '2026-11-22T10:00:00.000Z', null],
    ['the earlier of two times', '2026-11-22T10:00:00.000Z', '2026-11-22T09:00:00.000Z', '2026-11-22T09:00:00.000Z'],
  ])('runs at the earliest time asked for: %s', (_, first, second, expected) => {
    expect(onePerKey([job('a', 'k', first), job('b', 'k', second)])).toEqual([job('a', 'k', expected)]);
  });

  it('orders keys the same way whatever order they came in, so that two transactions cannot deadlock on them', () => {
    const keys = [
      [job('a', 'k2'), job('b', 'k1')],
      [job('c', 'k1'), job('d', 'k2')],
    ].map((jobs) => onePerKey(jobs).map((j) => j.dedupeKey));
    expect(keys[0]).toEqual(keys[1]);
  });
});
