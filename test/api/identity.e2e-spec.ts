import { ADDRESS_LIMIT, EMAIL_LIMIT, WINDOW_MS } from '../../src/identity/login-limits';
import { hashPassword } from '../../src/identity/passwords';
import { Browser, PASSWORD, startHarbour } from './identity-app';

const DAY = 86_400_000;

describe('signing in and staying signed in', () => {
  let on: Awaited<ReturnType<typeof startHarbour>>;
  beforeAll(async () => {
    on = await startHarbour();
  });
  afterAll(() => on?.close());

  describe('signing in', () => {
    it('says who, where and what they may do, and sets a cookie no script can read', async () => {
      const browser = new Browser(on);
      const { body, headers } = await browser.login(' Ada@Harbour.example ');
      expect(body).toMatchObject({
        agent: {
          id: on.harbour.agents['ada'],
          name: 'ada',
          email: 'ada@harbour.example',
          role: 'owner',
          locale: 'fa',
          capacity: 5,
        },
        workspace: {
          id: on.harbour.workspaceId,
          slug: 'harbour',
          name: 'harbour',
          locale: 'fa',
          timeZone: 'Asia/Tehran',
        },
        permissions: expect.arrayContaining(['tickets.write', 'workspace.manage']),
      });
      const cookie = String(headers['set-cookie']);
      expect(cookie).toMatch(/^pasokh_session=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/);
      const session = await browser.send('get', '/auth/session').expect(200);
      expect(session.body).toMatchObject({ agent: { email: 'ada@harbour.example' }, csrfToken: browser.csrf });
      expect(Date.parse((session.body as { serverTime: string }).serverTime)).not.toBeNaN();
    });

    it('over https marks the cookie Secure', async () => {
      const response = await on
        .http()
        .post('/api/v1/auth/login')
        .set('x-forwarded-proto', 'https')
        .send({ email: 'ada@harbour.example', password: PASSWORD });
      expect(String(response.headers['set-cookie'])).toContain('; Secure');
    });

    it('keeps only hashes of what it hands out', async () => {
      const browser = await on.signedIn('ada');
      const token = browser.cookie.split('=')[1]!;
      const [row] = await on.system<{ found: boolean }>(
        `SELECT bool_or(token_hash = convert_to($1, 'UTF8') OR csrf_token = $1 OR token_hash = sha256(convert_to($1, 'UTF8'))) AS found FROM sessions`,
        [token],
      );
      expect(row).toEqual({ found: false });
    });

    it('answers a wrong password, an unknown e-mail and a disabled agent alike', async () => {
      const { id, email, ada } = await on.colleague();
      await ada.send('put', `/agents/${id}/access`, { enabled: false }).expect(200);
      const answers = await Promise.all([
        new Browser(on).login('cyrus@harbour.example', 'not the password'),
        new Browser(on).login('nobody@harbour.example'),
        new Browser(on).login(email),
        new Browser(on).login('ada@harbour.example', PASSWORD, 'bazaar'),
      ]);
      expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body])))).toEqual(
        new Set([
          JSON.stringify([
            401,
            { error: { code: 'unauthenticated', message: 'The e-mail or the password is wrong.', details: {} } },
          ]),
        ]),
      );
      expect(answers.some(({ headers }) => headers['set-cookie'])).toBe(false);
    });

    it.each([
      ['no password', { email: 'ada@harbour.example' }],
      ['a password that is no text', { email: 'ada@harbour.example', password: { $ne: '' } }],
      ['a NUL in the e-mail', { email: 'a\u0000da@harbour.example', password: PASSWORD }],
      ['fields nobody asked for', { email: 'ada@harbour.example', password: PASSWORD, role: 'owner' }],
    ])('refuses %s', async (_, body) => {
      const response = await on.http().post('/api/v1/auth/login').send(body);
      expect([response.status, (response.body as { error: { code: string } }).error.code]).toEqual([
        422,
        'validation_failed',
      ]);
    });

    it('takes over no token that the browser brought along, and ends the one it replaces', async () => {
      const planted = new Browser(on);
      planted.cookie = 'pasokh_session=planted-by-someone-else';
      await planted.login('dara@harbour.example');
      expect(planted.cookie).not.toContain('planted');
      const before = planted.cookie;
      await planted.login('dara@harbour.example');
      expect(planted.cookie).not.toBe(before);
      await on.http().get('/api/v1/auth/session').set('cookie', before).expect(401);
      await on.http().get('/api/v1/auth/session').set('cookie', 'pasokh_session=planted-by-someone-else').expect(401);
      await planted.send('get', '/auth/session').expect(200);
    });

    it('makes stored passwords dearer when the cost has grown', async () => {
      const { id, email } = await on.colleague();
      const cheap = await hashPassword(PASSWORD, { ln: 10, r: 8, p: 1 });
      await on.database.lean('system', (tx) =>
        tx.execute('UPDATE agents SET password_hash = $2 WHERE id = $1', [id, cheap]),
      );
      expect((await new Browser(on).login(email)).status).toBe(200);
      const [row] = await on.system<{ password_hash: string }>('SELECT password_hash FROM agents WHERE id = $1', [id]);
      expect(row?.password_hash).toMatch(/^\$scrypt\$ln=15,/);
      expect((await new Browser(on).login(email)).status).toBe(200);
    });

    it('with one e-mail in two workspaces asks which, but only where the password fits both', async () => {
      const same = 'twice@both.example';
      const other = await hashPassword('quite another password');
      const store = async (workspace: { workspaceId: string }, hash: string | null) =>
        on.database.lean('system', (tx) =>
          tx.execute(
            `INSERT INTO agents (workspace_id, id, email, name, role, password_hash)
             VALUES ($1, gen_random_uuid(), $2, 'Twice', 'agent', coalesce($3, (SELECT password_hash FROM agents WHERE email = 'ada@harbour.example')))`,
            [workspace.workspaceId, same, hash],
          ),
        );
      await store(on.harbour, null);
      await store(on.bazaar, other);
      expect((await new Browser(on).login(same)).body).toMatchObject({ workspace: { slug: 'harbour' } });
      expect((await new Browser(on).login(same, 'quite another password')).body).toMatchObject({
        workspace: { slug: 'bazaar' },
      });
      await on.database.lean('system', (tx) =>
        tx.execute(
          `UPDATE agents SET password_hash = (SELECT password_hash FROM agents WHERE email = 'ada@harbour.example') WHERE email = $1`,
          [same],
        ),
      );
      const asked = await new Browser(on).login(same);
      expect([asked.status, asked.body]).toMatchObject([
        409,
        { error: { details: { workspaces: ['bazaar', 'harbour'] } } },
      ]);
      expect((await new Browser(on).login(same, PASSWORD, 'bazaar')).body).toMatchObject({
        workspace: { slug: 'bazaar' },
      });
    });
  });

  describe('guessing', () => {
    it('is stopped after ten for an e-mail, the right password included, and starts afresh after the window', async () => {
      const { email } = await on.colleague();
      const guess = (i: number, password = 'not the password') =>
        new Browser(on, `203.0.113.${i}`).login(email, password);
      for (let i = 0; i < EMAIL_LIMIT; i++) expect((await guess(i)).status).toBe(401);
      const stopped = await guess(100, PASSWORD);
      expect([stopped.status, stopped.body]).toMatchObject([429, { error: { code: 'rate_limited' } }]);
      const wait = Number(stopped.headers['retry-after']);
      expect(wait).toBeGreaterThan(WINDOW_MS / 1000 - 60);
      expect(wait).toBeLessThanOrEqual(WINDOW_MS / 1000);
      expect((await new Browser(on, '203.0.113.1').login('ada@harbour.example')).status).toBe(200);
      on.clock.forward(WINDOW_MS);
      expect((await guess(101, PASSWORD)).status).toBe(200);
    });

    it('in parallel gets no more tries than one after the other', async () => {
      const { email } = await on.colleague();
      const answers = await Promise.all(
        Array.from({ length: 25 }, (_, i) => new Browser(on, `203.0.113.${i}`).login(email, `guess ${i}`)),
      );
      const count = (status: number) => answers.filter((answer) => answer.status === status).length;
      expect([count(401), count(429)]).toEqual([EMAIL_LIMIT, 25 - EMAIL_LIMIT]);
    });

    it('is forgiven by a right password in between', async () => {
      const { email } = await on.colleague();
      for (let round = 0; round < 2; round++) {
        for (let i = 1; i < EMAIL_LIMIT; i++) expect((await new Browser(on).login(email, 'wrong')).status).toBe(401);
        expect((await new Browser(on).login(email)).status).toBe(200);
      }
    });

    /** Uses up an address's tries without the cost of looking at passwords. */
    const tries = (address: string, n: number) =>
      on.database.lean('system', async (tx) => {
        for (let i = 0; i < n; i++) {
          expect(await on.limits.take(tx, `stuffed${i}@harbour.example`, address, on.clock.now())).toBeNull();
        }
      });

    it('of many people from one address is stopped, elsewhere they may still sign in', async () => {
      await tries('2001:db8:5:6::7', ADDRESS_LIMIT - 2);
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          new Browser(on, `2001:db8:5:6:${i}::1`).login(`another${i}@harbour.example`),
        ),
      );
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([401, 401, 429, 429, 429, 429]);
      expect((await new Browser(on, '2001:db8:5:6:ffff::1').login('ada@harbour.example')).status).toBe(429);
      expect((await new Browser(on, '2001:db8:5:7::1').login('ada@harbour.example')).status).toBe(200);
    });

    it('right passwords from a busy office never add up', async () => {
      await tries('192.0.2.9', ADDRESS_LIMIT - 1);
      for (let i = 0; i < 3; i++) {
        expect((await new Browser(on, '192.0.2.9').login('elif@harbour.example')).status).toBe(200);
      }
      expect((await new Browser(on, '192.0.2.9').login('elif@harbour.example', 'wrong')).status).toBe(401);
      expect((await new Browser(on, '192.0.2.9').login('elif@harbour.example')).status).toBe(429);
    });
  });

  describe('forged requests', () => {
    const rename = (browser: Browser, headers: Record<string, string>) => {
      let sent = on.http().patch('/api/v1/auth/profile').set('cookie', browser.cookie);
      for (const [name, value] of Object.entries(headers)) sent = sent.set(name, value);
      return sent.send({ name: 'dara' });
    };

    it.each([
      ['without the CSRF token', () => ({})],
      ['with a wrong one', () => ({ 'x-csrf-token': 'x'.repeat(43) })],
      ['with the cookie’s token instead', (b: Browser) => ({ 'x-csrf-token': b.cookie.split('=')[1]! })],
      ['from another origin', (b: Browser) => ({ 'x-csrf-token': b.csrf, origin: 'https://evil.example' })],
      ['from a sandboxed frame', (b: Browser) => ({ 'x-csrf-token': b.csrf, origin: 'null' })],
    ])('are refused %s', async (_, headers) => {
      const browser = await on.signedIn('dara');
      const response = await rename(browser, headers(browser));
      expect([response.status, response.body]).toMatchObject([403, { error: { code: 'csrf_failed' } }]);
    });

    it('are told from our own', async () => {
      const browser = await on.signedIn('dara');
      await rename(browser, {
        'x-csrf-token': browser.csrf,
        host: 'care.example',
        origin: 'https://care.example',
      }).expect(200);
      await rename(browser, { 'x-csrf-token': browser.csrf }).expect(200);
    });

    it('do not sign anybody in from another origin', async () => {
      await on
        .http()
        .post('/api/v1/auth/login')
        .set('origin', 'https://evil.example')
        .send({ email: 'ada@harbour.example', password: PASSWORD })
        .expect(403);
    });

    it('one session’s token is no good for another', async () => {
      const [dara, cyrus] = [await on.signedIn('dara'), await on.signedIn('cyrus')];
      await rename(dara, { 'x-csrf-token': cyrus.csrf }).expect(403);
    });
  });

  describe('a session', () => {
    it('is needed, and a made-up one is none', async () => {
      for (const headers of [
        {},
        { cookie: 'pasokh_session=' },
        { cookie: 'pasokh_session=%00' },
        { authorization: 'Bearer ' },
      ]) {
        await on.http().get('/api/v1/auth/session').set(headers).expect(401);
      }
    });

    it('ends with logout, also for whoever copied the cookie', async () => {
      const browser = await on.signedIn('dara');
      const { headers } = await browser.send('post', '/auth/logout').expect(204);
      expect(String(headers['set-cookie'])).toMatch(/^pasokh_session=; Path=\/; Max-Age=0;/);
      await browser.send('get', '/auth/session').expect(401);
    });

    it('ends everywhere at once', async () => {
      const { email, browser } = await on.colleague();
      const elsewhere = new Browser(on);
      await elsewhere.login(email);
      await browser.send('post', '/auth/logout-everywhere').expect(204);
      await browser.send('get', '/auth/session').expect(401);
      await elsewhere.send('get', '/auth/session').expect(401);
    });

    it('ends with the agent’s access, at once, and does not come back with it', async () => {
      const { id, browser, ada, email } = await on.colleague();
      await ada.send('put', `/agents/${id}/access`, { enabled: false }).expect(200);
      await browser.send('get', '/auth/session').expect(401);
      await ada.send('put', `/agents/${id}/access`, { enabled: true }).expect(200);
      await browser.send('get', '/auth/session').expect(401);
      expect((await browser.login(email)).status).toBe(200);
    });

    it('ends with the agent’s access also where the session’s row was left', async () => {
      const { id, browser } = await on.colleague();
      await on.system('UPDATE agents SET disabled_at = now() WHERE id = $1', [id]);
      await browser.send('get', '/auth/session').expect(401);
    });

    it('does not begin for an agent disabled while its password was being looked at', async () => {
      const { id, email } = await on.colleague();
      const login = await on.database.lean('system', async (tx) => {
        await tx.execute('UPDATE agents SET disabled_at = now() WHERE id = $1', [id]);
        const answer = new Browser(on).login(email).then((response) => response.status);
        // until the sign-in waits for this very row
        for (let i = 0; i < 500 && (await on.system('SELECT 1 FROM pg_locks WHERE NOT granted')).length === 0; i++) {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        return { answer };
      });
      expect(await login.answer).toBe(401);
    });

    it('has the rights of the role its agent has now', async () => {
      const { id, browser, ada } = await on.colleague('admin');
      await browser.send('get', '/audit').expect(200);
      await ada.send('patch', `/agents/${id}`, { role: 'agent' }).expect(200);
      const refused = await browser.send('get', '/audit');
      expect([refused.status, refused.body]).toMatchObject([403, { error: { details: { missing: ['audit.read'] } } }]);
      await browser.send('post', '/teams', { name: 'Mine' }).expect(403);
    });

    it('ends after 14 days unused and after 30 days of use', async () => {
      const [idle, busy] = [await on.colleague(), await on.colleague()];
      const days = async (n: number) => {
        for (let i = 0; i < n; i++) {
          on.clock.forward(DAY);
          await busy.browser.send('get', '/auth/session').expect(200);
        }
      };
      await days(13);
      await idle.browser.send('get', '/auth/session').expect(200);
      await days(15);
      await idle.browser.send('get', '/auth/session').expect(401);
      await days(1);
      on.clock.forward(DAY);
      await busy.browser.send('get', '/auth/session').expect(401);
    });

    it('notes when it was last used, at most once a minute', async () => {
      const { id, browser } = await on.colleague();
      const lastSeen = async () =>
        (await on.system<{ t: string }>('SELECT last_seen_at::text AS t FROM sessions WHERE agent_id = $1', [id]))[0]!
          .t;
      const at = await lastSeen();
      await browser.send('get', '/auth/session').expect(200);
      expect(await lastSeen()).toBe(at);
      on.clock.forward(61_000);
      await browser.send('get', '/auth/session').expect(200);
      expect(Date.parse(await lastSeen()) - Date.parse(at)).toBeGreaterThanOrEqual(61_000);
    });

    it('outlives a change of password where it was made, all others end', async () => {
      const { email, browser } = await on.colleague();
      const elsewhere = new Browser(on);
      await elsewhere.login(email);
      await browser.send('post', '/auth/password', { current: 'wrong', next: 'another good password' }).expect(422);
      await browser.send('post', '/auth/password', { current: PASSWORD, next: 'short' }).expect(422);
      await elsewhere.send('get', '/auth/session').expect(200);
      await browser.send('post', '/auth/password', { current: PASSWORD, next: 'another good password' }).expect(204);
      await browser.send('get', '/auth/session').expect(200);
      await elsewhere.send('get', '/auth/session').expect(401);
      expect((await elsewhere.login(email)).status).toBe(401);
      expect((await elsewhere.login(email, 'another good password')).status).toBe(200);
    });

    it('does not let its password be guessed', async () => {
      const { browser } = await on.colleague();
      const statuses = await Promise.all(
        Array.from({ length: 15 }, (_, i) =>
          browser
            .send('post', '/auth/password', { current: `guess ${i}`, next: 'another good password' })
            .then((r) => r.status),
        ),
      );
      expect(statuses.filter((status) => status === 422)).toHaveLength(EMAIL_LIMIT);
      expect(statuses.filter((status) => status === 429)).toHaveLength(15 - EMAIL_LIMIT);
    });

    it('is known to sockets, asked again in one go, and every change is announced after commit', async () => {
      const { id, browser, ada } = await on.colleague();
      const open = await on.sessions.authenticate({ session: browser.cookie.split('=')[1] });
      const adas = await on.sessions.authenticate({ session: ada.cookie.split('=')[1] });
      expect(open?.principal).toMatchObject({
        workspaceId: on.harbour.workspaceId,
        agentId: id,
        role: 'agent',
        via: 'session',
      });
      const heard: string[] = [];
      const stop = on.accessChanges.onChanged(({ agentId }) => heard.push(agentId));
      await ada.send('patch', `/agents/${id}`, { role: 'lead', teamIds: [on.harbour.teamId] }).expect(200);
      const good = await on.sessions.recheck([open!, adas!]);
      expect(good.get(open!.tokenHash.toString('hex'))?.principal).toMatchObject({
        role: 'lead',
        teamIds: [on.harbour.teamId],
      });
      await ada.send('put', `/agents/${id}/access`, { enabled: false }).expect(200);
      expect([...(await on.sessions.recheck([open!, adas!])).keys()]).toEqual([adas!.tokenHash.toString('hex')]);
      stop();
      expect(heard).toEqual([id, id]);
    });
  });

  describe('an API token', () => {
    const make = async (browser: Browser, body: object = { name: 'script' }) => {
      const response = await browser.send('post', '/auth/tokens', body).expect(201);
      return response.body as { id: string; token: string; hint: string };
    };
    const as = (token: string, method: 'get' | 'post' | 'patch', path: string) =>
      on.http()[method](`/api/v1${path}`).set('authorization', `Bearer ${token}`);

    it('does what its agent may, needs no CSRF token, and is shown once', async () => {
      const browser = await on.signedIn('dara');
      const { id, token, hint } = await make(browser);
      expect([token, hint]).toEqual([expect.stringMatching(/^pk_[\w-]{43}$/), token.slice(0, 7)]);
      await as(token, 'patch', '/auth/profile').send({ name: 'dara' }).expect(200);
      await as(token, 'get', '/audit').expect(403);
      const session = await as(token, 'get', '/auth/session').expect(200);
      expect(session.body).toMatchObject({ agent: { name: 'dara' }, csrfToken: null });
      const { body } = await browser.send('get', '/auth/tokens').expect(200);
      const listed = (body as { items: { id: string; lastUsedAt: string | null }[] }).items.find(
        (each) => each.id === id,
      );
      expect(listed?.lastUsedAt).not.toBeNull();
      expect(JSON.stringify(body)).not.toContain(token);
      const [row] = await on.system<{ row: string }>(
        'SELECT to_jsonb(t)::text AS row FROM api_tokens t WHERE id = $1',
        [id],
      );
      expect(row?.row).not.toContain(token.slice(8));
    });

    it('ends when revoked, at once, and only by its owner', async () => {
      const [dara, ada] = [await on.signedIn('dara'), await on.signedIn('ada')];
      const { id, token } = await make(dara);
      await ada.send('delete', `/auth/tokens/${id}`).expect(404);
      await as(token, 'get', '/auth/session').expect(200);
      await dara.send('delete', `/auth/tokens/${id}`).expect(204);
      await as(token, 'get', '/auth/session').expect(401);
      await dara.send('delete', `/auth/tokens/${id}`).expect(204);
    });

    it('is seen and ended by who looks after people; an owner’s only by an owner', async () => {
      const [dara, ada] = [await on.signedIn('dara'), await on.signedIn('ada')];
      const [daras, adas] = [await make(dara, { name: 'of dara' }), await make(ada, { name: 'of ada' })];
      const all = async () =>
        (
          (await ada.send('get', '/workspace/tokens?limit=200').expect(200)).body as {
            items: { id: string; agent: { name: string; role: string } }[];
          }
        ).items;
      expect(await all()).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ id: daras.id, name: 'of dara', agent: expect.objectContaining({ name: 'dara' }) }),
          expect.objectContaining({ id: adas.id, agent: expect.objectContaining({ role: 'owner' }) }),
        ]),
      );
      expect(JSON.stringify(await all())).not.toContain(daras.token);
      await dara.send('get', '/workspace/tokens').expect(403);
      await dara.send('delete', `/workspace/tokens/${adas.id}`).expect(403);
      const admin = await on.colleague('admin');
      await admin.browser.send('delete', `/workspace/tokens/${adas.id}`).expect(403);
      await admin.browser.send('delete', `/workspace/tokens/${daras.id}`).expect(204);
      await as(daras.token, 'get', '/auth/session').expect(401);
      await as(adas.token, 'get', '/auth/session').expect(200);
      expect((await all()).map(({ id }) => id)).not.toContain(daras.id);
      await admin.browser.send('delete', `/workspace/tokens/${daras.id}`).expect(204); // twice is no error
    });

    it('rests while its agent is disabled', async () => {
      const { id, browser, ada } = await on.colleague();
      const { token } = await make(browser);
      await ada.send('put', `/agents/${id}/access`, { enabled: false }).expect(200);
      await as(token, 'get', '/auth/session').expect(401);
      await ada.send('put', `/agents/${id}/access`, { enabled: true }).expect(200);
      await as(token, 'get', '/auth/session').expect(200);
    });

    it('ends when its time has come, which must be ahead', async () => {
      const { browser } = await on.colleague();
      const soon = new Date(on.clock.now().getTime() + 3_600_000).toISOString();
      const { token } = await make(browser, { name: 'short', expiresAt: soon });
      await as(token, 'get', '/auth/session').expect(200);
      on.clock.forward(3_600_001);
      await as(token, 'get', '/auth/session').expect(401);
      await browser.send('post', '/auth/tokens', { name: 'past', expiresAt: soon }).expect(422);
    });

    it('wrong beside a good cookie is refused all the same', async () => {
      const browser = await on.signedIn('dara');
      await browser.send('get', '/auth/session').set('authorization', 'Bearer pk_wrong').expect(401);
    });

    it('cannot make more of itself, nor change the password', async () => {
      const { token } = await make(await on.signedIn('dara'));
      await as(token, 'post', '/auth/tokens').send({ name: 'child' }).expect(403);
      await as(token, 'post', '/auth/password').send({ current: PASSWORD, next: 'another good password' }).expect(403);
    });
  });
});
