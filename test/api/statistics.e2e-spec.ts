import { Statistics } from '../../src/maintenance/statistics';
import { uuidv7 } from '../../src/platform/ids';
import { startApp, type TestApp } from '../harness';

let t: TestApp;
beforeAll(async () => {
  t = await startApp();
});
afterAll(() => t.close());

/** @param count how many come, told to the statistics at once rather than within a second */
const contacts = (count: number) =>
  t.database.lean('system', async (tx) => {
    await tx.execute(
      `INSERT INTO contacts (workspace_id, id, name)
       SELECT (SELECT id FROM workspaces LIMIT 1), u, 'Somebody' FROM unnest($1::uuid[]) AS u`,
      [Array.from({ length: count }, () => uuidv7())],
    );
    await tx.query('SELECT pg_stat_force_next_flush()');
  });
const known = () =>
  t.database.lean('system', async (tx) => {
    const [row] = await tx.query<{ known: number; times: number }>(
      `SELECT c.reltuples::int AS known, pg_stat_get_analyze_count(c.oid)::int AS times FROM pg_class c WHERE c.oid = 'contacts'::regclass`,
    );
    return row!;
  });

it('tells the planner of a table that has grown, though what it works as owns nothing, and leaves it alone after that', async () => {
  const statistics = t.app.get(Statistics);
  await contacts(300);
  await statistics.renew();
  const after = await known();
  expect(after.known).toBeGreaterThanOrEqual(300);
  await contacts(100); // a third more is nothing new
  await statistics.renew();
  expect(await known()).toEqual(after);
});
