import { TicketIntake, type ThreadActivity } from '../../src/inbox/tickets/ticket-intake';
import { TicketThreads } from '../../src/inbox/tickets/ticket-threads';
import { uuidv7 } from '../../src/platform/ids';
import { cloneDatabase } from '../database';
import { seedWorkspace, startInboxNode, type World } from '../inbox-node';

type Node = Awaited<ReturnType<typeof startInboxNode>>;
interface TicketJson {
  id: string;
  number: number;
  status: string;
  tags: string[];
  resolution: string | null;
  waitingSince: string | null;
  snoozedUntil: string | null;
  assignee: { id: string } | null;
  conversationId: string;
  mergedInto: { id: string } | null;
  followers: { id: string }[];
  conversations: { id: string; joined: boolean }[];
}
type Seeded = { id: string; conversationId: string; number: number };

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let node: Node;
let harbour: World;
let reef: World;
let support: string;
let ada: string;
let ben: string;

beforeAll(async () => {
  clone = await cloneDatabase();
  node = await startInboxNode({ DATABASE_URL: clone.url, DATABASE_POOL: 24 });
  harbour = await seedWorkspace(node.database, 'harbour');
  reef = await seedWorkspace(node.database, 'reef');
  await harbour.rows('INSERT INTO ticket_numbers (workspace_id, last) VALUES ($1, 100000)');
  support = await harbour.team('Support');
  ada = await harbour.agent('Ada', { teamIds: [support], capacity: 50 });
  ben = await harbour.agent('Ben', { teamIds: [support] });
});

afterAll(async () => {
  await node.close();
  await clone.drop();
});

const call = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object) =>
  (await node.http(ada, method, url, body)) as { status: number; body: TicketJson };
const code = (answer: { status: number; body: unknown }) =>
  `${answer.status} ${(answer.body as { error: { code: string } }).error.code}`;
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b);
const read = async (id: string) => (await call('GET', `/tickets/${id}`)).body;
const merge = (id: string, into: string) => call('POST', `/tickets/${id}/merge`, { into });
const typesOf = async (ticketId: string) =>
  (await harbour.events()).filter((e) => e.ticket_id === ticketId).map((e) => e.type);
const open = (over: Parameters<World['ticket']>[0] = {}) =>
  harbour.ticket({ teamId: support, status: 'open', ...over });
const stateOf = async ({ id }: Seeded) => {
  const [row] = await harbour.rows<object>(
    `SELECT status, solved_at, closed_at, resolution, tags, snoozed_until, wake_on, merged_into_id, waiting_since, assignee_id,
       ARRAY(SELECT agent_id FROM ticket_followers f WHERE f.ticket_id = t.id ORDER BY 1) AS followers,
       ARRAY(SELECT c.id FROM conversations c WHERE c.joined_ticket_id = t.id ORDER BY 1) AS joined
     FROM tickets t WHERE workspace_id = $1 AND id = '${id}'`,
  );
  return row!;
};

/** What customers say at once, as it reaches tickets. @returns the ticket each thread's words became work of */
const customersWrite = (conversationIds: readonly string[], words = 'Hello?') =>
  node.database.lean('system', async (tx) => {
    const rows = await tx.query<{ id: string; joined_ticket_id: string | null; ticket_count: number }>(
      'SELECT id, joined_ticket_id, ticket_count FROM conversations WHERE id = ANY($1) ORDER BY id FOR UPDATE',
      [conversationIds],
    );
    const now = new Date();
    const threads = rows.map((row): ThreadActivity => ({
      workspaceId: harbour.id,
      conversationId: row.id,
      contactId: harbour.contactId,
      channelId: harbour.channelId,
      brandId: harbour.brandId,
      teamId: support,
      kind: 'dm',
      ticketCount: row.ticket_count,
      joinedTicketId: row.joined_ticket_id,
      calls: [now],
      spokeAt: null,
      lastSpokeAt: null,
      answered: false,
      lastMessageAt: now,
      preview: words,
      previewDirection: 'in',
      subject: null,
    }));
    const refs = await node.app.get(TicketIntake).apply(tx, threads, now);
    const opened = [...refs].flatMap(([id, ref]) => (ref.opened ? [id] : []));
    await tx.execute('UPDATE conversations SET ticket_count = ticket_count + 1 WHERE id = ANY($1)', [opened]);
    return new Map([...refs].map(([id, ref]) => [id, ref.id]));
  });
const customerWrites = async (conversationId: string, words?: string) =>
  (await customersWrite([conversationId], words)).get(conversationId)!;

describe('merging', () => {
  it('goes on in the other ticket, and taking it back gives back exactly what was', async () => {
    const [a, b] = [await open({ status: 'pending' }), await open({ assigneeId: ben })];
    await call('PUT', `/tickets/${a.id}/tags`, { tags: ['one', 'both'] });
    await call('PUT', `/tickets/${b.id}/tags`, { tags: ['both', 'two'] });
    await call('PUT', `/tickets/${b.id}/followers/${ben}`);
    await harbour.rows(
      `UPDATE tickets SET waiting_since = now() - interval '1 hour' WHERE workspace_id = $1 AND id = '${b.id}'`,
    );
    const before = [await stateOf(a), await stateOf(b)];

    const merged = await merge(b.id, a.id);
    expect(merged.body).toMatchObject({ id: a.id, status: 'open', tags: ['one', 'both', 'two'] });
    expect(await read(b.id)).toMatchObject({ status: 'closed', resolution: 'merged', mergedInto: { id: a.id } });
    expect(await read(a.id)).toMatchObject({
      followers: [{ id: ben }],
      waitingSince: expect.any(String),
      conversations: [
        { id: a.conversationId, joined: false },
        { id: b.conversationId, joined: true },
      ],
    });
    expect(await customerWrites(b.conversationId)).toBe(a.id);
    expect(await typesOf(b.id)).toEqual(
      expect.arrayContaining(['ticket.status_changed', 'ticket.resolution_changed', 'ticket.merged']),
    );

    const back = await call('POST', `/tickets/${b.id}/unmerge`);
    expect(back.body).toMatchObject({ id: b.id, status: 'open', mergedInto: null });
    const [wasA, wasB] = before as [object, object];
    expect(await stateOf(b)).toEqual(wasB);
    expect(await stateOf(a)).toEqual({ ...wasA, status: 'open' }); // the customer's word came while they were one
    expect(await customerWrites(b.conversationId)).toBe(b.id);
    expect(code(await call('POST', `/tickets/${b.id}/unmerge`))).toBe('409 conflict');
  });

  it('leaves what was said with the ticket it was said in', async () => {
    const [a, b] = [await open(), await open()];
    await harbour.message(b, 'customer');
    await merge(b.id, a.id);
    const said = await harbour.rows(
      `SELECT 1 FROM messages WHERE workspace_id = $1 AND conversation_id = '${b.conversationId}' AND ticket_id = '${b.id}'`,
    );
    expect(said).toHaveLength(1);
  });

  it('lets one of two crosswise merges through, whoever is first', async () => {
    for (let i = 0; i < 5; i++) {
      const [a, b] = [await open(), await open()];
      const answers = await Promise.all([merge(a.id, b.id), merge(b.id, a.id)]);
      expect(statuses(answers)).toEqual([200, 409]);
      const standing = await harbour.rows<{ merged_into_id: string | null }>(
        `SELECT merged_into_id FROM tickets WHERE workspace_id = $1 AND id IN ('${a.id}', '${b.id}')`,
      );
      expect(standing.filter((row) => row.merged_into_id !== null)).toHaveLength(1);
    }
  });

  it('refuses what makes no sense, and says what to do instead', async () => {
    const [a, b, c, closed] = [await open(), await open(), await open(), await open({ status: 'closed' })];
    expect(code(await merge(a.id, a.id))).toBe('409 conflict');
    expect(code(await merge(a.id, closed.id))).toBe('409 conflict');
    expect(code(await merge(closed.id, a.id))).toBe('409 conflict');
    await merge(a.id, b.id);
    expect(code(await merge(c.id, a.id))).toBe('409 conflict'); // a is b now
    expect(code(await merge(a.id, c.id))).toBe('409 conflict');
    expect(code(await merge(a.id, b.id))).toBe('409 conflict');
    await merge(b.id, c.id);
    expect((await read(c.id)).conversations.map((x) => x.id).toSorted()).toEqual(
      [a, b, c].map((x) => x.conversationId).toSorted(),
    );
    expect(code(await call('POST', `/tickets/${a.id}/unmerge`))).toBe('409 conflict'); // b went further
    expect((await call('POST', `/tickets/${b.id}/unmerge`)).status).toBe(200);
    expect((await read(b.id)).conversations.map((x) => x.id)).toEqual([b.conversationId, a.conversationId]);
    expect((await call('POST', `/tickets/${a.id}/unmerge`)).status).toBe(200);
    expect((await read(b.id)).conversations).toHaveLength(1);
  });

  it('asks before different people become one', async () => {
    const [a, b] = [await open(), await open()];
    const stranger = uuidv7();
    await harbour.rows(`INSERT INTO contacts (workspace_id, id, name) VALUES ($1, '${stranger}', 'Other')`);
    await harbour.rows(`UPDATE tickets SET contact_id = '${stranger}' WHERE workspace_id = $1 AND id = '${b.id}'`);
    expect(code(await merge(b.id, a.id))).toBe('409 conflict');
    const meant = await call('POST', `/tickets/${b.id}/merge`, { into: a.id, differentContacts: true });
    expect(meant.status).toBe(200);
  });

  it('is taken back once when two ask at once, and not over a newer ticket', async () => {
    const [a, b] = [await open(), await open()];
    await merge(b.id, a.id);
    const undo = () => call('POST', `/tickets/${b.id}/unmerge`);
    expect(statuses(await Promise.all([undo(), undo()]))).toEqual([200, 409]);
    await merge(b.id, a.id);
    await call('PUT', `/tickets/${a.id}/status`, { status: 'solved' });
    await call('PUT', `/tickets/${a.id}/status`, { status: 'closed' });
    const fresh = await customerWrites(b.conversationId); // the ticket it was joined to takes no words any more
    expect([a.id, b.id]).not.toContain(fresh);
    expect(code(await undo())).toBe('409 conflict');
    expect((await read(b.id)).mergedInto).toEqual({ id: a.id, number: a.number });
  });

  it('takes another workspace’s tickets for none', async () => {
    const [mine, theirs] = [await open(), await reef.ticket()];
    const answers = [
      await merge(mine.id, theirs.id),
      await merge(theirs.id, mine.id),
      await call('POST', `/tickets/${theirs.id}/unmerge`),
      await call('POST', `/tickets/${theirs.id}/split`, { fromMessageId: uuidv7() }),
      await call('POST', `/tickets/${mine.id}/split`, { fromMessageId: uuidv7() }),
    ];
    expect([...new Set(answers.map(code))]).toEqual(['404 not_found']);
  });
});

describe('splitting', () => {
  const messageIds = (of: Seeded) =>
    harbour
      .rows<{ id: string }>(
        `SELECT id FROM messages WHERE workspace_id = $1 AND conversation_id = '${of.conversationId}' ORDER BY seq`,
      )
      .then((rows) => rows.map((row) => row.id));

  it('solves what came before, goes on with the same agent, and is taken back by merging', async () => {
    const ticket = await open({ assigneeId: ada });
    for (let i = 0; i < 3; i++) await harbour.message(ticket, 'customer');
    const [first, second] = await messageIds(ticket);
    expect(code(await call('POST', `/tickets/${ticket.id}/split`, { fromMessageId: first! }))).toBe('409 conflict');
    const made = await call('POST', `/tickets/${ticket.id}/split`, {
      fromMessageId: second!,
      subject: 'The other thing',
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        subject: 'The other thing',
        status: 'open',
        assignee: { id: ada },
        conversationId: ticket.conversationId,
      },
    });
    expect(await read(ticket.id)).toMatchObject({ status: 'solved', resolution: 'split' });
    expect(await customerWrites(ticket.conversationId)).toBe(made.body.id);
    const moved = await harbour.rows<{ ticket_id: string }>(
      `SELECT ticket_id FROM messages WHERE workspace_id = $1 AND conversation_id = '${ticket.conversationId}' ORDER BY seq`,
    );
    expect(moved.map((row) => row.ticket_id)).toEqual([ticket.id, made.body.id, made.body.id]);
    expect((await typesOf(ticket.id)).at(-1)).toBe('ticket.split');

    expect((await merge(made.body.id, ticket.id)).body).toMatchObject({
      id: ticket.id,
      status: 'open',
      resolution: null,
    });
    expect(await customerWrites(ticket.conversationId)).toBe(ticket.id);
    expect((await call('POST', `/tickets/${made.body.id}/unmerge`)).body).toMatchObject({ status: 'open' });
    expect(await read(ticket.id)).toMatchObject({ status: 'solved', resolution: 'split' });
    expect(await customerWrites(ticket.conversationId)).toBe(made.body.id);
  });

  it('splits a joined thread off without ending the ticket', async () => {
    const [a, b] = [await open(), await open()];
    await merge(b.id, a.id);
    await customerWrites(b.conversationId);
    await harbour.message({ id: a.id, conversationId: b.conversationId }, 'customer');
    const [word] = await messageIds(b);
    const made = await call('POST', `/tickets/${a.id}/split`, { fromMessageId: word! });
    expect(made.body).toMatchObject({ conversationId: b.conversationId, status: 'open' });
    expect(await read(a.id)).toMatchObject({ status: 'open', conversations: [{ id: a.conversationId }] });
    expect(await customerWrites(b.conversationId)).toBe(made.body.id);
  });

  it('is done once when two split at once', async () => {
    const ticket = await open();
    for (let i = 0; i < 2; i++) await harbour.message(ticket, 'customer');
    const [, second] = await messageIds(ticket);
    const split = () => call('POST', `/tickets/${ticket.id}/split`, { fromMessageId: second! });
    expect(statuses(await Promise.all([split(), split()]))).toEqual([201, 404]);
  });
});

describe('threads that join', () => {
  const threads = () => node.app.get(TicketThreads);
  const system = { kind: 'system' } as const;
  const join = (ticketId: string, conversationId: string, workspaceId = harbour.id) =>
    node.database.lean('system', (tx) =>
      threads().join(tx, workspaceId, { ticketId, conversationId, why: 'email', actor: system }),
    );
  const free = async () => {
    const ticket = await open({ status: 'closed' });
    return ticket.conversationId;
  };

  it('bring a customer’s words, wake what sleeps, and reopen what is solved', async () => {
    const ticket = await open();
    const letters = await free();
    await join(ticket.id, letters);
    await join(ticket.id, letters);
    await call('PUT', `/tickets/${ticket.id}/snooze`, { on: ['reply'] });
    expect(await customerWrites(letters, 'salam khubi? sefaresh man koja hast')).toBe(ticket.id);
    expect(await read(ticket.id)).toMatchObject({ status: 'open', snoozedUntil: null, language: 'fa' });
    expect((await typesOf(ticket.id)).filter((type) => /woken|joined/.test(type))).toEqual([
      'conversation.joined',
      'ticket.woken',
    ]);
    await call('PUT', `/tickets/${ticket.id}/status`, { status: 'solved' });
    expect(await customerWrites(letters)).toBe(ticket.id);
    expect((await read(ticket.id)).status).toBe('open');
  });

  it('speak at once with its own thread: neither word is lost', async () => {
    const ticket = await open({ status: 'pending' });
    const letters = await free();
    await join(ticket.id, letters);
    const told = await Promise.all([customerWrites(letters), customerWrites(ticket.conversationId)]);
    expect(told).toEqual([ticket.id, ticket.id]);
    const moved = (await harbour.events('ticket.status_changed')).filter((e) => e.ticket_id === ticket.id);
    expect(moved.map((e) => e.data)).toEqual([{ from: 'pending', to: 'open', reason: 'customer_wrote' }]);
  });

  it('speak in one batch with its own thread: one ticket, moved once', async () => {
    const ticket = await open({ status: 'pending' });
    const letters = await free();
    await join(ticket.id, letters);
    const told = await customersWrite([letters, ticket.conversationId], 'Both at once');
    expect([...told.values()]).toEqual([ticket.id, ticket.id]);
    const moved = (await harbour.events('ticket.status_changed')).filter((e) => e.ticket_id === ticket.id);
    expect(moved).toHaveLength(1);
    expect(await read(ticket.id)).toMatchObject({ status: 'open', waitingSince: expect.any(String) });
  });

  it('go their own way when the ticket is closed', async () => {
    const ticket = await open({ status: 'solved' });
    const letters = await free();
    await join(ticket.id, letters);
    await call('PUT', `/tickets/${ticket.id}/status`, { status: 'closed' });
    const own = await customerWrites(letters);
    expect(own).not.toBe(ticket.id);
    expect((await read(own)).conversations).toMatchObject([{ id: letters }]);
    const told = (await harbour.events('conversation.joined')).filter((e) => e.ticket_id === ticket.id);
    expect(told.map((e) => e.data['why'])).toEqual(['email', 'ended']);
  });

  it('are not taken from a ticket of their own, nor from another workspace', async () => {
    const [a, b, theirs] = [await open(), await open(), await reef.ticket()];
    await expect(join(a.id, b.conversationId)).rejects.toMatchObject({
      code: 'conflict',
      details: { ticket: { id: b.id } },
    });
    await expect(join(a.id, theirs.conversationId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(join(theirs.id, await free())).rejects.toMatchObject({ code: 'not_found' });
  });
});
