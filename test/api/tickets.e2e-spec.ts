import type { Principal } from '../../src/identity/principal';
import { TicketsService } from '../../src/inbox/tickets/tickets.service';
import { PullService } from '../../src/routing/pull.service';
import { uuidv7 } from '../../src/platform/ids';
import { cloneDatabase } from '../database';
import { principalOf, seedWorkspace, startInboxNode, type World } from '../inbox-node';

type Node = Awaited<ReturnType<typeof startInboxNode>>;
interface TicketJson {
  id: string;
  number: number;
  status: string;
  priority: string;
  version: number;
  assignee: { id: string; name: string } | null;
  team: { id: string } | null;
  contact: object;
  channel: object;
  post: null;
  dueAt: string | null;
  solvedAt: string | null;
}
interface ErrorJson {
  error: { code: string; message: string; details: Record<string, unknown> };
}

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let node: Node;
let harbour: World;
let support: string;
let sales: string;
let ada: string; // support
let ben: string; // support
let cem: string; // sales
let lea: string; // lead
let ann: string; // analyst

beforeAll(async () => {
  clone = await cloneDatabase();
  node = await startInboxNode({ DATABASE_URL: clone.url, DATABASE_POOL: 24 });
  harbour = await seedWorkspace(node.database, 'harbour');
  support = await harbour.team('Support');
  sales = await harbour.team('Sales');
  ada = await harbour.agent('Ada', { teamIds: [support] });
  ben = await harbour.agent('Ben', { teamIds: [support], capacity: 1 });
  cem = await harbour.agent('Cem', { teamIds: [sales] });
  lea = await harbour.agent('Lea', { role: 'lead' });
  ann = await harbour.agent('Ann', { role: 'analyst' });
});

afterAll(async () => {
  await node.close();
  await clone.drop();
});

const lastEvent = async (ticketId: string) => (await harbour.events()).filter((e) => e.ticket_id === ticketId).at(-1);

describe('a ticket for people', () => {
  it('shows who, where and what', async () => {
    const { id, number, conversationId } = await harbour.ticket({ teamId: support });
    const { status, body } = await node.http(ada, 'GET', `/tickets/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      number,
      status: 'new',
      contact: { id: harbour.contactId, name: 'Omar', handle: 'omar.sails', avatarUrl: null },
      channel: { id: harbour.channelId, kind: 'instagram', name: 'Harbour' },
      team: { id: support, name: 'Support' },
      assignee: null,
      post: null,
      conversation: { id: conversationId, handler: 'bot', kind: 'dm' },
      position: expect.any(Number),
    });
  });

  it('is the same 404 when it is not there, not yours, or another workspace’s', async () => {
    const reef = await seedWorkspace(node.database, 'reef');
    const theirs = await reef.ticket();
    const unseen = await harbour.ticket({ teamId: sales });
    const answers = await Promise.all(
      [theirs.id, unseen.id, uuidv7(), 'not-an-id'].flatMap((id) => [
        node.http(ada, 'GET', `/tickets/${id}`),
        node.http(ada, 'GET', `/tickets/${id}/timeline`),
        node.http(ada, 'GET', `/tickets/${id}/sla`),
        node.http(ada, 'POST', `/tickets/${id}/claim`),
        node.http(ada, 'PUT', `/tickets/${id}/status`, { status: 'solved' }),
        node.http(ada, 'PUT', `/tickets/${id}/priority`, { priority: 'high' }),
        node.http(ada, 'PUT', `/tickets/${id}/assignee`, { agentId: ada }),
        node.http(ada, 'PUT', `/tickets/${id}/team`, { teamId: support }),
      ]),
    );
    expect([...new Set(answers.map((a) => `${a.status} ${(a.body as ErrorJson).error.code}`))]).toEqual([
      '404 not_found',
    ]);
    expect((await node.http(lea, 'GET', `/tickets/${theirs.id}`)).status).toBe(404);
    const outsider = await reef.agent('Ria', { role: 'owner' });
    expect((await node.http(lea, 'PUT', `/tickets/${unseen.id}/assignee`, { agentId: outsider })).status).toBe(404);
    expect(
      (await node.http(lea, 'PUT', `/tickets/${unseen.id}/team`, { teamId: await reef.team('Reef') })).status,
    ).toBe(404);
  });

  it('can be read but not changed by those who only read', async () => {
    const { id } = await harbour.ticket({ teamId: support });
    expect((await node.http(ann, 'GET', `/tickets/${id}`)).status).toBe(200);
    expect((await node.http(ann, 'POST', `/tickets/${id}/claim`)).status).toBe(403);
    expect((await node.http(ann, 'POST', '/tickets/next')).status).toBe(403);
  });

  it('names every wrong field', async () => {
    const { id } = await harbour.ticket({ teamId: support });
    for (const [url, body, path] of [
      ['status', { status: 'done' }, 'status'],
      ['priority', {}, 'priority'],
      ['assignee', {}, 'agentId'],
      ['assignee', { agentId: 'x' }, 'agentId'],
      ['team', { teamId: 7 }, 'teamId'],
    ] as const) {
      const answer = await node.http(ada, 'PUT', `/tickets/${id}/${url}`, body);
      expect(answer).toMatchObject({
        status: 422,
        body: { error: { code: 'validation_failed', details: { fields: [{ path }] } } },
      });
    }
    for (const query of [
      'view=some',
      'limit=0',
      'status=lost',
      'queue=x',
      'cursor=zzzz',
      'sort=due&cursor=WyJyZWNlbnQiLCJ4IiwieSJd',
    ]) {
      expect((await node.http(ada, 'GET', `/tickets?${query}`)).status).toBe(422);
    }
  });
});

describe('changing a ticket', () => {
  it('moves through its life with an event each time, and none when nothing changed', async () => {
    const { id } = await harbour.ticket({ teamId: support });
    const solved = await node.http(ada, 'PUT', `/tickets/${id}/status`, { status: 'solved', reason: 'refunded' });
    expect(solved.body as TicketJson).toMatchObject({ status: 'solved', version: 2, solvedAt: expect.any(String) });
    expect(await lastEvent(id)).toMatchObject({
      type: 'ticket.status_changed',
      data: { from: 'new', to: 'solved', reason: 'refunded' },
      actor: { kind: 'agent', id: ada },
      audience: expect.arrayContaining(['leads', `team:${support}`, `ticket:${id}`]),
    });
    const before = (await harbour.events()).length;
    expect(
      (await node.http(ada, 'PUT', `/tickets/${id}/status`, { status: 'solved' })).body as TicketJson,
    ).toMatchObject({ version: 2 });
    expect((await harbour.events()).length).toBe(before);
    await node.http(ada, 'PUT', `/tickets/${id}/status`, { status: 'closed' });
    const refused = await node.http(ada, 'PUT', `/tickets/${id}/status`, { status: 'open' });
    expect(refused).toMatchObject({
      status: 409,
      body: { error: { code: 'invalid_transition', details: { allowed: [] } } },
    });
  });

  it('is not reopened beside a newer ticket of its conversation', async () => {
    const { id, conversationId } = await harbour.ticket({ teamId: support, status: 'solved' });
    await harbour.rows(
      `INSERT INTO tickets (workspace_id, id, number, conversation_id, position, contact_id, channel_id, brand_id, kind, last_message_at)
       SELECT workspace_id, gen_random_uuid(), 100000, conversation_id, 2, contact_id, channel_id, brand_id, kind, now()
       FROM tickets WHERE workspace_id = $1 AND conversation_id = '${conversationId}'`,
    );
    const answer = await node.http(ada, 'PUT', `/tickets/${id}/status`, { status: 'open' });
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
  });

  it('tells both teams when it moves, and leaves an assignee who does not work there', async () => {
    const { id } = await harbour.ticket({ teamId: support, assigneeId: ada });
    const moved = await node.http(ada, 'PUT', `/tickets/${id}/team`, { teamId: sales });
    expect(moved.body as TicketJson).toMatchObject({ team: { id: sales }, assignee: null });
    const [move, assigned] = (await harbour.events()).filter((e) => e.ticket_id === id);
    expect(move).toMatchObject({ type: 'ticket.moved', data: { from: support, to: sales } });
    expect(move!.audience).toEqual(expect.arrayContaining([`team:${support}`, `team:${sales}`, `agent:${ada}`]));
    expect(assigned).toMatchObject({ type: 'ticket.assigned', data: { from: ada, to: null, how: 'moved' } });
    expect((await node.http(ada, 'GET', `/tickets/${id}`)).status).toBe(404);
    expect((await node.http(cem, 'GET', `/tickets/${id}`)).status).toBe(200);
  });

  it('keeps a readable timeline', async () => {
    const { id } = await harbour.ticket({ teamId: support });
    await node.http(ada, 'POST', `/tickets/${id}/claim`);
    await node.http(ada, 'PUT', `/tickets/${id}/priority`, { priority: 'urgent' });
    const first = (await node.http(ada, 'GET', `/tickets/${id}/timeline?limit=1`)).body as {
      items: object[];
      nextCursor: string;
    };
    expect(first.items).toMatchObject([
      { type: 'ticket.assigned', actor: { kind: 'agent', id: ada, name: 'Ada' }, data: { how: 'claim' } },
    ]);
    const rest = (await node.http(ada, 'GET', `/tickets/${id}/timeline?cursor=${first.nextCursor}`))
      .body as typeof first;
    expect(rest).toMatchObject({
      items: [{ type: 'ticket.priority_changed', data: { from: 'normal', to: 'urgent' } }],
      nextCursor: null,
    });
  });
});

describe('assigning', () => {
  it('takes an unheld ticket once, says who has it, and forgives repeating oneself', async () => {
    const { id } = await harbour.ticket({ teamId: support });
    expect((await node.http(ada, 'POST', `/tickets/${id}/claim`)).body as TicketJson).toMatchObject({
      assignee: { id: ada },
      version: 2,
    });
    expect((await node.http(ada, 'POST', `/tickets/${id}/claim`)).body as TicketJson).toMatchObject({ version: 2 });
    expect(await node.http(lea, 'POST', `/tickets/${id}/claim`)).toMatchObject({
      status: 409,
      body: { error: { code: 'already_claimed', details: { assignee: { id: ada, name: 'Ada' } } } },
    });
  });

  it('stops at capacity; only a lead goes over it, and it is written down', async () => {
    const [one, two] = [await harbour.ticket({ teamId: support }), await harbour.ticket({ teamId: support })];
    expect((await node.http(ben, 'POST', `/tickets/${one.id}/claim`)).status).toBe(200);
    expect(await node.http(ben, 'POST', `/tickets/${two.id}/claim`)).toMatchObject({
      status: 409,
      body: { error: { code: 'capacity_full', details: { capacity: 1, load: 1 } } },
    });
    expect((await node.http(ben, 'POST', '/tickets/next')).status).toBe(409);
    expect((await node.http(lea, 'PUT', `/tickets/${two.id}/assignee`, { agentId: ben })).status).toBe(409);
    expect((await node.http(ada, 'PUT', `/tickets/${two.id}/assignee`, { agentId: ben, force: true })).status).toBe(
      403,
    );
    expect((await node.http(lea, 'PUT', `/tickets/${two.id}/assignee`, { agentId: ben, force: true })).status).toBe(
      200,
    );
    expect(await lastEvent(two.id)).toMatchObject({
      data: { to: ben, how: 'manual', why: { forced: true, load: 1, capacity: 1 } },
    });
    await node.http(ben, 'PUT', `/tickets/${one.id}/status`, { status: 'pending' });
    await node.http(lea, 'PUT', `/tickets/${two.id}/assignee`, { agentId: null });
    expect((await node.http(ben, 'POST', `/tickets/${two.id}/claim`)).status).toBe(200); // pending work takes no room
  });

  it('goes only to somebody who may hold it', async () => {
    const { id } = await harbour.ticket({ teamId: support });
    const gone = await harbour.agent('Gil', { teamIds: [support] });
    await harbour.rows(`UPDATE agents SET disabled_at = now() WHERE workspace_id = $1 AND id = '${gone}'`);
    for (const agentId of [cem, gone, ann]) {
      expect(await node.http(lea, 'PUT', `/tickets/${id}/assignee`, { agentId })).toMatchObject({
        status: 422,
        body: { error: { details: { fields: [{ path: 'agentId' }] } } },
      });
    }
    expect((await node.http(lea, 'PUT', `/tickets/${id}/assignee`, { agentId: lea })).status).toBe(200);
  });

  it('pulls the most urgent ticket of one’s teams and the lobby, then nothing', async () => {
    const pier = await seedWorkspace(node.database, 'pier');
    const [mine, other] = [await pier.team('Mine', 'pull'), await pier.team('Other', 'pull')];
    const zoe = await pier.agent('Zoe', { teamIds: [mine] });
    const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000);
    await pier.ticket({ teamId: other, dueAt: soon(1) });
    const third = await pier.ticket({ teamId: mine });
    const second = await pier.ticket({ dueAt: soon(30) });
    const first = await pier.ticket({ teamId: mine, dueAt: soon(15) });
    await pier.ticket({ teamId: mine, status: 'pending', dueAt: soon(2) });
    for (const expected of [first, second, third]) {
      expect((await node.http(zoe, 'POST', '/tickets/next')).body).toMatchObject({
        id: expected.id,
        assignee: { id: zoe },
      });
    }
    expect(await node.http(zoe, 'POST', '/tickets/next')).toEqual({ status: 200, body: null });
  });
});

describe('lists', () => {
  let quay: World;
  let red: string;
  let blue: string;
  let rae: string; // red
  let max: string; // red and blue
  let own: string; // owner
  const at = (n: number) => new Date(Date.UTC(2026, 2, 21, 10, n));

  beforeAll(async () => {
    quay = await seedWorkspace(node.database, 'quay');
    [red, blue] = [await quay.team('Red'), await quay.team('Blue')];
    rae = await quay.agent('Rae', { teamIds: [red] });
    max = await quay.agent('Max', { teamIds: [red, blue] });
    own = await quay.agent('Own', { role: 'owner' });
    const teams = [red, blue, null];
    const statuses = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'];
    for (let i = 0; i < 90; i++) {
      await quay.ticket({
        teamId: teams[i % 3],
        status: statuses[i % 6],
        assigneeId: [null, rae, max, null, own][i % 5],
        dueAt: i % 4 === 0 ? null : at((i * 7) % 40), // many share a due time, many have none
        lastMessageAt: at((i * 11) % 45),
        kind: i % 2 ? 'dm' : 'comment',
        preview: i === 40 ? '100% سفارش_من' : 'hello',
      });
    }
  });

  async function allPages(agentId: string, query: string, limit = 7): Promise<TicketJson[]> {
    const items: TicketJson[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: TicketJson[]; nextCursor: string | null } = (
        await node.http(agentId, 'GET', `/tickets?${query}&limit=${limit}${cursor && `&cursor=${cursor}`}`)
      ).body;
      items.push(...page.items);
      cursor = page.nextCursor;
      expect(items.length).toBeLessThanOrEqual(90);
    }
    return items;
  }

  const owed = `t.status IN ('new', 'open')`;
  const active = `t.status IN ('new', 'open', 'pending', 'on_hold')`;
  const DUE = 't.due_at, t.id';
  const RECENT = 't.last_message_at DESC, t.id DESC';
  const seenBy = (agentId: string): string => {
    if (agentId === own) return 'true';
    const teams = agentId === rae ? `'${red}'` : `'${red}', '${blue}'`;
    return `(t.team_id IS NULL OR t.team_id IN (${teams}) OR t.assignee_id = '${agentId}')`;
  };

  it.each<[string, string, (agentId: string) => string, string]>([
    ['all', 'view=all', () => active, DUE],
    ['all, latest first', 'view=all&sort=recent', () => active, RECENT],
    ['mine', 'view=mine', (me) => `${active} AND t.assignee_id = '${me}'`, DUE],
    ['unassigned', 'view=unassigned', () => `${owed} AND t.assignee_id IS NULL`, DUE],
    ['solved', 'view=solved', () => `t.status IN ('solved', 'closed')`, RECENT],
    ['some statuses', 'status=pending,solved', () => `t.status IN ('pending', 'solved')`, DUE],
    ['one kind', 'kind=comment&sort=recent', () => `${active} AND t.kind = 'comment'`, RECENT],
    ['nobody’s', 'assignee=none', () => `${active} AND t.assignee_id IS NULL`, DUE],
    ['the lobby', 'queue=lobby', () => `${active} AND t.team_id IS NULL`, DUE],
  ])('%s: each page goes on where the last one ended', async (_, query, condition, order) => {
    for (const agentId of [rae, max, own]) {
      const expected = await quay.rows<{ id: string }>(
        `SELECT t.id FROM tickets t WHERE t.workspace_id = $1 AND ${condition(agentId)} AND ${seenBy(agentId)} ORDER BY ${order}`,
      );
      const ids = (await allPages(agentId, query)).map((ticket) => ticket.id);
      expect(ids).toEqual(expected.map((row) => row.id));
      expect(ids.length).toBeGreaterThan(0);
    }
  });

  it('shows a queue only to those who may see it', async () => {
    const inBlue = await quay.rows<{ id: string }>(
      `SELECT t.id FROM tickets t WHERE t.workspace_id = $1 AND ${owed} AND t.assignee_id IS NULL AND t.team_id = '${blue}' ORDER BY ${DUE}`,
    );
    expect((await allPages(max, `view=queue&queue=${blue}`)).map((t) => t.id)).toEqual(inBlue.map((r) => r.id));
    expect(inBlue.length).toBeGreaterThan(0);
    expect(await allPages(rae, `view=queue&queue=${blue}`)).toEqual([]);
  });

  it('finds by number in any digits and by words, taking wildcards literally', async () => {
    const [{ id, number }] = (await quay.rows<{ id: string; number: string }>(
      `SELECT id, number FROM tickets WHERE workspace_id = $1 AND preview <> 'hello'`,
    )) as [{ id: string; number: string }];
    const statuses = 'status=new,open,pending,on_hold,solved,closed';
    const find = async (q: string) => (await allPages(own, `${statuses}&q=${encodeURIComponent(q)}`)).map((t) => t.id);
    expect(await find(`#${number}`)).toEqual([id]);
    expect(await find(number.replaceAll(/\d/g, (d) => String.fromCharCode(0x6f0 + Number(d))))).toEqual([id]);
    expect(await find('100%')).toEqual([id]);
    expect(await find('سفارش_')).toEqual([id]);
    expect(await find('0%_')).toEqual([]);
    expect((await find('OMAR.S')).length).toBe(90);
  });

  it('counts what the lists show', async () => {
    for (const agentId of [rae, max, own]) {
      const size = async (query: string) => (await allPages(agentId, query, 100)).length;
      const late = await quay.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM tickets t WHERE t.workspace_id = $1 AND ${active} AND ${seenBy(agentId)} AND t.due_at < now()`,
      );
      expect((await node.http(agentId, 'GET', '/tickets/counts')).body).toEqual({
        mine: await size('view=mine'),
        unassigned: await size('view=unassigned'),
        all: await size('view=all'),
        breached: late[0]!.n,
        capped: 1000,
      });
    }
  });

  it('gives every ticket that stays put exactly once while others come, go and move', async () => {
    const isle = await seedWorkspace(node.database, 'isle');
    const team = await isle.team('Only');
    const ivy = await isle.agent('Ivy', { teamIds: [team], capacity: 1000 });
    const still: string[] = [];
    const moving: string[] = [];
    for (let i = 0; i < 80; i++) {
      const { id } = await isle.ticket({ teamId: i % 4 ? team : null, dueAt: i % 3 ? at(i % 20) : null });
      (i % 2 ? still : moving).push(id);
    }
    let turning = true;
    const churn = (async () => {
      for (let i = 0; turning; i++) {
        const id = moving[i % moving.length]!;
        await isle.rows(
          `UPDATE tickets SET due_at = ${i % 3 ? `now() + ${i % 7} * interval '1 min'` : 'NULL'} WHERE workspace_id = $1 AND id = '${id}'`,
        );
        if (i % 10 === 0) await isle.ticket({ teamId: team, dueAt: at(i % 20) });
      }
    })();
    try {
      for (let round = 0; round < 5; round++) {
        const seen: string[] = [];
        for (let cursor: string | null = ''; cursor !== null;) {
          const page: { items: TicketJson[]; nextCursor: string | null } = (
            await node.http(ivy, 'GET', `/tickets?view=unassigned&limit=9${cursor && `&cursor=${cursor}`}`)
          ).body;
          seen.push(...page.items.map((t) => t.id));
          cursor = page.nextCursor;
        }
        expect(still.map((id) => seen.filter((other) => other === id).length)).toEqual(still.map(() => 1));
      }
    } finally {
      turning = false;
      await churn;
    }
  });
});

describe('races', () => {
  it('fifty agents grabbing at two hundred tickets: each has one holder, nobody ever holds too many', async () => {
    const bay = await seedWorkspace(node.database, 'bay');
    const team = await bay.team('All', 'pull');
    const tickets = await Promise.all(Array.from({ length: 200 }, () => bay.ticket({ teamId: team })));
    const agents = await Promise.all(
      Array.from({ length: 50 }, (_, i) => bay.agent(`A${i}`, { teamIds: [team], capacity: 3 })),
    );
    const principals: Principal[] = await Promise.all(agents.map((id) => principalOf(node.database, id)));
    const service = node.app.get(TicketsService);
    const pull = node.app.get(PullService);

    const refused: string[] = [];
    const taken: string[] = []; // agent and ticket of every call that succeeded
    let done = false;
    let worst = 0;
    const watch = (async () => {
      while (!done) {
        const [row] = await bay.rows<{ most: number }>(
          `SELECT coalesce(max(n), 0)::int AS most FROM
             (SELECT count(*) AS n FROM tickets WHERE workspace_id = $1 AND assignee_id IS NOT NULL GROUP BY assignee_id) c`,
        );
        worst = Math.max(worst, row!.most);
      }
    })();
    // each agent reaches for several tickets at the same moment, all of them for the same few first
    await Promise.all(
      principals.flatMap((who, a) =>
        [0, 1, 2, 3, 4].map(async (n) => {
          const work = n % 2 ? pull.next(who) : service.claim(who, tickets[(a >> 2) + n * 20]!.id);
          await work.then(
            (ticket) => taken.push(`${who.agentId} ${ticket?.id}`),
            (error: { code: string }) => refused.push(error.code),
          );
        }),
      ),
    );
    done = true;
    await watch;

    const held = await bay.rows<{ assignee_id: string; n: number }>(
      `SELECT assignee_id, count(*)::int AS n FROM tickets WHERE workspace_id = $1 AND assignee_id IS NOT NULL GROUP BY assignee_id`,
    );
    expect(worst).toBeLessThanOrEqual(3);
    expect(Math.max(...held.map((row) => row.n))).toBe(3);
    expect([...new Set(refused)].sort()).toEqual(['already_claimed', 'capacity_full']);
    const events = await bay.events('ticket.assigned');
    expect(new Set(events.map((e) => e.ticket_id)).size).toBe(events.length); // none was given twice
    expect(events.length).toBe(held.reduce((sum, row) => sum + row.n, 0));
    expect(taken.length + refused.length).toBe(250);
    // claiming what `next` gave one a moment before succeeds again, and is no second event
    expect([...new Set(taken)].sort()).toEqual(events.map((e) => `${String(e.data['to'])} ${e.ticket_id}`).sort());
  });

  it('one ticket, thirty hands', async () => {
    const { id } = await harbour.ticket({ teamId: support });
    const agents = await Promise.all(
      Array.from({ length: 30 }, (_, i) => harbour.agent(`H${i}`, { teamIds: [support] })),
    );
    const answers = await Promise.all(agents.map((agentId) => node.http(agentId, 'POST', `/tickets/${id}/claim`)));
    expect(answers.filter((a) => a.status === 200)).toHaveLength(1);
    expect(answers.filter((a) => (a.body as ErrorJson).error?.code === 'already_claimed')).toHaveLength(29);
  });

  it('a lead and a claim at once never fill an agent beyond capacity', async () => {
    const dee = await harbour.agent('Dee', { teamIds: [support], capacity: 2 });
    const tickets = await Promise.all(Array.from({ length: 12 }, () => harbour.ticket({ teamId: support })));
    const answers = await Promise.all(
      tickets.map(({ id }, i) =>
        i % 2
          ? node.http(dee, 'POST', `/tickets/${id}/claim`)
          : node.http(lea, 'PUT', `/tickets/${id}/assignee`, { agentId: dee }),
      ),
    );
    expect(answers.filter((a) => a.status === 200)).toHaveLength(2);
    expect(answers.filter((a) => (a.body as ErrorJson).error?.code === 'capacity_full')).toHaveLength(10);
  });
});
