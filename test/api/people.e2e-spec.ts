import { Controller, Get } from '@nestjs/common';
import { ensureOwner } from '../../src/identity/first-start';
import { isUuid } from '../../src/platform/ids';
import { addWorkspace, Browser, type IdentityApp, startHarbour, startIdentity } from './identity-app';

describe('a workspace and its people', () => {
  let on: Awaited<ReturnType<typeof startHarbour>>;
  beforeAll(async () => {
    on = await startHarbour();
  });
  afterAll(() => on?.close());

  describe('people', () => {
    it('are made with a password shown once, which works', async () => {
      const ada = await on.signedIn('ada');
      const body = {
        email: 'Gita@Harbour.example',
        name: ' گیتا ',
        role: 'agent',
        teamIds: [on.harbour.teamId],
        capacity: 3,
        locale: 'en',
      };
      const { body: agent } = await ada.send('post', '/agents', body).expect(201);
      expect(agent).toMatchObject({
        email: 'gita@harbour.example',
        name: 'گیتا',
        teamIds: [on.harbour.teamId],
        capacity: 3,
        load: 0,
        presence: 'offline',
        password: expect.stringMatching(/^[\w-]{16}$/),
      });
      const { password } = agent as { password: string };
      expect((await new Browser(on).login('gita@harbour.example', password)).status).toBe(200);
      await ada.send('post', '/agents', { email: 'gita@harbour.example', name: 'Again', role: 'agent' }).expect(409);
      const audit = JSON.stringify((await ada.send('get', '/audit?limit=200').expect(200)).body);
      expect(audit).toContain('gita@harbour.example');
      expect(audit).not.toContain(password);
      expect(audit).not.toContain('scrypt');
    });

    it('leave traces that can be asked for by person, thing, verb and time', async () => {
      const { id, ada, browser } = await on.colleague('admin');
      const asked = async (query: string) =>
        (
          (await ada.send('get', `/audit?limit=200&${query}`).expect(200)).body as {
            items: { id: string; action: string; subject: string; at: string }[];
          }
        ).items;
      await ada.send('patch', `/agents/${id}`, { name: 'Renamed' }).expect(200);
      const { body: token } = await browser.send('post', '/auth/tokens', { name: 'script' }).expect(201);
      const tokenId = (token as { id: string }).id;
      expect((await asked(`agentId=${id}`)).map(({ action }) => action)).toEqual(['token.created', 'session.started']);
      expect((await asked(`subject=agent:${id}`)).map(({ action }) => action)).toEqual(
        expect.arrayContaining(['agent.changed', 'agent.created']),
      );
      const tokens = await asked('subject=token');
      expect(tokens.map(({ subject }) => subject)).toContain(`token:${tokenId}`);
      expect(tokens.every(({ subject }) => subject.startsWith('token:'))).toBe(true);
      expect(await asked('subject=toke')).toEqual([]); // a kind, not the beginning of one
      expect((await asked(`action=agent.changed&subject=agent:${id}`)).map(({ action }) => action)).toEqual([
        'agent.changed',
      ]);
      const [made] = await asked(`subject=token:${tokenId}`);
      expect(await asked(`subject=token:${tokenId}&from=${made!.at}`)).toHaveLength(1);
      expect(await asked(`subject=token:${tokenId}&to=${made!.at}`)).toEqual([]);
      expect(await asked(`agentId=${id}&cursor=${made!.id}`)).toHaveLength(1);
      for (const wrong of ['agentId=me', 'subject=%25', 'action=drop', 'from=yesterday'])
        await ada.send('get', `/audit?${wrong}`).expect(422);
    });

    it('get a new password from an admin, and lose their sessions with the old one', async () => {
      const { id, browser, email } = await on.colleague();
      const ben = await on.signedIn('ben');
      const { body } = await ben.send('post', `/agents/${id}/password-reset`).expect(200);
      await browser.send('get', '/auth/session').expect(401);
      expect((await browser.login(email)).status).toBe(401);
      expect((await browser.login(email, (body as { password: string }).password)).status).toBe(200);
    });

    it('below admin run nobody; an admin does not reach an owner', async () => {
      const [ben, cyrus, elif] = [await on.signedIn('ben'), await on.signedIn('cyrus'), await on.signedIn('elif')];
      for (const browser of [cyrus, elif]) {
        await browser.send('post', '/agents', { email: 'x@harbour.example', name: 'X', role: 'agent' }).expect(403);
        await browser.send('patch', '/workspace', { name: 'Mine' }).expect(403);
        await browser.send('get', '/agents').expect(200);
      }
      const ada = on.harbour.agents['ada']!;
      await ben.send('post', '/agents', { email: 'x@harbour.example', name: 'X', role: 'owner' }).expect(403);
      await ben.send('patch', `/agents/${on.harbour.agents['ben']}`, { role: 'owner' }).expect(403);
      await ben.send('patch', `/agents/${ada}`, { role: 'agent' }).expect(403);
      await ben.send('put', `/agents/${ada}/access`, { enabled: false }).expect(403);
      await ben.send('post', `/agents/${ada}/password-reset`).expect(403);
    });

    it('always keep an owner, even when two owners demote each other at once', async () => {
      const port = await addWorkspace(on.database, 'port', { omid: 'owner', parisa: 'owner' });
      const [omid, parisa] = [await on.signedIn('omid', 'port'), await on.signedIn('parisa', 'port')];
      const answers = await Promise.all([
        omid.send('patch', `/agents/${port.agents['parisa']}`, { role: 'agent' }),
        parisa.send('patch', `/agents/${port.agents['omid']}`, { role: 'agent' }),
      ]);
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 403]);
      const owners = await on.system('SELECT id FROM agents WHERE workspace_id = $1 AND role = $2', [
        port.workspaceId,
        'owner',
      ]);
      expect(owners).toHaveLength(1);
      const [last, id] = answers[0].status === 200 ? [omid, port.agents['omid']] : [parisa, port.agents['parisa']];
      await last.send('patch', `/agents/${id}`, { role: 'admin' }).expect(409);
      await last.send('put', `/agents/${id}/access`, { enabled: false }).expect(409);
      await last.send('patch', `/agents/${id}`, { name: 'Still owner' }).expect(200);
    });

    it('disabled while online leave the board, and everybody is told', async () => {
      const { id, ada } = await on.colleague();
      await on.database.lean('system', (tx) =>
        tx.execute(
          `INSERT INTO agent_presence (workspace_id, agent_id, state, expires_at) VALUES ($1, $2, 'online', $3)`,
          [on.harbour.workspaceId, id, new Date(on.clock.now().getTime() + 60_000)],
        ),
      );
      expect((await ada.send('get', `/agents/${id}`)).body).toMatchObject({ presence: 'online' });
      const { body } = await ada.send('put', `/agents/${id}/access`, { enabled: false }).expect(200);
      expect(body).toMatchObject({ presence: 'offline', disabledAt: expect.any(String) });
      const events = await on.system(
        `SELECT data, audience FROM domain_events WHERE workspace_id = $1 AND type = 'presence.changed'`,
        [on.harbour.workspaceId],
      );
      expect(events).toEqual([{ data: { agentId: id, from: 'online', to: 'offline' }, audience: ['lobby'] }]);
    });

    it('come page by page, each once', async () => {
      const ada = await on.signedIn('ada');
      const [{ n }] = (await on.system<{ n: number }>('SELECT count(*)::int AS n FROM agents WHERE workspace_id = $1', [
        on.harbour.workspaceId,
      ])) as [{ n: number }];
      const seen: string[] = [];
      let cursor: string | null = '';
      for (let page = 0; cursor !== null && page < 50; page++) {
        const { body } = await ada.send('get', `/agents?limit=3${cursor && `&cursor=${cursor}`}`).expect(200);
        const { items, nextCursor } = body as { items: { id: string }[]; nextCursor: string | null };
        seen.push(...items.map((each) => each.id));
        cursor = nextCursor;
      }
      expect([seen.length, new Set(seen).size]).toEqual([n, n]);
      await ada.send('get', '/agents?limit=0').expect(422);
      await ada.send('get', '/agents?cursor=first').expect(422);
    });
  });

  describe('workspace, brands and teams', () => {
    it('are changed by admins, with names of their own', async () => {
      const ben = await on.signedIn('ben');
      const changed = await ben.send('patch', '/workspace', { name: 'بندر', timeZone: 'Europe/Berlin' }).expect(200);
      expect(changed.body).toMatchObject({ name: 'بندر', slug: 'harbour', timeZone: 'Europe/Berlin' });
      await ben.send('patch', '/workspace', { timeZone: 'Mars/Olympus' }).expect(422);
      await ben.send('patch', '/workspace', { slug: 'other' }).expect(422);

      const { body: brand } = await ben.send('post', '/brands', { name: 'Boats' }).expect(201);
      await ben.send('post', '/brands', { name: 'Boats' }).expect(409);
      const { body: renamed } = await ben
        .send('patch', `/brands/${(brand as { id: string }).id}`, { name: 'Ships' })
        .expect(200);
      expect(renamed).toMatchObject({ name: 'Ships' });

      const { body: team } = await ben.send('post', '/teams', { name: 'Night', assignment: 'pull' }).expect(201);
      const teamId = (team as { id: string }).id;
      await ben.send('patch', `/teams/${teamId}`, { name: 'Support' }).expect(409);
      const dara = on.harbour.agents['dara']!;
      const { body: joined } = await ben.send('put', `/teams/${teamId}/members/${dara}`).expect(200);
      expect(joined).toMatchObject({ name: 'Night', assignment: 'pull', memberIds: [dara] });
      await ben.send('put', `/teams/${teamId}/members/${dara}`).expect(200);
      const { body: left } = await ben.send('delete', `/teams/${teamId}/members/${dara}`).expect(200);
      expect(left).toMatchObject({ memberIds: [] });
      const { body: teams } = await ben.send('get', '/teams').expect(200);
      expect((teams as { items: { name: string }[] }).items.map((each) => each.name)).toEqual(['Support', 'Night']);
    });

    it('leave a trace that nobody can rewrite, the application included', async () => {
      const [ada, ben] = [await on.signedIn('ada'), await on.signedIn('ben')];
      await ben.send('post', '/brands', { name: 'Traced' }).expect(201);
      const { body } = await ada.send('get', '/audit?limit=1').expect(200);
      expect((body as { items: object[]; nextCursor: string }).items).toEqual([
        expect.objectContaining({
          actor: { kind: 'agent', id: on.harbour.agents['ben'] },
          action: 'brand.created',
          changes: { name: { from: null, to: 'Traced' } },
        }),
      ]);
      for (const sql of ['UPDATE audit_log SET action = $1', 'DELETE FROM audit_log WHERE action = $1']) {
        await expect(on.database.lean('system', (tx) => tx.execute(sql, ['brand.created']))).rejects.toMatchObject({
          code: '42501',
        });
      }
    });
  });

  describe('two workspaces', () => {
    const bodies: Record<string, object> = {
      'PATCH /brands/:id': { name: 'Theirs' },
      'PUT /brands/:id/archived': { archived: true },
      'PATCH /teams/:id': { name: 'Theirs' },
      'PATCH /agents/:id': { name: 'Theirs' },
      'PUT /agents/:id/access': { enabled: false },
    };

    it('do not meet: every route with an id answers the other’s as one that does not exist', async () => {
      const [ada, omid] = [await on.signedIn('ada'), await on.signedIn('omid', 'bazaar')];
      const { body: token } = await omid.send('post', '/auth/tokens', { name: 'theirs' }).expect(201);
      const theirs: Record<string, string> = {
        brands: on.bazaar.brandId,
        teams: on.bazaar.teamId,
        agents: on.bazaar.agents['parisa']!,
        members: on.bazaar.agents['parisa']!,
        tokens: (token as { id: string }).id,
      };
      const ours: Record<string, string> = { teams: on.harbour.teamId, members: on.harbour.agents['dara']! };
      const nowhere = '01890000-0000-7000-8000-000000000000';
      const snapshot = () =>
        on.system(
          `SELECT (SELECT jsonb_agg(a ORDER BY id) FROM agents a WHERE workspace_id = $1) AS agents,
                  (SELECT jsonb_agg(t ORDER BY id) FROM teams t WHERE workspace_id = $1) AS teams,
                  (SELECT jsonb_agg(b ORDER BY id) FROM brands b WHERE workspace_id = $1) AS brands,
                  (SELECT jsonb_agg(m) FROM team_members m WHERE workspace_id = $1) AS members,
                  (SELECT jsonb_agg(k ORDER BY id) FROM api_tokens k WHERE workspace_id = $1) AS tokens`,
          [on.bazaar.workspaceId],
        );
      const before = await snapshot();
      const withIds = on.routes.filter(({ method, url }) => url.includes(':') && method !== 'HEAD');
      expect(withIds.length).toBeGreaterThanOrEqual(9);
      for (const { method, url } of withIds) {
        const path = url.replace('/api/v1', '');
        const filled = (...ids: Record<string, string>[]) =>
          path.replaceAll(
            /(\w+)\/:\w+/g,
            (_, kind: string) => `${kind}/${ids.map((each) => each[kind]).find(Boolean)}`,
          );
        const missing = Object.fromEntries(Object.keys(theirs).map((kind) => [kind, nowhere]));
        const attempts = [
          filled(theirs),
          filled(missing),
          ...(path.includes('members')
            ? [filled({ members: theirs['members']! }, ours), filled({ teams: theirs['teams']! }, ours)]
            : []),
        ];
        for (const attempt of attempts) {
          const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
          const { status, body } = await ada.send(verb, attempt, bodies[`${method} ${path}`]);
          expect([method, attempt, status, (body as { error?: { code: string } }).error?.code]).toEqual([
            method,
            attempt,
            404,
            'not_found',
          ]);
        }
        expect(
          (
            await ada.send(
              method.toLowerCase() as 'get',
              path.replaceAll(/:\w+/g, 'not-an-id'),
              bodies[`${method} ${path}`],
            )
          ).status,
        ).toBe(404);
      }
      expect(await snapshot()).toEqual(before);
    });

    it('do not meet in lists, nor by naming the other’s team', async () => {
      const ada = await on.signedIn('ada');
      for (const path of ['/agents', '/teams', '/brands', '/audit', '/auth/tokens']) {
        const listed = JSON.stringify((await ada.send('get', `${path}?limit=200`).expect(200)).body);
        for (const id of [
          on.bazaar.workspaceId,
          on.bazaar.brandId,
          on.bazaar.teamId,
          ...Object.values(on.bazaar.agents),
        ]) {
          expect([path, listed.includes(id)]).toEqual([path, false]);
        }
      }
      const body = { email: 'h@harbour.example', name: 'H', role: 'agent', teamIds: [on.bazaar.teamId] };
      await ada.send('post', '/agents', body).expect(404);
      await ada.send('patch', `/agents/${on.harbour.agents['dara']}`, { teamIds: [on.bazaar.teamId] }).expect(404);
    });

    it('do not meet behind the second wall either, whatever the query forgets', async () => {
      const tables = [
        'workspaces',
        'brands',
        'teams',
        'agents',
        'team_members',
        'sessions',
        'api_tokens',
        'agent_presence',
        'audit_log',
      ];
      for (const table of tables) {
        const key = table === 'workspaces' ? 'id' : 'workspace_id';
        const seen = await on.database.lean({ workspaceId: on.harbour.workspaceId }, (tx) =>
          tx.query<{ w: string }>(`SELECT DISTINCT ${key} AS w FROM ${table}`),
        );
        expect([table, seen.filter(({ w }) => w !== on.harbour.workspaceId)]).toEqual([table, []]);
      }
      await expect(
        on.database.lean({ workspaceId: on.harbour.workspaceId }, (tx) =>
          tx.execute(`INSERT INTO teams (workspace_id, id, name) VALUES ($1, gen_random_uuid(), 'Planted')`, [
            on.bazaar.workspaceId,
          ]),
        ),
      ).rejects.toMatchObject({ code: '42501' });
    });

    it('do not meet on a reused connection: interleaved transactions see their own', async () => {
      const rounds = Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? on.harbour : on.bazaar));
      const seen = await Promise.all(
        rounds.map(({ workspaceId }) =>
          on.database.lean({ workspaceId }, async (tx) => {
            const rows = await tx.query<{ workspace_id: string }>('SELECT DISTINCT workspace_id FROM agents');
            return rows.map((row) => row.workspace_id);
          }),
        ),
      );
      expect(seen.filter((ids, i) => ids.length !== 1 || ids[0] !== rounds[i]!.workspaceId)).toEqual([]);
    });
  });
});

describe('a route that does not say who may use it', () => {
  @Controller('forgotten')
  class ForgottenController {
    @Get()
    open(): string {
      return 'everything';
    }
  }

  it('keeps the application from starting, and is named', async () => {
    await expect(startIdentity({ controllers: [ForgottenController] })).rejects.toMatchObject({
      code: 'misconfigured',
      details: { routes: ['ForgottenController.open'] },
    });
  });
});

describe('a first start', () => {
  let on: IdentityApp;
  beforeAll(async () => {
    on = await startIdentity();
  });
  afterAll(() => on?.close());

  it('makes one owner, however many nodes start at once, and never another', async () => {
    const starts = await Promise.all([1, 2, 3].map(() => ensureOwner(on.database, on.config, on.clock)));
    const [owner, ...others] = starts.filter((made) => made !== null);
    expect([others, owner]).toEqual([
      [],
      {
        workspaceId: expect.any(String),
        email: 'owner@pasokh.local',
        generatedPassword: expect.stringMatching(/^[\w-]{16}$/),
      },
    ]);
    expect(await ensureOwner(on.database, on.config, on.clock)).toBeNull();
    const browser = new Browser(on);
    const { body } = await browser.login(owner!.email, owner!.generatedPassword!);
    expect(body).toMatchObject({ agent: { role: 'owner' }, workspace: { slug: 'main' } });
    expect((await browser.send('get', '/teams').expect(200)).body).toMatchObject({
      items: [{ name: 'Support', memberIds: [(body as { agent: { id: string } }).agent.id] }],
    });
    expect(isUuid((body as { workspace: { id: string } }).workspace.id)).toBe(true);
  });
});

describe('a first start with ADMIN_EMAIL and ADMIN_PASSWORD', () => {
  let on: IdentityApp;
  beforeAll(async () => {
    on = await startIdentity({ publicUrl: 'https://care.example' });
  });
  afterAll(() => on?.close());

  it('uses them and tells nothing; behind PUBLIC_URL the cookie is Secure and its origin is ours', async () => {
    const config = Object.assign(on.config, {
      ADMIN_EMAIL: 'Boss@Care.example',
      ADMIN_PASSWORD: 'given by the environment',
    });
    expect(await ensureOwner(on.database, config, on.clock)).toEqual({
      workspaceId: expect.any(String),
      email: 'boss@care.example',
      generatedPassword: null,
    });
    const response = await on
      .http()
      .post('/api/v1/auth/login')
      .set('origin', 'https://care.example')
      .send({ email: 'boss@care.example', password: 'given by the environment' });
    expect([response.status, String(response.headers['set-cookie'])]).toEqual([
      200,
      expect.stringContaining('; Secure'),
    ]);
  });
});
