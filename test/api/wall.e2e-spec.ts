import { testDatabase } from '../database';
import { uuidv7 } from '../../src/platform/ids';

/** The second wall: what Postgres itself shows and refuses, with the application's own filters out of the way. */
describe('row-level security', () => {
  let t: Awaited<ReturnType<typeof testDatabase>>;
  const [harbour, meadow] = [uuidv7(), uuidv7()];

  beforeAll(async () => {
    t = await testDatabase();
    await t.database.lean('system', (tx) =>
      tx.execute(
        `INSERT INTO workspaces (id, slug, name) VALUES ($1, 'harbour', 'Harbour'), ($2, 'meadow', 'Meadow')`,
        [harbour, meadow],
      ),
    );
  });
  afterAll(() => t.drop());

  it('works as the role of one workspace, and as another role across workspaces', async () => {
    const role = (scope: 'system' | { workspaceId: string }) =>
      t.database.lean(scope, async (tx) => (await tx.query<{ current_user: string }>('SELECT current_user'))[0]);
    expect(await role({ workspaceId: harbour })).toEqual({ current_user: 'pasokh_app' });
    expect(await role('system')).toEqual({ current_user: 'pasokh_system' });
    expect(await role({ workspaceId: harbour })).toEqual({ current_user: 'pasokh_app' });
  });

  it('shows a workspace only itself, and nothing where none is named', async () => {
    const seen = await t.database.lean({ workspaceId: harbour }, (tx) => tx.query(`SELECT slug FROM workspaces`));
    expect(seen).toEqual([{ slug: 'harbour' }]);
    expect(await t.dataSource.query(`SELECT slug FROM workspaces`)).toEqual([]);
  });

  it('stands around every table that has a workspace', async () => {
    const open = await t.dataSource.query(
      `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
       WHERE c.relkind IN ('r', 'p') AND NOT c.relrowsecurity`,
    );
    expect(open).toEqual([]);
  });

  it('refuses to write into another workspace', async () => {
    const write = t.database.lean({ workspaceId: harbour }, (tx) =>
      tx.execute(`INSERT INTO teams (workspace_id, id, name) VALUES ($1, $2, 'Support')`, [meadow, uuidv7()]),
    );
    await expect(write).rejects.toThrow(/row-level security/);
  });

  it('lets nobody read a partition around its parent, nor change what is only appended', async () => {
    const partition = await t.dataSource.query(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'messages'::regclass LIMIT 1`,
    );
    const direct = await t.database.lean({ workspaceId: harbour }, (tx) =>
      tx.query(`SELECT 1 FROM ${(partition as { name: string }[])[0]!.name}`),
    );
    expect(direct).toEqual([]);
    const rewrite = t.database.lean('system', (tx) => tx.execute(`UPDATE domain_events SET type = 'x'`));
    await expect(rewrite).rejects.toThrow(/permission denied/);
    const erase = t.database.lean('system', (tx) => tx.execute(`DELETE FROM audit_log`));
    await expect(erase).rejects.toThrow(/permission denied/);
  });
});
