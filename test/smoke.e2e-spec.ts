import { testDatabase } from './database';
import { uuidv7 } from '../src/platform/ids';

describe('database', () => {
  let t: Awaited<ReturnType<typeof testDatabase>>;
  beforeAll(async () => {
    t = await testDatabase();
  });
  afterAll(() => t.drop());
  it('works as pasokh_app', async () => {
    const rows = await t.database.transaction('system', (tx) => tx.query('select current_user'));
    expect(rows).toEqual([{ current_user: 'pasokh_app' }]);
    const id = uuidv7();
    await t.database.lean('system', (tx) =>
      tx.query('insert into workspaces (id, slug, name) values ($1,$2,$2)', [id, 'x']),
    );
    expect(await t.database.lean({ workspaceId: uuidv7() }, (tx) => tx.query('select * from workspaces'))).toEqual([]);
  });
});
