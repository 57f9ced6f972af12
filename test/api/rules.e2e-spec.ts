import { TicketThreads } from '../../src/inbox/tickets/ticket-threads';
import { JobQueue } from '../../src/jobs/job-queue';
import { Retention } from '../../src/maintenance/retention.service';
import { type DomainEvent, type DomainEventData, type DomainEventType, event } from '../../src/outbox/domain-event';
import { Outbox } from '../../src/outbox/outbox';
import type { Tx } from '../../src/platform/database';
import { RulesRepository } from '../../src/rules/rules.repository';
import { RULES_SUBSCRIBER, RulesSubscriber } from '../../src/rules/rules.subscriber';
import { RulesSweeper } from '../../src/rules/rules.sweeper';
import { uuidv7 } from '../../src/platform/ids';
import { type ApiClient, eventually, startApp, type TestApp } from '../harness';
import { type OutboundWorld, startOutboundWorld, type Thread, useNetwork } from '../outbound-world';

interface RuleJson {
  id: string;
  rank: number;
  version: number;
  enabled: boolean;
}
interface ReceiptJson {
  rule: { id: string; name: string; version: number };
  event: { type: string; position: number };
  ticket: { id: string };
  outcome: string;
  stopped: string | null;
  chain: string[];
  matched: { field: string; seen: unknown; holds: boolean }[];
  changed: { do: string; did: Record<string, unknown> }[];
  refused: { do: string; code: string }[];
}
interface ApprovalJson {
  id: string;
  state: string;
  ticket: { id: string };
  changed: { do: string }[];
  settledBy: { name: string } | null;
}
type Page<T> = { items: T[]; nextCursor: string | null };

let world: OutboundWorld;
let api: ApiClient;
const made: string[] = [];

beforeAll(async () => {
  world = await startOutboundWorld();
  api = world.api;
});
afterAll(() => world.t.close());
afterEach(async () => {
  jest.restoreAllMocks();
  world.network.reset();
  for (const id of made.splice(0)) await api.request('DELETE', `/rules/${id}`);
});

async function rule(over: object): Promise<RuleJson> {
  const body = { name: 'A rule', when: [{ on: 'message.received' }], actions: [{ do: 'priority', priority: 'high' }] };
  const created = await api.post<RuleJson>('/rules', { ...body, ...over });
  made.push(created.id);
  return created;
}

const ticketOf = async (thread: Thread): Promise<string> =>
  (await world.one<{ id: string }>('SELECT id FROM tickets WHERE conversation_id = $1', [thread.conversationId])).id;

const receiptsOf = async (ticketId: string): Promise<ReceiptJson[]> =>
  (await api.get<Page<ReceiptJson>>(`/tickets/${ticketId}/rule-receipts`)).items.toReversed();

const state = (ticketId: string) =>
  world.one<{ status: string; priority: string; tags: string[]; assignee_id: string | null; team_id: string | null }>(
    'SELECT status, priority, tags, assignee_id, team_id FROM tickets WHERE id = $1',
    [ticketId],
  );

/** Everything that has happened was handed to the rules. */
const caughtUp = () =>
  eventually(async () => {
    const [row] = await world.rows<{ behind: boolean }>(
      `SELECT coalesce(bool_or(c.position IS NULL OR c.position < h.position), false) AS behind FROM event_heads h
       LEFT JOIN event_cursors c ON c.workspace_id = h.workspace_id AND c.subscriber = $1`,
      [RULES_SUBSCRIBER],
    );
    return row?.behind === false;
  }, 20_000);

const changesOf = async (ticketId: string, type: string): Promise<number> =>
  (
    await world.one<{ n: number }>('SELECT count(*)::int AS n FROM domain_events WHERE ticket_id = $1 AND type = $2', [
      ticketId,
      type,
    ])
  ).n;

const aboutRefunds = { field: 'text', op: 'contains_any', value: ['بازگشت وجه', 'refund'] };

describe('a rule', () => {
  it('acts when its conditions hold, in Persian however it is typed, and leaves a receipt without the customer’s words', async () => {
    const { id } = await rule({
      name: 'Refunds first',
      conditions: { all: [aboutRefunds, { field: 'threadKind', op: 'is', value: 'dm' }] },
      actions: [
        { do: 'priority', priority: 'urgent' },
        { do: 'tag', add: ['Refund'] },
      ],
    });
    const thread = await world.writes('لطفا بازگشت‌ وجه سفارش من، كارت ۶۰۳۷');
    const other = await world.writes('سلام وقت بخیر');
    const ticketId = await ticketOf(thread);
    const [receipt] = await eventually(async () => {
      const receipts = await receiptsOf(ticketId);
      return receipts.length > 0 && receipts;
    });
    expect(receipt).toMatchObject({
      rule: { id, name: 'Refunds first', version: 1 },
      event: { type: 'message.received' },
      outcome: 'ran',
      chain: [id],
      matched: [
        { field: 'text', seen: ['بازگشت وجه'], holds: true },
        { field: 'threadKind', seen: 'dm', holds: true },
      ],
      changed: [
        { do: 'priority', did: { priority: { from: 'normal', to: 'urgent' } } },
        { do: 'tag', did: { tags: { from: [], to: ['refund'] } } },
      ],
      refused: [],
    });
    expect(JSON.stringify([receipt!.matched, receipt!.changed])).not.toContain('۶۰۳۷');
    expect(await state(ticketId)).toMatchObject({ priority: 'urgent', tags: ['refund'] });
    const [told] = await world.rows<{ actor: object; data: object }>(
      `SELECT actor, data FROM domain_events WHERE ticket_id = $1 AND type = 'ticket.priority_changed'`,
      [ticketId],
    );
    expect(told).toMatchObject({ actor: { kind: 'rule', id, chain: [id] }, data: { from: 'normal', to: 'urgent' } });
    await caughtUp();
    expect(await receiptsOf(await ticketOf(other))).toEqual([]);
    expect(await changesOf(ticketId, 'rule.ran')).toBe(1);
    const timeline = await api.get<{ items: { type: string; actor: { kind: string } }[] }>(
      `/tickets/${ticketId}/timeline`,
    );
    expect(timeline.items).toContainEqual(expect.objectContaining({ type: 'rule.ran' }));
    expect((await api.get<Page<ReceiptJson>>(`/rules/${id}/receipts`)).items).toHaveLength(1);
  });

  it('answers an event once, though it is handed over again', async () => {
    await rule({ actions: [{ do: 'note', text: 'Look twice.' }] });
    const ticketId = await ticketOf(await world.writes('hello'));
    await eventually(async () => (await receiptsOf(ticketId)).length === 1);
    await caughtUp();
    await world.rows('UPDATE event_cursors SET position = 0 WHERE subscriber = $1', [RULES_SUBSCRIBER]);
    await caughtUp();
    expect(await receiptsOf(ticketId)).toHaveLength(1);
    expect(await changesOf(ticketId, 'message.noted')).toBe(1);
  });

  it('reads and writes receipts for a whole batch of events at once', async () => {
    const { id } = await rule({ actions: [{ do: 'priority', priority: 'high' }] });
    const threads: Thread[] = [];
    for (let i = 0; i < 11; i++) threads.push(await world.writes('hello'));
    const ticketIds = await Promise.all(threads.map((thread) => ticketOf(thread)));
    await eventually(async () => (await api.get<Page<ReceiptJson>>(`/rules/${id}/receipts`)).items.length === 11);
    await caughtUp();
    const { workspace_id: workspaceId } = await world.one<{ workspace_id: string }>(
      'SELECT workspace_id FROM channels',
    );
    const rolledBack = new Error('only looking');
    /** Statements of a batch in which the rule answers so many events. */
    const statements = async (matches: number) => {
      let count = 0;
      const looked = world.t.database.lean({ workspaceId }, async (tx) => {
        await tx.execute('DELETE FROM rule_receipts WHERE workspace_id = $1 AND rule_id = $2', [workspaceId, id]);
        await tx.execute(`UPDATE tickets SET priority = 'normal' WHERE workspace_id = $1 AND id = ANY($2)`, [
          workspaceId,
          ticketIds,
        ]);
        const events = await tx.query<DomainEvent & { ticket_id: string; message_id: string }>(
          `SELECT * FROM domain_events WHERE workspace_id = $1 AND ticket_id = ANY($2) AND type = 'message.received' ORDER BY position`,
          [workspaceId, ticketIds.slice(0, matches)],
        );
        const batch = events.map(({ ticket_id: ticketId, message_id: messageId, ...event }) => ({
          ...event,
          position: Number(event.position),
          workspaceId,
          ticketId,
          messageId,
        }));
        expect(batch).toHaveLength(matches);
        const spies = [jest.spyOn(tx, 'query'), jest.spyOn(tx, 'execute')];
        await world.t.app.get(RulesSubscriber).handle(tx, batch);
        count = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
        const receipts = await tx.query('SELECT 1 FROM rule_receipts WHERE rule_id = $1', [id]);
        expect(receipts).toHaveLength(matches);
        throw rolledBack;
      });
      await expect(looked).rejects.toBe(rolledBack);
      return count;
    };
    const [one, eleven] = [await statements(1), await statements(11)];
    const ofOneMore = (eleven - one) / 10;
    expect(ofOneMore).toBeLessThanOrEqual(3); // a savepoint, what the action does, and the savepoint's end
  });

  it('acts once though it was killed between its actions and the end of the transaction', async () => {
    await rule({
      actions: [
        { do: 'note', text: 'Once.' },
        { do: 'priority', priority: 'low' },
      ],
    });
    const killed = jest.spyOn(world.t.app.get(RulesRepository), 'keep').mockRejectedValueOnce(new Error('killed'));
    const ticketId = await ticketOf(await world.writes('hello'));
    await eventually(async () => (await receiptsOf(ticketId)).length === 1);
    await caughtUp();
    expect(killed.mock.calls.length).toBeGreaterThan(1);
    expect(await receiptsOf(ticketId)).toMatchObject([{ changed: [{ do: 'note' }, { do: 'priority' }] }]);
    expect(await changesOf(ticketId, 'message.noted')).toBe(1);
    expect(await changesOf(ticketId, 'ticket.priority_changed')).toBe(1);
  });

  it('goes on when one of its actions is refused, and nothing of that one stays', async () => {
    const team = await world.api.post<{ id: string }>('/teams', { name: `Night ${uuidv7()}` });
    const outsider = await agent('outsider');
    await rule({
      actions: [
        { do: 'move', teamId: team.id },
        { do: 'assign', agentId: outsider },
        { do: 'status', status: 'closed' },
        { do: 'tag', add: ['after'] },
      ],
    });
    const ticketId = await ticketOf(await world.writes('hello'));
    const [receipt] = await eventually(async () => {
      const receipts = await receiptsOf(ticketId);
      return receipts.length > 0 && receipts;
    });
    expect(receipt!.changed.map((done) => done.do)).toEqual(['move', 'tag']);
    expect(receipt!.refused).toMatchObject([
      { do: 'assign', code: 'validation_failed' },
      { do: 'status', code: 'invalid_transition' },
    ]);
    expect(await state(ticketId)).toMatchObject({ team_id: team.id, assignee_id: null, tags: ['after'] });
    expect(await changesOf(ticketId, 'ticket.assigned')).toBe(0);
  });

  it('comes in its order, and sees what the one before it left', async () => {
    const second = await rule({
      name: 'Second',
      when: [{ on: 'ticket.opened' }],
      conditions: { field: 'tags', op: 'contains_any', value: ['first'] },
      actions: [{ do: 'tag', add: ['second'] }],
    });
    const first = await rule({
      name: 'First',
      when: [{ on: 'ticket.opened' }],
      actions: [{ do: 'tag', add: ['first'] }],
    });
    const others = (await api.get<Page<RuleJson>>('/rules')).items.map(({ id }) => id).filter((id) => id !== first.id);
    const wrong = await api.request('PUT', '/rules/order', { ids: others });
    expect(wrong.status).toBe(422);
    await api.request('PUT', '/rules/order', { ids: [first.id, ...others] });
    expect((await api.get<Page<RuleJson>>('/rules')).items[0]!.id).toBe(first.id);
    const ticketId = await ticketOf(await world.writes('hello'));
    await eventually(async () => (await receiptsOf(ticketId)).length === 2);
    expect((await receiptsOf(ticketId)).map((receipt) => receipt.rule.id)).toEqual([first.id, second.id]);
    expect((await state(ticketId)).tags).toEqual(['first', 'second']);
  });

  it('runs macros in place of their names, tells people, and says when nobody is there to tell', async () => {
    const macro = await api.post<{ id: string }>('/macros', {
      name: `Calm ${uuidv7()}`,
      scope: 'everybody',
      actions: [{ do: 'priority', priority: 'low' }],
    });
    const idle = await world.api.post<{ id: string }>('/teams', { name: `Nobody ${uuidv7()}` });
    await rule({
      actions: [
        { do: 'macro', macroId: macro.id },
        { do: 'notify', leads: true, text: 'A calm one.' },
        { do: 'notify', teamIds: [idle.id] },
      ],
    });
    const ticketId = await ticketOf(await world.writes('hello'));
    const [receipt] = await eventually(async () => {
      const receipts = await receiptsOf(ticketId);
      return receipts.length > 0 && receipts;
    });
    expect(receipt!.changed.map((done) => done.do)).toEqual(['priority', 'notify']);
    expect(receipt!.refused).toMatchObject([{ do: 'notify', code: 'not_found' }]);
    const told = await api.get<{ items: { kind: string; ticket: { id: string } }[] }>('/notifications');
    expect(told.items).toContainEqual(
      expect.objectContaining({ kind: 'rule.notify', ticket: expect.objectContaining({ id: ticketId }) }),
    );
  });

  it('does to a ticket whatever an agent could', async () => {
    const follower = await agent('Follower');
    await rule({
      actions: [
        { do: 'type', type: 'question' },
        { do: 'language', language: 'de' },
        { do: 'follow', agentId: follower },
        { do: 'snooze', minutes: 30, wakeOn: ['crm'] },
        { do: 'status', status: 'open' },
        { do: 'assign', agentId: follower },
        { do: 'assign', agentId: null },
        { do: 'dismiss', reason: 'thanks' },
      ],
    });
    const ticketId = await ticketOf(await world.writes('merci'));
    const [receipt] = await eventually(async () => {
      const receipts = await receiptsOf(ticketId);
      return receipts.length > 0 && receipts;
    });
    expect(receipt!.refused).toEqual([]);
    expect(receipt!.changed.map((done) => [done.do, Object.keys(done.did)])).toEqual([
      ['type', ['type']],
      ['language', ['language']],
      ['follow', ['agentId']],
      ['snooze', ['status', 'snoozedUntil']],
      ['status', ['status']],
      ['assign', ['assigneeId']],
      ['assign', ['assigneeId']],
      ['dismiss', ['status', 'resolution']],
    ]);
    const [ticket] = await world.rows<object>(
      'SELECT status, type, language, resolution, assignee_id FROM tickets WHERE id = $1',
      [ticketId],
    );
    expect(ticket).toEqual({
      status: 'solved',
      type: 'question',
      language: 'de',
      resolution: 'no_answer_needed',
      assignee_id: null,
    });
  });

  it('hides a comment at the network and answers with a canned reply as the bot', async () => {
    const canned = await api.post<{ id: string }>('/canned-replies', {
      shortcut: `hours-${uuidv7().slice(-6)}`,
      title: 'Hours',
      scope: 'everybody',
      texts: { fa: 'سلام {{contact.firstName|دوست}}', en: 'Hello {{contact.firstName|there}}' },
    });
    await rule({
      conditions: { field: 'text', op: 'contains_any', value: ['scam'] },
      actions: [
        { do: 'hide', reason: 'A bad word' },
        { do: 'reply', cannedReplyId: canned.id },
      ],
    });
    const thread = await world.writes('this is a scam', 'post1');
    const ticketId = await ticketOf(thread);
    const [receipt] = await eventually(async () => {
      const receipts = await receiptsOf(ticketId);
      return receipts.length > 0 && receipts;
    });
    expect(receipt).toMatchObject({ changed: [{ do: 'hide' }, { do: 'reply' }], refused: [] });
    await eventually(() => Promise.resolve(world.network.moderated.length > 0));
    expect(world.network.moderated).toMatchObject([
      { action: 'hide', target: { messageExternalId: thread.externalId } },
    ]);
    await eventually(() => Promise.resolve(world.network.arrived.length > 0));
    expect(world.network.arrived[0]!.message.text).toContain('Omar');
    const hidden = await eventually(async () => (await world.events('message.hidden', thread.messageId))[0]);
    expect(hidden.actor).toMatchObject({ kind: 'rule' });
  });

  it('answers where the question was asked, in a thread that joined the ticket', async () => {
    const canned = await api.post<{ id: string }>('/canned-replies', {
      shortcut: `thread-${uuidv7().slice(-6)}`,
      title: 'Thread',
      scope: 'everybody',
      texts: { en: 'In this thread.' },
    });
    const [own, other] = [await world.writes('own'), await world.writes('other')];
    const ticketId = await ticketOf(own);
    await api.request('PUT', `/tickets/${await ticketOf(other)}/status`, { status: 'solved' });
    const { workspace_id: workspaceId } = await world.one<{ workspace_id: string }>(
      'SELECT workspace_id FROM channels',
    );
    await world.t.database.transaction({ workspaceId }, (tx) =>
      world.t.app.get(TicketThreads).join(tx, workspaceId, {
        ticketId,
        conversationId: other.conversationId,
        why: 'email',
        actor: { kind: 'system' },
      }),
    );
    await rule({ actions: [{ do: 'reply', cannedReplyId: canned.id }] });
    await world.says({ threadKey: other.threadKey, text: 'and here?' });
    await eventually(() => Promise.resolve(world.network.arrived.length > 0));
    const [receipt] = await receiptsOf(ticketId);
    expect(receipt).toMatchObject({ changed: [{ do: 'reply' }], refused: [] });
    const recipients = world.network.arrived.map(({ message }) => message.recipientExternalId);
    expect(recipients).toEqual([other.threadKey.split(':').at(-1)]);
  });

  it('writes beside a person only where it says so: in its own name, and answering nothing for them', async () => {
    const canned = await api.post<{ id: string }>('/canned-replies', {
      shortcut: `beside-${uuidv7().slice(-6)}`,
      title: 'Beside',
      scope: 'everybody',
      texts: { en: 'We open again at nine.' },
    });
    const thread = await world.writes('hello');
    const ticketId = await ticketOf(thread);
    await world.replied(thread, 'Hi, Ada here.');
    const { id, name } = (await rule({
      name: 'Beside people',
      actions: [{ do: 'reply', cannedReplyId: canned.id, besidePeople: true }],
    })) as RuleJson & { name: string };
    await world.says({ threadKey: thread.threadKey, text: 'still there?' });
    const [receipt] = await eventually(async () => {
      const found = await receiptsOf(ticketId);
      return found.length > 0 && found;
    });
    expect(receipt).toMatchObject({ refused: [], changed: [{ do: 'reply', did: { besidePeople: true } }] });
    const [arrived] = await eventually(async () => {
      const found = world.network.arrived.filter(({ message }) => message.text === 'We open again at nine.');
      return Promise.resolve(found.length > 0 && found);
    });
    expect(arrived!.message).toMatchObject({ author: 'bot', window: 'standard' });
    const messageId = receipt!.changed[0]!.did['messageId'] as string;
    expect((await world.events('message.sent', messageId))[0]).toMatchObject({
      actor: { kind: 'rule', id, chain: [id] },
    });
    const { items } = await api.get<Page<{ id: string; author: object }>>(
      `/conversations/${thread.conversationId}/messages`,
    );
    expect(items.find((one) => one.id === messageId)).toMatchObject({ author: { kind: 'rule', id, name } });
    expect(await api.get(`/tickets/${ticketId}`)).toMatchObject({ status: 'open' });

    world.network.thread = { ...world.network.thread, machinesAnswer: true };
    await world.says({ threadKey: thread.threadKey, text: 'and now?' });
    const braked = await eventually(async () => {
      const found = await receiptsOf(ticketId);
      return found.length > 1 && found.at(-1);
    });
    expect(braked).toMatchObject({ changed: [], refused: [{ code: 'send_refused:wrote_lately' }] });

    world.network.thread = { ...world.network.thread, replyWindowMs: 0, humanWindowMs: 86_400_000 };
    await world.t.database.transaction('system', (tx) =>
      tx.execute(`UPDATE messages SET received_at = received_at - interval '1 hour' WHERE author_kind = 'rule'`),
    );
    await world.says({ threadKey: thread.threadKey, text: 'hello?' });
    const refused = await eventually(async () => {
      const found = await receiptsOf(ticketId);
      return found.length > 2 && found.at(-1);
    });
    expect(refused).toMatchObject({ changed: [], refused: [{ code: 'send_refused:window_for_humans_only' }] });
  });

  it('is silent where a person answers, and where the network lets no bot in', async () => {
    const canned = await api.post<{ id: string }>('/canned-replies', {
      shortcut: `away-${uuidv7().slice(-6)}`,
      title: 'Away',
      scope: 'everybody',
      texts: { en: 'We are away.' },
    });
    const thread = await world.writes('hello');
    await world.replied(thread, 'Hi, Ada here.');
    await rule({ actions: [{ do: 'reply', cannedReplyId: canned.id }] });
    await world.says({ threadKey: thread.threadKey, text: 'still there?' });
    const receipts = await eventually(async () => {
      const found = await receiptsOf(await ticketOf(thread));
      return found.length > 0 && found;
    });
    expect(receipts).toMatchObject([{ changed: [], refused: [{ do: 'reply', code: 'send_refused:human_answers' }] }]);
    world.network.thread = { ...world.network.thread, botMayReply: false };
    const closed = await ticketOf(await world.writes('hello there'));
    const [refused] = await eventually(async () => {
      const found = await receiptsOf(closed);
      return found.length > 0 && found;
    });
    expect(refused).toMatchObject({ changed: [], refused: [{ do: 'reply', code: 'send_refused:bot_may_not_reply' }] });
    expect(world.network.arrived.filter(({ message }) => message.text === 'We are away.')).toEqual([]);
  });
});

/** A ticket to whose work another thread of words belongs. */
async function joined(): Promise<{ ticketId: string; own: Thread; other: Thread }> {
  const [own, other] = [await world.writes('own'), await world.writes('other')];
  const ticketId = await ticketOf(own);
  await api.request('PUT', `/tickets/${await ticketOf(other)}/status`, { status: 'solved' });
  const { workspace_id: workspaceId } = await world.one<{ workspace_id: string }>('SELECT workspace_id FROM channels');
  const joining = { ticketId, conversationId: other.conversationId, why: 'email', actor: { kind: 'system' } } as const;
  await world.t.database.transaction({ workspaceId }, (tx) =>
    world.t.app.get(TicketThreads).join(tx, workspaceId, joining),
  );
  return { ticketId, own, other };
}

/** Somebody who works here. */
async function agent(name: string, teamIds: string[] = []): Promise<string> {
  const id = uuidv7();
  await world.rows(
    `INSERT INTO agents (workspace_id, id, email, name, role) SELECT workspace_id, $1, $2, $3, 'agent' FROM channels WHERE id = $4`,
    [id, `${id}@harbour.test`, name, world.channelId],
  );
  for (const teamId of teamIds)
    await world.rows(
      'INSERT INTO team_members (workspace_id, team_id, agent_id) SELECT workspace_id, $1, $2 FROM teams WHERE id = $1',
      [teamId, id],
    );
  return id;
}

describe('receipts', () => {
  it('have their time once nobody works on the ticket; what an approval came of stays with it', async () => {
    await rule({ name: 'Plain' });
    await rule({
      name: 'Held',
      actions: [{ do: 'approval', actions: [{ do: 'priority', priority: 'urgent' }] }],
    });
    const ticketId = await ticketOf(await world.writes('hello'));
    await eventually(async () => (await receiptsOf(ticketId)).length === 2);
    await world.rows(`UPDATE rule_receipts SET at = now() - interval '200 days' WHERE ticket_id = $1`, [ticketId]);
    const young = await ticketOf(await world.writes('hello again'));
    await eventually(async () => (await receiptsOf(young)).length === 2);
    await world.t.app.get(Retention).run();
    expect(await receiptsOf(ticketId)).toHaveLength(2);
    await api.request('PUT', `/tickets/${ticketId}/status`, { status: 'solved' });
    await world.t.app.get(Retention).run();
    expect((await receiptsOf(ticketId)).map((receipt) => receipt.rule.name)).toEqual(['Held']);
    expect(await receiptsOf(young)).toHaveLength(2);
  });
});

describe('loops', () => {
  it('of two rules stop, and the leads hear of it once', async () => {
    const up = await rule({
      name: 'Up',
      when: [{ on: 'ticket.priority_changed' }],
      conditions: { field: 'event.to', op: 'is', value: 'low' },
      actions: [{ do: 'priority', priority: 'high' }],
    });
    const down = await rule({
      name: 'Down',
      when: [{ on: 'ticket.priority_changed' }],
      conditions: { field: 'event.to', op: 'is', value: 'high' },
      actions: [{ do: 'priority', priority: 'low' }],
    });
    const ticketId = await ticketOf(await world.writes('hello'));
    await api.request('PUT', `/tickets/${ticketId}/priority`, { priority: 'low' });
    await eventually(async () => (await receiptsOf(ticketId)).some((receipt) => receipt.outcome === 'stopped'));
    await caughtUp();
    expect(await receiptsOf(ticketId)).toMatchObject([
      { rule: { id: up.id }, outcome: 'ran', chain: [up.id] },
      { rule: { id: down.id }, outcome: 'ran', chain: [up.id, down.id] },
      { rule: { id: up.id }, outcome: 'stopped', stopped: 'loop', changed: [] },
    ]);
    await api.request('PUT', `/tickets/${ticketId}/priority`, { priority: 'urgent' });
    await api.request('PUT', `/tickets/${ticketId}/priority`, { priority: 'low' });
    await eventually(async () => (await receiptsOf(ticketId)).length === 6);
    const told = await api.get<{ items: { kind: string; data: { why: string; ruleId: string } }[] }>('/notifications');
    expect(told.items.filter(({ kind }) => kind === 'rule.stopped')).toMatchObject([
      { data: { why: 'loop', ruleId: up.id } },
    ]);
  });

  it('that go round outside run out of turns; the ticket is left alone until somebody lifts it', async () => {
    const { id } = await rule({
      when: [{ on: 'ticket.priority_changed' }],
      conditions: { field: 'event.to', op: 'is_not', value: 'normal' },
      actions: [{ do: 'priority', priority: 'normal' }],
    });
    const ticketId = await ticketOf(await world.writes('hello'));
    for (let turn = 0; turn < 32; turn++) {
      await api.request('PUT', `/tickets/${ticketId}/priority`, { priority: turn % 2 ? 'high' : 'urgent' });
      await eventually(async () => (await changesOf(ticketId, 'rule.ran')) === Math.min(turn + 1, 30));
    }
    const stopped = await eventually(async () => {
      const all = await world.rows<{ stopped: string | null }>(
        'SELECT stopped FROM rule_receipts WHERE ticket_id = $1 ORDER BY id',
        [ticketId],
      );
      return all.length >= 32 && all;
    });
    const whys = stopped.map((row) => row.stopped);
    expect(whys.filter((why) => why === null)).toHaveLength(30);
    expect(whys.slice(30)).toEqual(['too_often', 'suspended']);
    const open = await api.get<{ suspensions: { ticket: { id: string } }[] }>(`/rules/${id}`);
    expect(open.suspensions).toMatchObject([{ ticket: { id: ticketId } }]);
    const told = await api.get<{ items: { kind: string; data: { ruleId: string } }[] }>('/notifications');
    expect(told.items.filter(({ kind, data }) => kind === 'rule.suspended' && data.ruleId === id)).toHaveLength(1);
    expect((await api.request('DELETE', `/rules/${id}/suspensions/${ticketId}`)).status).toBe(204);
    expect((await api.request('DELETE', `/rules/${id}/suspensions/${ticketId}`)).status).toBe(404);
  });
});

describe('silence', () => {
  const silent = (thread: Thread, minutes: number) =>
    world.rows(
      `UPDATE conversations SET last_inbound_at = last_inbound_at - $2 * interval '1 minute',
         last_outbound_at = last_outbound_at - $2 * interval '1 minute' WHERE id = $1`,
      [thread.conversationId, minutes],
    );
  const age = (ticketId: string, minutes: number) =>
    world.rows(`UPDATE tickets SET created_at = created_at - $2 * interval '1 minute' WHERE id = $1`, [
      ticketId,
      minutes,
    ]);

  it('that lasted long enough is told once; a word begins it anew', async () => {
    const before = await world.writes('hello');
    const ticketId = await ticketOf(before);
    await silent(before, 90);
    await age(ticketId, 90);
    const { id } = await rule({
      when: [{ on: 'idle', minutes: 60, side: 'any' }],
      actions: [{ do: 'tag', add: ['silent'] }],
    });
    // what was silent before the rule was written is found by its job, then told by the sweep
    await eventually(async () => (await receiptsOf(ticketId)).length === 1);
    expect((await state(ticketId)).tags).toEqual(['silent']);
    await world.t.app.get(RulesSweeper).sweep();
    await caughtUp();
    expect(await changesOf(ticketId, 'ticket.idled')).toBe(1);
    await world.says({ threadKey: before.threadKey, text: 'anybody?' });
    await caughtUp();
    const [timer] = await world.rows<{ waits: boolean }>(
      `SELECT due_at > now() + interval '50 minutes' AS waits FROM rule_timers WHERE ticket_id = $1 AND rule_id = $2`,
      [ticketId, id],
    );
    expect(timer).toEqual({ waits: true });
    await api.request('PUT', `/tickets/${ticketId}/status`, { status: 'solved' });
    await caughtUp();
    expect(await world.rows('SELECT 1 FROM rule_timers WHERE ticket_id = $1', [ticketId])).toEqual([]);
  });
});

describe('silence of a ticket with two threads', () => {
  it('is broken by a word in either', async () => {
    const { ticketId, own, other } = await joined();
    await world.rows(`UPDATE conversations SET last_inbound_at = last_inbound_at - interval '2 hours' WHERE id = $1`, [
      own.conversationId,
    ]);
    await world.rows(`UPDATE tickets SET created_at = created_at - interval '2 hours' WHERE id = $1`, [ticketId]);
    await rule({ when: [{ on: 'idle', minutes: 60, side: 'customer' }], actions: [{ do: 'tag', add: ['silent'] }] });
    await world.says({ threadKey: other.threadKey, text: 'still here' });
    const waits = `SELECT 1 FROM rule_timers WHERE ticket_id = $1 AND due_at > now() + interval '50 minutes'`;
    await eventually(async () => (await world.rows(waits, [ticketId])).length === 1);
    await world.t.app.get(RulesSweeper).sweep();
    await caughtUp();
    expect(await receiptsOf(ticketId)).toEqual([]);
  });
});

describe('approval', () => {
  const held = () =>
    rule({
      name: 'Ask first',
      actions: [
        {
          do: 'approval',
          text: 'Really?',
          actions: [
            { do: 'note', text: 'Approved.' },
            { do: 'tag', add: ['approved'] },
          ],
        },
      ],
    });
  const waiting = async (ticketId: string) =>
    eventually(async () =>
      (await api.get<Page<ApprovalJson>>('/approvals?state=pending&limit=200')).items.find(
        ({ ticket }) => ticket.id === ticketId,
      ),
    );

  it('holds actions until a lead has looked, and runs them once however often it is pressed', async () => {
    await held();
    const ticketId = await ticketOf(await world.writes('hello'));
    const { id } = await waiting(ticketId);
    expect((await state(ticketId)).tags).toEqual([]);
    const answers = await Promise.all(
      [1, 2, 3].map(() => api.request<ApprovalJson>('PUT', `/approvals/${id}`, { decision: 'approve' })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers[0]!.body).toMatchObject({ state: 'approved', changed: [{ do: 'note' }, { do: 'tag' }] });
    expect((await state(ticketId)).tags).toEqual(['approved']);
    expect(await changesOf(ticketId, 'message.noted')).toBe(1);
    expect(await changesOf(ticketId, 'approval.settled')).toBe(1);
    const late = await api.request<{ error: { code: string } }>('PUT', `/approvals/${id}`, { decision: 'refuse' });
    expect([late.status, late.body.error.code]).toEqual([409, 'conflict']);
  });

  it('of a macro runs what was shown, whatever becomes of the macro meanwhile', async () => {
    const body = { name: `Shown ${uuidv7()}`, scope: 'everybody', actions: [{ do: 'tag', add: ['shown'] }] };
    const macro = await api.post<{ id: string }>('/macros', body);
    await rule({ actions: [{ do: 'approval', actions: [{ do: 'macro', macroId: macro.id }] }] });
    const ticketId = await ticketOf(await world.writes('hello'));
    const { id } = await waiting(ticketId);
    await api.ok('PUT', `/macros/${macro.id}`, { ...body, actions: [{ do: 'tag', add: ['slipped in'] }] });
    await api.ok('PUT', `/approvals/${id}`, { decision: 'approve' });
    expect((await state(ticketId)).tags).toEqual(['shown']);
  });

  it('refused, nothing is done, with the reason kept', async () => {
    await held();
    const ticketId = await ticketOf(await world.writes('hello'));
    const { id } = await waiting(ticketId);
    const settled = await api.ok<ApprovalJson & { reason: string }>('PUT', `/approvals/${id}`, {
      decision: 'refuse',
      reason: 'Too harsh',
    });
    expect(settled).toMatchObject({ state: 'refused', reason: 'Too harsh', changed: [] });
    expect((await state(ticketId)).tags).toEqual([]);
    expect((await api.request('PUT', `/approvals/${id}`, { decision: 'approve' })).status).toBe(409);
    const stranger = await world.stranger('approver');
    expect((await stranger.request('PUT', `/approvals/${id}`, { decision: 'approve' })).status).toBe(404);
    expect((await stranger.get<Page<ApprovalJson>>('/approvals')).items).toEqual([]);
  });
});

describe('a dry run', () => {
  it('shows what would have matched last week, and why, and changes nothing', async () => {
    const yes = await ticketOf(await world.writes('I want my zanzibar now'));
    await world.writes('nothing of the kind');
    const draft = {
      name: 'Try',
      when: [{ on: 'message.received' }],
      conditions: {
        all: [
          { field: 'text', op: 'contains_any', value: ['zanzibar'] },
          { field: 'status', op: 'is', value: 'new' },
        ],
      },
      actions: [{ do: 'priority', priority: 'urgent' }],
    };
    const run = await api.post<{
      events: number;
      looked: number;
      every: number;
      matched: number;
      asOfNow: string[];
      notCovered: string[];
      examples: { ticket: { id: string }; answers: { field: string; seen: unknown }[] }[];
    }>('/rules/dry-run', draft);
    expect(run).toMatchObject({ every: 1, matched: 1, asOfNow: ['status'], notCovered: [] });
    expect(run.events).toBeGreaterThan(run.matched);
    expect(run.looked).toBe(run.events);
    expect(run.examples).toMatchObject([
      {
        ticket: { id: yes },
        answers: [
          { field: 'text', seen: ['zanzibar'] },
          { field: 'status', seen: 'new' },
        ],
      },
    ]);
    await caughtUp();
    expect([await changesOf(yes, 'rule.ran'), await receiptsOf(yes)]).toEqual([0, []]);
    expect((await state(yes)).priority).toBe('normal');
    expect((await api.request('POST', '/rules/dry-run', { ...draft, from: '2030-01-01T00:00:00Z' })).status).toBe(422);
    const stranger = await world.stranger('dreamer');
    expect(await stranger.post('/rules/dry-run', draft)).toMatchObject({ events: 0, matched: 0, examples: [] });
  });

  it('shows silences too: those that were ended by a word or by solving are not among them', async () => {
    const threads = [await world.writes('one'), await world.writes('two'), await world.writes('three')];
    const ids = await Promise.all(threads.map(ticketOf));
    const { workspace_id: workspaceId } = await world.one<{ workspace_id: string }>(
      'SELECT workspace_id FROM channels',
    );
    await world.t.database.lean({ workspaceId }, (tx) => {
      const at = (minutes: number) => ({ at: new Date(Date.now() - minutes * 60_000) });
      const happens = <T extends DomainEventType>(i: number, type: T, data: DomainEventData[T], minutesAgo: number) =>
        world.t.app.get(Outbox).record(tx, {
          ...event(workspaceId, type, { kind: 'system' }, { ticketId: ids[i] }, ['leads'], data),
          ...at(minutesAgo),
        });
      const word = { seq: 9, direction: 'in', kind: 'dm', opensWork: true } as const;
      for (const i of [0, 1, 2]) happens(i, 'message.received', word, 90);
      happens(1, 'message.sent', { seq: 10, visibility: 'private', author: 'agent' }, 80);
      happens(2, 'ticket.status_changed', { from: 'open', to: 'solved' }, 85);
      return Promise.resolve();
    });
    const draft = (side: string) => ({
      name: 'Try',
      when: [{ on: 'idle', minutes: 60, side }],
      actions: [{ do: 'notify', leads: true }],
    });
    const seen = async (side: string) => {
      const run = await api.post<{ examples: { event: { type: string }; ticket: { id: string } }[] }>(
        '/rules/dry-run',
        {
          ...draft(side),
          limit: 100,
        },
      );
      return ids.map((id) => run.examples.filter(({ ticket }) => ticket.id === id).length);
    };
    expect(await seen('any')).toEqual([1, 1, 0]); // of the second one after our word, not before it
    expect(await seen('agent')).toEqual([0, 1, 0]);
  });
});

describe('writing rules', () => {
  it('names everything that is wrong by its path, with what is not of this workspace among it', async () => {
    const stranger = await world.stranger('writer');
    const theirs = await stranger.post<{ id: string }>('/teams', { name: 'Theirs' });
    const body = {
      name: 'Wrong',
      when: [{ on: 'message.received' }],
      conditions: {
        any: [
          { field: 'teamId', op: 'is', value: theirs.id },
          { field: 'fields.nope', op: 'is_empty' },
        ],
      },
      actions: [
        { do: 'move', teamId: theirs.id },
        { do: 'assign', agentId: uuidv7() },
        { do: 'fields', fields: { nope: 1 } },
        { do: 'type', type: 'no such type' },
        { do: 'macro', macroId: uuidv7() },
        { do: 'webhook', endpointId: uuidv7() },
        { do: 'tag', add: ['a,b'] },
      ],
    };
    const answer = await api.request<{ error: { details: { fields: { path: string }[] } } }>('POST', '/rules', body);
    expect(answer.status).toBe(422);
    expect(answer.body.error.details.fields.map(({ path }) => path).toSorted()).toEqual([
      'actions.0.teamId',
      'actions.1.agentId',
      'actions.2.fields.nope',
      'actions.3.type',
      'actions.4.macroId',
      'actions.5.endpointId',
      'actions.6.add',
      'conditions.any.0.value',
      'conditions.any.1.field',
    ]);
    expect((await api.request('POST', '/rules', { ...body, actions: 'x' })).status).toBe(422);
  });

  it('keeps what a rule was; refuses an edit of an old version; deletes without losing receipts', async () => {
    const first = await rule({ name: 'As it was', actions: [{ do: 'tag', add: ['one'] }] });
    const ticketId = await ticketOf(await world.writes('hello'));
    await eventually(async () => (await receiptsOf(ticketId)).length === 1);
    const body = { name: 'As it is', when: [{ on: 'message.received' }], actions: [{ do: 'tag', add: ['two'] }] };
    const changed = await api.ok<RuleJson>('PUT', `/rules/${first.id}`, { ...body, version: 1 });
    expect(changed.version).toBe(2);
    expect((await api.request('PUT', `/rules/${first.id}`, { ...body, name: 'Too late', version: 1 })).status).toBe(
      409,
    );
    const open = await api.get<{ versions: { version: number; definition: { name: string } }[] }>(`/rules/${first.id}`);
    expect(open.versions.map(({ version, definition }) => [version, definition.name])).toEqual([
      [2, 'As it is'],
      [1, 'As it was'],
    ]);
    expect((await receiptsOf(ticketId))[0]!.rule).toEqual({ id: first.id, name: 'As it was', version: 1 });
    expect((await api.request('DELETE', `/rules/${first.id}`)).status).toBe(204);
    expect((await api.request('GET', `/rules/${first.id}`)).status).toBe(404);
    const other = await ticketOf(await world.writes('hello again'));
    await caughtUp();
    expect(await receiptsOf(other)).toEqual([]);
    expect(await receiptsOf(ticketId)).toHaveLength(1);
  });

  it('hears nothing of what was before it, though all is handed over again', async () => {
    const before = await ticketOf(await world.writes('hello'));
    await caughtUp();
    await rule({ actions: [{ do: 'tag', add: ['too late'] }] });
    await world.rows('UPDATE event_cursors SET position = 0 WHERE subscriber = $1', [RULES_SUBSCRIBER]);
    await caughtUp();
    expect(await receiptsOf(before)).toEqual([]);
  });

  it('may be switched off although what it names is gone, and not on again', async () => {
    const macro = await api.post<{ id: string }>('/macros', {
      name: `Gone ${uuidv7()}`,
      scope: 'everybody',
      actions: [{ do: 'note', text: 'x' }],
    });
    const body = {
      name: 'Names it',
      when: [{ on: 'message.received' }],
      actions: [{ do: 'macro', macroId: macro.id }],
    };
    const { id } = await rule(body);
    await api.request('DELETE', `/macros/${macro.id}`);
    const ticketId = await ticketOf(await world.writes('hello'));
    const [receipt] = await eventually(async () => {
      const receipts = await receiptsOf(ticketId);
      return receipts.length > 0 && receipts;
    });
    expect(receipt).toMatchObject({ changed: [], refused: [{ do: 'macro', code: 'not_found' }] });
    expect((await api.request('PUT', `/rules/${id}`, { ...body, name: 'Still on' })).status).toBe(422);
    expect((await api.ok<RuleJson>('PUT', `/rules/${id}`, { ...body, enabled: false })).enabled).toBe(false);
    expect((await api.request('PUT', `/rules/${id}`, { ...body, enabled: true })).status).toBe(422);
    const silent = await ticketOf(await world.writes('hello again'));
    await caughtUp();
    expect(await receiptsOf(silent)).toEqual([]);
  });

  it('is for those who may, and another workspace’s rule is not there', async () => {
    const { id } = await rule({});
    const stranger = await world.stranger('nosy');
    const body = { name: 'Mine', when: [{ on: 'message.received' }], actions: [{ do: 'note', text: 'x' }] };
    for (const [method, path, sent] of [
      ['GET', `/rules/${id}`],
      ['PUT', `/rules/${id}`, body],
      ['DELETE', `/rules/${id}`],
      ['GET', `/rules/${id}/receipts`],
      ['GET', `/rules/${uuidv7()}/receipts`],
    ] as const)
      expect((await stranger.request(method, path, sent)).status).toBe(404);
    const ticketId = await ticketOf(await world.writes('hello'));
    expect((await stranger.request('GET', `/tickets/${ticketId}/rule-receipts`)).status).toBe(404);
    expect((await stranger.get<Page<RuleJson>>('/rules')).items).toEqual([]);
  });
});

describe('a part of a transaction that comes to nothing', () => {
  it('takes its rows, events and jobs with it, and leaves those of the rest', async () => {
    const [outbox, jobs] = [world.t.app.get(Outbox), world.t.app.get(JobQueue)];
    const { workspace_id: workspaceId } = await world.one<{ workspace_id: string }>(
      'SELECT workspace_id FROM channels',
    );
    const ticketId = await ticketOf(await world.writes('hello'));
    const undone: string[] = [];
    const write = (tx: Tx, tag: string) => {
      const told = { added: [tag], removed: [] };
      outbox.record(tx, event(workspaceId, 'ticket.tags_changed', { kind: 'system' }, { ticketId }, ['leads'], told));
      jobs.enqueue(tx, {
        workspaceId,
        queue: 'rules',
        name: 'nobody.does',
        payload: { tag },
        runAt: new Date(Date.now() + 9e7),
      });
      tx.afterRollback(() => undone.push(tag));
      return tx.execute('UPDATE tickets SET tags = tags || $2::text WHERE id = $1', [ticketId, tag]);
    };
    await world.t.database.lean({ workspaceId }, async (tx) => {
      const failing = tx.savepoint(async () => {
        await write(tx, 'lost');
        await tx.savepoint(() => write(tx, 'lost inside'));
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      await write(tx, 'kept');
      await tx.savepoint(() => write(tx, 'kept too'));
    });
    const told = await world.rows<{ tag: string }>(
      `SELECT data->'added'->>0 AS tag FROM domain_events WHERE ticket_id = $1 AND type = 'ticket.tags_changed' ORDER BY position`,
      [ticketId],
    );
    const queued = await world.rows<{ tag: string }>(
      `SELECT payload->>'tag' AS tag FROM jobs WHERE name = 'nobody.does' ORDER BY 1`,
    );
    expect([told, queued]).toEqual([
      [{ tag: 'kept' }, { tag: 'kept too' }],
      [{ tag: 'kept' }, { tag: 'kept too' }],
    ]);
    expect((await state(ticketId)).tags).toEqual(['kept', 'kept too']);
    expect(undone).toEqual(['lost', 'lost inside']);
    await world.rows(`DELETE FROM jobs WHERE name = 'nobody.does'`);
  });
});

describe('two nodes', () => {
  let second: TestApp;
  beforeAll(async () => {
    second = await startApp({ databaseUrl: world.t.databaseUrl });
    useNetwork(second, world.network);
  });
  afterAll(() => second.close());

  it('answer each event once between them', async () => {
    await rule({
      when: [{ on: 'ticket.opened' }],
      actions: [
        { do: 'note', text: 'Seen.' },
        { do: 'tag', add: ['seen'] },
      ],
    });
    const threads = await Promise.all(Array.from({ length: 20 }, (_, i) => world.writes(`hello ${i}`)));
    const tickets = await Promise.all(threads.map(ticketOf));
    await eventually(
      async () => (await Promise.all(tickets.map(receiptsOf))).every(({ length }) => length === 1),
      20_000,
    );
    await caughtUp();
    for (const ticketId of tickets) expect(await changesOf(ticketId, 'message.noted')).toBe(1);
    expect(await world.rows(`SELECT 1 FROM jobs WHERE state = 'parked'`)).toEqual([]);
  });
});
