import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { AccessChanges } from '../../src/identity/access-changes';
import { roomsOf, permissionsOf, type Role } from '../../src/identity/principal';
import { room } from '../../src/outbox/audience';
import type { NewEvent } from '../../src/outbox/domain-event';
import { newToken, Secrets } from '../../src/platform/secrets';
import { LocalSockets } from '../../src/realtime/local-sockets';
import { MissedEvents } from '../../src/realtime/missed-events';
import { cloneDatabase } from '../database';
import { startRedis, until } from '../jobs-node';
import {
  addAgent,
  addTicket,
  addWorkspace,
  asOwner,
  Screen,
  startRealtimeNode,
  type RealtimeNode,
} from './realtime-node';

const told = (audience: string[], extra: Partial<NewEvent> = {}): Omit<NewEvent, 'workspaceId'> => ({
  type: 'message.received',
  actor: { kind: 'contact' },
  audience,
  data: { seq: 1, direction: 'in', kind: 'dm', opensWork: true },
  ...extra,
});

/** A small seeded generator, so that a failing run can be had again. */
function randomly(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

jest.setTimeout(60_000);

describe('realtime', () => {
  let db: Awaited<ReturnType<typeof cloneDatabase>>;
  let node: RealtimeNode;
  const screens: Screen[] = [];

  const screenOf = (agent: { id: string; token: string }, on: RealtimeNode = node) => {
    const screen = new Screen(on.base, agent);
    screens.push(screen);
    return screen;
  };
  const positions = async (workspaceId: string, rooms: string[], after = 0) => {
    const rows = await asOwner(
      db.url,
      'SELECT position FROM domain_events WHERE workspace_id = $1 AND audience && $2::text[] AND position > $3 ORDER BY position',
      [workspaceId, rooms, after],
    );
    return rows.map((row) => Number(row['position']));
  };
  const rooms = (agent: { id: string }, role: Role, teamIds: string[]) =>
    roomsOf({ agentId: agent.id, role, teamIds, permissions: permissionsOf(role) });
  const heard = (screen: Screen) => screen.events.map((event) => event.position);

  beforeAll(async () => {
    db = await cloneDatabase();
    node = await startRealtimeNode({ DATABASE_URL: db.url });
  });
  afterEach(() => {
    for (const screen of screens.splice(0)) screen.close();
  });
  afterAll(async () => {
    await node.close();
    await db.drop();
  });

  it('shows each client every event of its rooms once and in order, however often it drops', async () => {
    const random = randomly(7);
    const harbour = await addWorkspace(node, `harbour-${random(1e9)}`, 3);
    const rival = await addWorkspace(node, `rival-${random(1e9)}`, 1);
    const spy = await addAgent(node, rival.id, 'spy', 'owner', []);
    const people = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const role: Role = n % 5 === 0 ? 'lead' : 'agent';
        const teamIds = [harbour.teamIds[n % 3]!];
        return { role, teamIds, agent: await addAgent(node, harbour.id, `agent${n}`, role, teamIds) };
      }),
    );
    const audiences = [
      ...harbour.teamIds.map((id) => [room.leads, room.team(id)]),
      [room.leads, room.lobby],
      [room.leads],
      [room.agent(people[1]!.agent.id), room.leads],
    ];
    let writing = 8;
    const writer = async () => {
      for (let n = 0; n < 60; n++) {
        const events = Array.from({ length: 1 + random(10) }, () => told(audiences[random(audiences.length)]!));
        await node.record(harbour.id, ...events);
        if (random(4) === 0) await node.record(rival.id, told([room.leads]));
        await sleep(random(20));
      }
      writing -= 1;
    };
    const clients = people.map(({ agent }) => screenOf(agent));
    const living = async (screen: Screen, stays: number) => {
      while (writing > 0) {
        await screen.open();
        await sleep(random(stays));
        if (random(4) > 0)
          screen.drop(); // with what is on its way
        else screen.close();
        await sleep(random(stays));
      }
      await screen.open();
    };
    await Promise.all([
      ...Array.from({ length: 8 }, writer),
      ...clients.map((screen, n) => living(screen, n < 15 ? 60 : 800)),
      screenOf(spy).open(0),
    ]);

    expect((await positions(harbour.id, [room.leads])).length).toBeGreaterThan(1_500);
    for (const [n, screen] of clients.entries()) {
      const { agent, role, teamIds } = people[n]!;
      const expected = await positions(harbour.id, rooms(agent, role, teamIds));
      await until('the client has its last event', () => screen.position >= expected.at(-1)!);
      expect(heard(screen)).toEqual(expected);
      expect(screen.events.every((event) => event.workspaceId === harbour.id)).toBe(true);
      expect(screen.resyncs).toEqual([]);
    }
    const outsider = screens.at(-1)!;
    const theirs = (await positions(rival.id, [room.leads])).filter((p) => p > 0);
    await until('the rival has its own', () => outsider.position >= theirs.at(-1)!);
    expect(outsider.events.every((event) => event.workspaceId === rival.id)).toBe(true);
  });

  describe('resume', () => {
    it('asks nothing of the database for what is still in memory, and one query for a little more', async () => {
      const { id } = await addWorkspace(node, 'memory', 0);
      const ada = await addAgent(node, id, 'ada', 'analyst');
      await node.record(id, told([room.leads]), told([room.leads]), told([room.team('elsewhere')]));
      const reads = jest.spyOn(node.app.get(MissedEvents), 'read');
      const screen = screenOf(ada);
      expect(await screen.open(0)).toMatchObject({ head: expect.any(Number) });
      expect(reads).toHaveBeenCalledTimes(1);
      expect(heard(screen)).toEqual([1, 2]);
      screen.drop();
      await node.record(id, told([room.leads]));
      await screen.open();
      await until('the missed one came', () => screen.events.length >= 3);
      expect(reads).toHaveBeenCalledTimes(1);
      reads.mockRestore();
      const all = await positions(id, rooms(ada, 'analyst', []));
      await until('all came', () => screen.events.length >= all.length);
      expect(heard(screen)).toEqual(all);
    });

    it('starts at the head when asked to', async () => {
      const { id } = await addWorkspace(node, 'head', 0);
      const ada = await addAgent(node, id, 'ada', 'analyst');
      await node.record(id, told([room.leads]), told([room.leads]));
      const screen = screenOf(ada);
      const { head } = await screen.open(null);
      expect(head).toBeGreaterThanOrEqual(2);
      await node.record(id, told([room.leads], { ticketId: ada.id }));
      await until('the new one came', () => screen.events.some((event) => event.ticketId === ada.id));
      expect(heard(screen).every((position) => position > head!)).toBe(true);
    });

    it.each([
      ['from the future', async () => 1_000_000],
      [
        'from before what is kept',
        async (id: string) => {
          await asOwner(db.url, 'DELETE FROM domain_events WHERE workspace_id = $1 AND position <= 3', [id]);
          return 1;
        },
      ],
      [
        'too long ago',
        async (id: string) => {
          await node.record(id, ...Array.from({ length: 5_100 }, () => told([room.leads])));
          return 0;
        },
      ],
    ])('is told to fetch anew when the position is %s, and goes on from there', async (what, prepare) => {
      const { id } = await addWorkspace(node, what.replaceAll(' ', '-'), 0);
      const ada = await addAgent(node, id, 'ada', 'analyst');
      await node.record(id, ...Array.from({ length: 5 }, () => told([room.leads])));
      const after = await prepare(id);
      const screen = screenOf(ada);
      const ack = await screen.open(after);
      expect(ack.resync).toBe(true);
      expect(screen.resyncs).toEqual([ack.head]);
      const before = screen.events.length;
      await node.record(id, told([room.leads], { ticketId: ada.id }));
      await until('live events go on', () => screen.events.some((event) => event.ticketId === ada.id));
      expect(heard(screen).slice(before)).toEqual(await positions(id, [room.leads], ack.head));
    });

    it('waits for this node when the client saw more elsewhere', async () => {
      const { id } = await addWorkspace(node, 'ahead', 0);
      const ada = await addAgent(node, id, 'ada', 'analyst');
      const first = screenOf(ada);
      await first.open(null);
      // written without waking this node, as another node without Redis would
      const other = await startRealtimeNode({ DATABASE_URL: db.url });
      await other.record(id, told([room.leads]));
      const [row] = await asOwner(db.url, 'SELECT position FROM event_heads WHERE workspace_id = $1', [id]);
      const second = screenOf(ada);
      expect((await second.open(Number(row!['position']))).resync).toBeUndefined();
      await other.record(id, told([room.leads], { ticketId: ada.id }));
      await until('polling finds it', () => second.events.some((event) => event.ticketId === ada.id));
      await other.close();
      expect(heard(second)).toEqual(await positions(id, [room.leads], Number(row!['position'])));
    });
  });

  describe('over HTTP', () => {
    const get = async (path: string, token: string) => {
      const response = await fetch(`${node.base}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };

    it('gives the same events in pages, and 410 where sockets resync', async () => {
      const { id, teamIds } = await addWorkspace(node, 'pages', 2);
      const [mine, other] = teamIds as [string, string];
      const ada = await addAgent(node, id, 'ada', 'agent', [mine]);
      await node.record(id, ...Array.from({ length: 9 }, (_, n) => told([room.team(n % 3 === 0 ? other : mine)])));
      const seen: number[] = [];
      let after: string | null = '0';
      while (after !== null) {
        const { body } = await get(`/events?after=${after}&limit=2`, ada.token);
        seen.push(...(body['items'] as { position: number }[]).map((event) => event.position));
        expect(body['head']).toBe(9);
        after = body['nextCursor'] as string | null;
      }
      expect(seen).toEqual([2, 3, 5, 6, 8, 9]);
      expect(await get('/events?after=10', ada.token)).toMatchObject({
        status: 410,
        body: { error: { code: 'resync' } },
      });
      await asOwner(db.url, 'DELETE FROM domain_events WHERE workspace_id = $1 AND position <= 4', [id]);
      expect((await get('/events?after=3', ada.token)).status).toBe(410);
      expect((await get('/events?after=4', ada.token)).status).toBe(200);
    });
  });

  describe('the handshake', () => {
    it('refuses strangers, and pages of other sites', async () => {
      const { id } = await addWorkspace(node, 'door', 0);
      const ada = await addAgent(node, id, 'ada', 'owner');
      const refusal = (options: object) =>
        screenOf(ada)
          .connect(options)
          .then(
            () => 'admitted',
            (error: Error & { data?: { code: string } }) => error.data?.code,
          );
      expect(await refusal({ auth: {} })).toBe('unauthenticated');
      expect(await refusal({ auth: { token: 'pk_wrong' } })).toBe('unauthenticated');
      expect(await refusal({ extraHeaders: { origin: 'https://evil.example' } })).toBe('forbidden');
      expect(await refusal({ extraHeaders: { origin: node.base } })).toBe('admitted');
      const token = newToken();
      await node.database.lean('system', (tx) =>
        tx.execute(
          `INSERT INTO sessions (token_hash, workspace_id, agent_id, csrf_token, expires_at)
           VALUES ($1, $2, $3, 'c', now() + interval '1 day')`,
          [node.app.get(Secrets).tokenHash(token), id, ada.id],
        ),
      );
      const cookie = (value: string) => ({
        auth: {},
        extraHeaders: { cookie: `pasokh_session=${value}`, origin: node.base },
      });
      expect(await refusal(cookie(token))).toBe('admitted');
      expect(await refusal(cookie(`${token}x`))).toBe('unauthenticated');
      const nowhere = io(node.base, { transports: ['websocket'], reconnection: false, forceNew: true });
      const refused = await new Promise((resolve) =>
        nowhere.once('connect_error', resolve).once('connect', () => resolve(null)),
      );
      expect(refused).toBeInstanceOf(Error);
      nowhere.disconnect();
    });

    it('answers nonsense with what is wrong, and another workspace’s ticket as none', async () => {
      const { id } = await addWorkspace(node, 'mine', 0);
      const rival = await addWorkspace(node, 'theirs', 0);
      const screen = await screenOf(await addAgent(node, id, 'ada', 'owner')).connect();
      const ticketId = await addTicket(db.url, rival.id, null);
      expect(await screen.say('resume', { after: -1 })).toMatchObject({ error: { code: 'validation_failed' } });
      expect(await screen.say('resume', 'please')).toMatchObject({ error: { code: 'validation_failed' } });
      expect(await screen.say('presence', { state: 'asleep' })).toMatchObject({ error: { code: 'validation_failed' } });
      expect(await screen.say('subscribe', { ticketId })).toMatchObject({
        error: {
          code: 'not_found',
          reason: 'no_such',
          words: { fa: expect.stringContaining('تیکت پیدا نشد') as string },
        },
      });
      expect(await screen.say('viewing', { ticketId })).toMatchObject({ error: { code: 'not_found' } });
      expect(await screen.say('typing', { ticketId, on: true })).toMatchObject({ error: { code: 'not_found' } });
      const many = await Promise.all(Array.from({ length: 120 }, () => screen.say('unsubscribe', { ticketId })));
      expect(many.filter((ack) => ack.ok).length).toBeLessThan(80);
      expect(many.at(-1)).toMatchObject({
        error: { code: 'rate_limited', words: { fa: expect.any(String) as string } },
      });
    });
  });

  describe('access', () => {
    const announce = (workspaceId: string, agentId: string, sql: string, params: unknown[]) =>
      node.database.lean('system', async (tx) => {
        await tx.execute(sql, params);
        node.app.get(AccessChanges).announce(tx, { workspaceId, agentId });
      });

    it('stops what an agent may no longer hear, at once', async () => {
      const { id, teamIds } = await addWorkspace(node, 'moved', 2);
      const [a, b] = teamIds as [string, string];
      const ada = await addAgent(node, id, 'ada', 'agent', [a]);
      const screen = screenOf(ada);
      await screen.open(null);
      await node.record(id, told([room.team(a)], { ticketId: ada.id }));
      await until('her team is heard', () => screen.events.some((event) => event.ticketId === ada.id));
      await announce(id, ada.id, 'UPDATE team_members SET team_id = $2 WHERE agent_id = $1', [ada.id, b]);
      await until('she is told to fetch anew', () => screen.resyncs.length === 1);
      const before = screen.events.length;
      await node.record(id, told([room.team(a)]), told([room.team(b)]));
      await until('her new team is heard', () => screen.events.length > before);
      await node.record(id, told([room.team(b)]));
      const [from] = screen.resyncs; // her new team's own life, her presence in it, counts from there too
      const since = () => heard(screen).filter((position) => position > from!);
      const promised = await positions(id, [room.team(b)], from);
      await until('and all after it', () => since().length >= promised.length);
      expect(since()).toEqual(promised);
    });

    it('cuts the socket of a disabled agent, and of a revoked token', async () => {
      const { id } = await addWorkspace(node, 'cut', 0);
      const ada = await addAgent(node, id, 'ada', 'agent');
      const omar = await addAgent(node, id, 'omar', 'agent');
      const [hers, his] = [screenOf(ada), screenOf(omar)];
      await hers.open(null);
      await his.open(null);
      await announce(id, ada.id, 'UPDATE agents SET disabled_at = now() WHERE id = $1', [ada.id]);
      await until('she is out', () => !hers.connected);
      expect(his.connected).toBe(true);
      await announce(id, omar.id, 'UPDATE api_tokens SET revoked_at = now() WHERE agent_id = $1', [omar.id]);
      await until('he is out', () => !his.connected);
    });

    it('closes a ticket that went to a team the viewer is not in', async () => {
      const { id, teamIds } = await addWorkspace(node, 'away', 2);
      const [a, b] = teamIds as [string, string];
      const ada = await addAgent(node, id, 'ada', 'agent', [a]);
      const ticketId = await addTicket(db.url, id, a);
      const screen = screenOf(ada);
      await screen.open(null);
      expect(await screen.say('subscribe', { ticketId })).toEqual({ ok: true });
      const ticket = room.ticket(ticketId);
      await node.record(id, told([ticket], { ticketId }));
      await until('the ticket is heard', () => screen.events.some((event) => event.ticketId === ticketId));
      await asOwner(db.url, 'UPDATE tickets SET team_id = $2 WHERE id = $1', [ticketId, b]);
      await node.record(
        id,
        told([ticket, room.team(a), room.team(b)], { type: 'ticket.moved', ticketId, data: { from: a, to: b } }),
        told([ticket, room.team(b)], { ticketId }),
      );
      await node.record(id, told([ticket, room.team(b)], { ticketId }), told([room.team(a)], { contactId: id }));
      await until('the last is heard', () => screen.events.at(-1)?.contactId === id);
      expect(screen.events.filter((event) => event.ticketId === ticketId).map((event) => event.type)).toEqual([
        'message.received',
        'ticket.moved',
      ]);
      expect(await screen.say('subscribe', { ticketId })).toMatchObject({ error: { code: 'not_found' } });
    });
  });

  it('takes a reader that does not read out of its rooms, and tells it to fetch anew', async () => {
    const { id } = await addWorkspace(node, 'slow', 0);
    const slow = screenOf(await addAgent(node, id, 'slow', 'lead'));
    const quick = screenOf(await addAgent(node, id, 'quick', 'lead'));
    await slow.open(null);
    await quick.open(null);
    slow.stopReading();
    const connection = [...node.app.get(LocalSockets).of(id)].find((each) => each.principal.agentId === slow.agent.id)!;
    const pad = 'x'.repeat(20_000);
    let worst = 0;
    for (let n = 0; n < 600 && connection.phase === 'live'; n++) {
      await node.record(id, told([room.leads], { data: { seq: n, visibility: 'public', author: pad as 'agent' } }));
      worst = Math.max(worst, connection.backlog);
      await sleep(2);
    }
    expect(connection.phase).toBe('lagging');
    expect(worst).toBeLessThan(3 * 1024 * 1024);
    const atLag = connection.backlog;
    await node.record(id, told([room.leads], { ticketId: quick.agent.id }));
    await until('the other reads on', () => quick.events.at(-1)?.ticketId === quick.agent.id);
    expect(heard(quick)).toEqual(await positions(id, rooms(quick.agent, 'lead', []), heard(quick)[0]! - 1));
    expect(connection.backlog).toBeLessThanOrEqual(atLag);
    slow.readOn();
    await until('it is told', () => slow.resyncs.length === 1);
    await node.record(id, told([room.leads], { ticketId: slow.agent.id }));
    await until('it hears again', () => slow.events.at(-1)?.ticketId === slow.agent.id);
    expect(heard(slow).filter((position) => position > slow.resyncs[0]!)).toEqual(
      await positions(id, rooms(slow.agent, 'lead', []), slow.resyncs[0]),
    );
  });

  it('shows who looks and who writes to those who have the ticket open, and to nobody else', async () => {
    const { id, teamIds } = await addWorkspace(node, 'viewers', 1);
    const ada = await addAgent(node, id, 'ada', 'agent', teamIds);
    const omar = await addAgent(node, id, 'omar', 'agent', teamIds);
    const lead = await addAgent(node, id, 'lead', 'lead');
    const ticketId = await addTicket(db.url, id, teamIds[0]!);
    const [hers, his, leads] = [screenOf(ada), screenOf(omar), screenOf(lead)];
    for (const screen of [hers, his, leads]) await screen.open(null);
    await hers.say('viewing', { ticketId });
    await his.say('subscribe', { ticketId });
    const seen = () => his.viewers.at(-1)?.agents;
    await until('he sees her', () => seen()?.length === 1);
    await hers.say('typing', { ticketId, on: true });
    await until('he sees her write', () => seen()?.[0]?.typing);
    expect(seen()).toEqual([{ id: ada.id, name: 'ada', typing: true }]);
    await hers.say('typing', { ticketId, on: false });
    await until('he sees her stop', () => seen()?.[0]?.typing === false);
    hers.drop();
    await until('he sees her leave', () => seen()?.length === 0);
    expect(leads.viewers).toEqual([]);
  });

  describe('presence', () => {
    const times = { ttlMs: 1_500, refreshMs: 200, graceMs: 400, sweepMs: 100 };
    let quick: RealtimeNode;
    beforeAll(async () => {
      quick = await startRealtimeNode({ DATABASE_URL: db.url }, times);
    });
    afterAll(() => quick.close());

    const changes = async (workspaceId: string) => {
      const rows = await asOwner(
        db.url,
        `SELECT data, audience FROM domain_events WHERE workspace_id = $1 AND type = 'presence.changed' ORDER BY position`,
        [workspaceId],
      );
      return rows.map((row) => row['data'] as { agentId: string; from: string; to: string });
    };
    const states = async (workspaceId: string) => (await changes(workspaceId)).map((change) => change.to);

    it('comes with the first socket, survives a reload, and goes after the last', async () => {
      const { id, teamIds } = await addWorkspace(node, 'here', 1);
      const ada = await addAgent(node, id, 'ada', 'agent', teamIds);
      const lead = screenOf(await addAgent(node, id, 'lead', 'analyst'), quick);
      await lead.open(null);
      expect(await lead.say('presence', { state: 'online' })).toMatchObject({ error: { code: 'forbidden' } });
      const [one, two] = [screenOf(ada, quick), screenOf(ada, quick)];
      await one.open(null);
      await two.open(null);
      await until('she is online', async () => (await states(id)).length === 1);
      expect(await changes(id)).toEqual([{ agentId: ada.id, from: 'offline', to: 'online' }]);
      await until('others hear', () => lead.events.some((event) => event.type === 'presence.changed'));
      one.drop();
      two.drop();
      await one.open(null);
      await sleep(times.graceMs * 2);
      expect(await states(id)).toEqual(['online']);
      one.close();
      await until('she is offline', async () => (await states(id)).length === 2);
      expect(await states(id)).toEqual(['online', 'offline']);
    });

    it('remembers what the agent chose over a reconnect', async () => {
      const { id } = await addWorkspace(node, 'chosen', 0);
      const ada = await addAgent(node, id, 'ada', 'agent');
      const screen = screenOf(ada, quick);
      await screen.open(null);
      await until('she is online', async () => (await states(id)).length === 1);
      expect(await screen.say('presence', { state: 'away' })).toEqual({ ok: true });
      screen.drop();
      await until('she is offline', async () => (await states(id)).at(-1) === 'offline');
      await screen.open(null);
      await until('she is back', async () => (await states(id)).length === 4);
      expect(await states(id)).toEqual(['online', 'away', 'offline', 'away']);
      const response = await fetch(`${quick.base}/api/v1/presence`, {
        headers: { authorization: `Bearer ${ada.token}` },
      });
      expect(await response.json()).toMatchObject({ items: [{ agentId: ada.id, state: 'away' }], nextCursor: null });
    });

    it('has a break, an end in sight, and work that is not taken there', async () => {
      const { id, teamIds } = await addWorkspace(node, 'stances', 1);
      const ada = await addAgent(node, id, 'ada', 'agent', teamIds);
      const screen = screenOf(ada, quick);
      await screen.open(null);
      await until('she is online', async () => (await states(id)).length === 1);
      for (const state of ['draining', 'break']) expect(await screen.say('presence', { state })).toEqual({ ok: true });
      expect(await screen.say('presence', { state: 'online', takes: ['dm', 'comment', 'dm'] })).toEqual({ ok: true });
      expect(await screen.say('presence', { state: 'online', takes: ['dm'] })).toEqual({ ok: true });
      expect(await screen.say('presence', { state: 'away' })).toEqual({ ok: true }); // what she takes stays
      expect(await screen.say('presence', { state: 'online', takes: null })).toEqual({ ok: true });
      for (const takes of [[], ['A B'], 'dm', [7]])
        expect(await screen.say('presence', { state: 'online', takes })).toMatchObject({
          error: { code: 'validation_failed', details: { fields: [{ path: 'takes' }] } },
        });
      expect((await changes(id)).slice(1)).toEqual([
        { agentId: ada.id, from: 'online', to: 'draining' },
        { agentId: ada.id, from: 'draining', to: 'break' },
        { agentId: ada.id, from: 'break', to: 'online', takes: ['comment', 'dm'] },
        { agentId: ada.id, from: 'online', to: 'online', takes: ['dm'] },
        { agentId: ada.id, from: 'online', to: 'away', takes: ['dm'] },
        { agentId: ada.id, from: 'away', to: 'online' },
      ]);
    });

    it('is away when nothing is seen of the person, and back when something is', async () => {
      const { id } = await addWorkspace(node, 'idle', 0);
      const [ada, ben] = [await addAgent(node, id, 'ada', 'agent'), await addAgent(node, id, 'ben', 'agent')];
      const [idle, still] = [screenOf(ada, quick), screenOf(ben, quick)];
      await idle.open(null);
      await still.open(null);
      await until('both are online', async () => (await states(id)).length === 2);
      expect(await still.say('presence', { state: 'break' })).toEqual({ ok: true });
      await asOwner(db.url, `UPDATE workspaces SET settings = '{"routing": {"autoAwayMinutes": 0.01}}' WHERE id = $1`, [
        id,
      ]);
      const ofAda = async () => (await changes(id)).filter((change) => change.agentId === ada.id).map(({ to }) => to);
      await until('she is away', async () => (await ofAda()).at(-1) === 'away');
      let moving = true;
      const hands = (async () => {
        while (moving) {
          await idle.say('active', {});
          await sleep(50);
        }
      })();
      await until('she is back', async () => (await ofAda()).at(-1) === 'online');
      moving = false;
      await hands;
      await asOwner(db.url, `UPDATE workspaces SET settings = '{"routing": {"autoAwayMinutes": null}}' WHERE id = $1`, [
        id,
      ]);
      await until('never away again', async () => (await ofAda()).at(-1) === 'online');
      const ofBen = (await changes(id)).filter((change) => change.agentId === ben.id).map(({ to }) => to);
      expect(ofBen).toEqual(['online', 'break']); // a break is a choice; idleness does not change it
    });

    it('ends once for the agents of a node that died, whoever sweeps', async () => {
      const { id } = await addWorkspace(node, 'died', 0);
      const agents = await Promise.all(Array.from({ length: 30 }, (_, n) => addAgent(node, id, `a${n}`, 'agent')));
      await asOwner(
        db.url,
        `INSERT INTO agent_presence (workspace_id, agent_id, state, expires_at)
         SELECT $1, unnest($2::uuid[]), 'online', now() - interval '1 second'`,
        [id, agents.map((agent) => agent.id)],
      );
      const second = await startRealtimeNode({ DATABASE_URL: db.url }, { ...times, sweepMs: 10 });
      await until('all are offline', async () => (await states(id)).length >= 30);
      await sleep(200);
      await second.close();
      expect((await changes(id)).map((change) => change.agentId).toSorted()).toEqual(
        agents.map((a) => a.id).toSorted(),
      );
    });

    it('stays while another node holds a socket', async () => {
      const { id } = await addWorkspace(node, 'twice', 0);
      const ada = await addAgent(node, id, 'ada', 'agent');
      const second = await startRealtimeNode({ DATABASE_URL: db.url }, times);
      const [one, two] = [screenOf(ada, quick), screenOf(ada, second)];
      await one.open(null);
      await two.open(null);
      await until('she is online', async () => (await states(id)).length === 1);
      one.close();
      await sleep(times.graceMs * 3);
      expect(await states(id)).toEqual(['online']);
      two.close();
      await until('she is offline', async () => (await states(id)).length === 2);
      await second.close();
      expect(await states(id)).toEqual(['online', 'offline']);
    });
  });

  it('loses nothing between two nodes when Redis dies, and finds it again', async () => {
    const unheard = jest.fn();
    process.on('unhandledRejection', unheard);
    const redis = await startRedis();
    const env = { DATABASE_URL: db.url, REDIS_URL: redis.url };
    const [left, right] = [await startRealtimeNode(env), await startRealtimeNode(env)];
    const { id } = await addWorkspace(node, 'two-nodes', 0);
    const ada = await addAgent(node, id, 'ada', 'lead');
    const omar = await addAgent(node, id, 'omar', 'lead');
    const ticketId = await addTicket(db.url, id, null);
    const [hers, his] = [screenOf(ada, left), screenOf(omar, right)];
    await hers.open(0);
    await his.open(0);
    await his.say('subscribe', { ticketId });
    // pub/sub may not be joined yet at the first word; a client says it again
    await until('words cross over', async () => {
      await hers.say('viewing', { ticketId });
      return his.viewers.at(-1)?.agents.length === 1;
    });

    const write = async (count: number) => {
      for (let n = 0; n < count; n++) {
        await left.record(id, told([room.leads]));
        await right.record(id, told([room.leads]));
      }
    };
    await write(40);
    await redis.kill('SIGKILL');
    await write(40);
    // a node comes and goes while there is none
    const late = await startRealtimeNode(env);
    const third = screenOf(ada, late);
    expect((await third.open(0)).resync).toBeUndefined();
    await write(1);
    const sofar = await positions(id, [room.leads]);
    await until('the late node follows', () => third.position >= sofar.at(-1)!);
    expect(heard(third).slice(0, sofar.length)).toEqual(sofar);
    third.close();
    await late.close();
    hers.drop();
    await write(10);
    await hers.open(hers.position, right.base); // to the other node
    const again = await startRedis(redis.port);
    await write(40);
    const all = await positions(id, [room.leads]);
    expect(all.length).toBeGreaterThanOrEqual(260);
    for (const screen of [hers, his]) {
      await until('all are there', () => screen.position >= all.at(-1)!);
      expect(heard(screen)).toEqual(all);
    }
    await hers.open(null, left.base);
    await until('words cross over again', async () => {
      await hers.say('viewing', { ticketId: null });
      await hers.say('viewing', { ticketId });
      return his.viewers.at(-1)?.agents.length === 1;
    });
    // the round of rechecks is 30 s away: this comes over Redis
    await left.database.lean('system', (tx) =>
      tx.execute('UPDATE agents SET disabled_at = now() WHERE id = $1', [omar.id]),
    );
    await until('he is out on the other node', async () => {
      // said again until heard: the other node's subscription may only just be coming back
      await left.database.lean('system', async (tx) =>
        left.app.get(AccessChanges).announce(tx, { workspaceId: id, agentId: omar.id }),
      );
      return !his.connected;
    });
    hers.close();
    await left.close();
    await right.close();
    await again.kill('SIGKILL');
    expect(unheard).not.toHaveBeenCalled();
    process.off('unhandledRejection', unheard);
  });
});
