import { Journal } from './journal';

const call = (path: string, body = '') => ({ atMs: 0, method: 'PATCH', path, query: '', body });

describe('the journal', () => {
  it('keeps the newest calls, and the newest bodies within its budget', () => {
    const journal = new Journal(10);
    for (let index = 1; index <= 35; index += 1)
      journal.finish(journal.arrive(call(`/${index}`, `body ${index}`)), 200);
    expect(journal.list().map(({ path }) => path)).toEqual(Array.from({ length: 10 }, (_, index) => `/${index + 26}`));
    expect(journal.list().map(({ body }) => body)).toEqual(
      Array.from({ length: 10 }, (_, index) => `body ${index + 26}`),
    );
    const huge = 'x'.repeat(20_000_000);
    for (const path of ['/a', '/b']) journal.arrive(call(path, huge));
    expect(journal.list().map(({ body }) => body.length)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 20_000_000]);
  });

  it('lists calls after a number and by path', () => {
    const journal = new Journal(10);
    for (const path of ['/one', '/two', '/one']) journal.arrive(call(path));
    expect(journal.list({ afterSeq: 1, path: /one/ }).map(({ seq }) => seq)).toEqual([3]);
  });
});
