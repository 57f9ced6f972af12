import { type DomainEvent, SYSTEM } from '../../src/outbox/domain-event';
import { Secrets } from '../../src/platform/secrets';
import { SurveysService } from '../../src/surveys/surveys.service';
import { SurveysSubscriber } from '../../src/surveys/surveys.subscriber';
import { eventually } from '../harness';
import { type OutboundWorld, startOutboundWorld, type Thread } from '../outbound-world';

let w: OutboundWorld;
let workspaceId: string;
let version = 0;
beforeAll(async () => {
  w = await startOutboundWorld({ PUBLIC_URL: 'http://care.example' });
  workspaceId = (await w.one<{ id: string }>('SELECT id FROM workspaces')).id;
});
afterAll(() => w.t.close());
beforeEach(async () => {
  w.network.thread = { ...w.network.thread, textLimit: { max: 2_000, unit: 'characters' } };
  await settings({});
});
afterEach(() => w.network.reset());

interface SurveyJson {
  id: string;
  state: string;
  reason: string | null;
  score: number | null;
  comment: string | null;
  answeredVia: string | null;
  kind: string;
}

const PATH = '/surveys/settings';
async function settings(over: object) {
  const body = {
    enabled: true,
    kind: 'csat',
    delayMinutes: 0,
    channelKinds: [],
    threadKinds: ['dm'],
    notAgainDays: 0,
    version,
    ...over,
  };
  version = (await w.api.ok<{ version: number }>('PUT', PATH, body)).version;
}
const ticketOf = (thread: Thread) =>
  w.one<{ id: string; status: string; waiting_since: Date | null; contact_id: string }>(
    `SELECT id, status, waiting_since, contact_id FROM tickets WHERE conversation_id = $1 ORDER BY position DESC LIMIT 1`,
    [thread.conversationId],
  );
const surveyOf = async (ticketId: string) =>
  (await w.api.get<{ survey: SurveyJson | null }>(`/tickets/${ticketId}/survey`)).survey;
const reaches = (ticketId: string, like: Partial<SurveyJson>) =>
  eventually(async () => {
    const survey = await surveyOf(ticketId);
    const fits = Object.entries(like).every(([key, value]) => survey?.[key as keyof SurveyJson] === value);
    return fits && survey;
  }, 20_000);
const setStatus = (ticketId: string, status: string) => w.api.ok('PUT', `/tickets/${ticketId}/status`, { status });
const asks = () => w.network.arrived.filter(({ message }) => /راضی|satisfied|پیشنهاد|recommend/.test(message.text));
/** Everybody who follows events has seen those there are. */
const settled = () =>
  eventually(async () => {
    const [row] = await w.rows<{ behind: boolean }>(
      `SELECT coalesce((SELECT position FROM event_cursors WHERE subscriber = 'surveys' AND workspace_id = h.workspace_id), 0) < h.position AS behind
       FROM event_heads h WHERE h.workspace_id = $1`,
      [workspaceId],
    );
    return row?.behind === false;
  });

/** Somebody who wrote and was helped. */
async function helped(text = 'سلام، سفارشم کجاست؟', post?: string) {
  const thread = await w.writes(text, post);
  await w.replied(thread, 'امروز می‌رسد', { statusAfter: 'solved', ...(post ? { visibility: 'public' } : {}) });
  return { thread, ticket: await ticketOf(thread) };
}

describe('after solving', () => {
  it('asks once in the customer’s language; a bare number is the answer and opens nothing', async () => {
    const { thread, ticket } = await helped();
    await reaches(ticket.id, { state: 'asked' });
    await eventually(() => Promise.resolve(asks().length === 1));
    expect(asks()[0]!.message).toMatchObject({ author: 'bot', visibility: 'private' });
    expect(asks()[0]!.message.text).toContain('۵');
    expect(await ticketOf(thread)).toMatchObject({ status: 'solved' });

    const { messageId } = await w.says({ threadKey: thread.threadKey, text: '۵' });
    await reaches(ticket.id, { state: 'answered', score: 5, answeredVia: 'thread' });
    expect(await ticketOf(thread)).toMatchObject({ id: ticket.id, status: 'solved', waiting_since: null });
    expect(await w.events('message.received', messageId)).toMatchObject([{ data: { opensWork: false } }]);
    expect(await w.events('survey.answered')).toContainEqual(
      expect.objectContaining({ data: expect.objectContaining({ kind: 'csat', score: 5 }) }),
    );

    await setStatus(ticket.id, 'open');
    await setStatus(ticket.id, 'solved');
    await settled();
    await w.quiet('surveys.ask');
    expect(asks()).toHaveLength(1);
    expect(await surveyOf(ticket.id)).toMatchObject({ state: 'answered', score: 5 });
  });

  it('asked by two workers at once it is asked once', async () => {
    await settings({ delayMinutes: 60 });
    const { ticket } = await helped();
    const { id } = await reaches(ticket.id, { state: 'due' });
    await w.rows(`UPDATE surveys SET due_at = now() WHERE id = $1`, [id]);
    const service = w.t.app.get(SurveysService);
    await Promise.all([1, 2, 3].map(() => service.ask(workspaceId, id)));
    await service.ask(workspaceId, id);
    await eventually(() => Promise.resolve(asks().length === 1));
    expect(
      await w.rows(`SELECT 1 FROM messages WHERE author_kind = 'system' AND ticket_id = $1`, [ticket.id]),
    ).toHaveLength(1);
  });

  it('the answer may be changed, and what is written next is the comment and opens work as usual', async () => {
    const { thread, ticket } = await helped('where is my order?');
    await reaches(ticket.id, { state: 'asked' });
    await w.says({ threadKey: thread.threadKey, text: '5' });
    await reaches(ticket.id, { score: 5 });
    await w.says({ threadKey: thread.threadKey, text: '⭐⭐' });
    await reaches(ticket.id, { score: 2 });
    expect(await ticketOf(thread)).toMatchObject({ status: 'solved' });
    await w.says({ threadKey: thread.threadKey, text: 'It came broken' });
    await reaches(ticket.id, { score: 2, comment: 'It came broken' });
    expect(await ticketOf(thread)).toMatchObject({ id: ticket.id, status: 'open' });
  });

  it('a number after other words is a word like any other', async () => {
    const { thread, ticket } = await helped();
    await reaches(ticket.id, { state: 'asked' });
    await w.says({ threadKey: thread.threadKey, text: 'یک سؤال دیگر دارم' });
    expect(await ticketOf(thread)).toMatchObject({ status: 'open' });
    await settled();
    await w.says({ threadKey: thread.threadKey, text: '3' });
    await settled();
    expect(await surveyOf(ticket.id)).toMatchObject({ state: 'asked', score: null });
  });

  it('reopened before its time it is called off, and planned again with the next solving', async () => {
    await settings({ delayMinutes: 60 });
    const { thread, ticket } = await helped();
    await reaches(ticket.id, { state: 'due' });
    await w.says({ threadKey: thread.threadKey, text: 'نه، نرسید' });
    await reaches(ticket.id, { state: 'cancelled', reason: 'reopened' });
    await setStatus(ticket.id, 'solved');
    const { id } = await reaches(ticket.id, { state: 'due' });
    await w.rows(`UPDATE surveys SET due_at = now() WHERE id = $1`, [id]);
    await w.hurry();
    await reaches(ticket.id, { state: 'asked' });
    await eventually(() => Promise.resolve(asks().length === 1));
  });
});

describe('where it is not asked, it says why', () => {
  it('outside the window, which a machine never stretches', async () => {
    await settings({ delayMinutes: 60 });
    w.network.thread = { ...w.network.thread, humanWindowMs: 7 * 86_400_000 };
    const { thread, ticket } = await helped();
    const { id } = await reaches(ticket.id, { state: 'due' });
    await w.rows(`UPDATE conversations SET last_inbound_at = now() - interval '2 hours' WHERE id = $1`, [
      thread.conversationId,
    ]);
    await w.rows(`UPDATE surveys SET due_at = now() WHERE id = $1`, [id]);
    await w.hurry();
    await reaches(ticket.id, { state: 'not_asked', reason: 'window_for_humans_only' });
    expect(asks()).toHaveLength(0);
  });

  it('under a comment, where only everybody could read it', async () => {
    const one = await helped('کی می‌رسد؟', 'post1');
    await reaches(one.ticket.id, { state: 'not_asked', reason: 'thread_left_out' });
    await settings({ threadKinds: ['dm', 'comment'] });
    w.network.thread = { ...w.network.thread, reply: ['public'] };
    const two = await helped('کی می‌رسد؟', 'post2');
    await reaches(two.ticket.id, { state: 'not_asked', reason: 'not_possible_here' });
    expect(asks()).toHaveLength(0);
  });

  it('to somebody who was asked lately, on kinds left out, and where nobody answered', async () => {
    await settings({ notAgainDays: 30 });
    const { thread, ticket } = await helped();
    await reaches(ticket.id, { state: 'asked' });
    await w.rows(`UPDATE tickets SET status = 'closed', closed_at = now() WHERE id = $1`, [ticket.id]);
    const again = await w.says({ threadKey: thread.threadKey, text: 'باز هم سؤال دارم' });
    await w.replied(again, 'بفرمایید', { statusAfter: 'solved' });
    await reaches((await ticketOf(thread)).id, { state: 'not_asked', reason: 'asked_lately' });

    await settings({ channelKinds: ['email'] });
    await reaches((await helped()).ticket.id, { state: 'not_asked', reason: 'channel_left_out' });

    await settings({});
    const silent = await ticketOf(await w.writes('سلام'));
    await setStatus(silent.id, 'solved');
    await reaches(silent.id, { state: 'not_asked', reason: 'nobody_answered' });
  });

  it('outside the hours it waits for the next opening', async () => {
    const { id: calendarId } = await w.api.post<{ id: string }>('/calendars', {
      name: 'One hour in twelve',
      timeZone: 'UTC',
      hours: Object.fromEntries(
        ['sat', 'sun', 'mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, [hourFarFromNow()]]),
      ),
    });
    await settings({ calendarId });
    const { ticket } = await helped();
    const due = await eventually(async () => {
      const [row] = await w.rows<{ due_at: Date }>(
        `SELECT due_at FROM surveys WHERE ticket_id = $1 AND state = 'due' AND due_at > now() + interval '1 hour'`,
        [ticket.id],
      );
      return row;
    });
    expect(due.due_at.getUTCMinutes()).toBe(0);
    expect(asks()).toHaveLength(0);
  });
});

/** Half a day away, minutes after midnight. */
function hourFarFromNow() {
  const from = ((new Date().getUTCHours() + 12) % 24) * 60;
  return { from, to: from + 60 };
}

describe('the page behind the link', () => {
  const page = (token: string, form?: Record<string, string>) =>
    fetch(`${w.t.url}/survey/${token}`, {
      method: form ? 'POST' : 'GET',
      ...(form ? { body: new URLSearchParams(form) } : {}),
    });

  /** A survey asked by mail, whose link we know. */
  async function linked(kind: 'csat' | 'nps') {
    await settings({ kind });
    const { ticket } = await helped();
    const { id } = await reaches(ticket.id, { state: 'asked' });
    const token = `s_${id}`;
    const hash = w.t.app.get(Secrets).tokenHash(token);
    await w.rows(`UPDATE surveys SET token_hash = $2 WHERE id = $1`, [id, hash]);
    return { ticket, token, id };
  }

  it('shows the question in the customer’s direction, and keeps and changes the answer', async () => {
    const { ticket, token } = await linked('nps');
    const shown = await page(token);
    expect(shown.status).toBe(200);
    expect(shown.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await shown.text();
    expect(text).toContain('dir="rtl"');
    expect(text).toContain('value="10"');
    expect(text).not.toContain('<script');

    expect((await page(token, { score: '11' })).status).toBe(422);
    expect((await page(token, { comment: 'nothing' })).status).toBe(422);
    expect(await surveyOf(ticket.id)).toMatchObject({ state: 'asked', score: null });

    const kept = await page(token, { score: '9', comment: '<b>خوب</b>' });
    expect(kept.status).toBe(200);
    expect(await kept.text()).toContain('&lt;b&gt;خوب&lt;/b&gt;');
    expect(await surveyOf(ticket.id)).toMatchObject({ score: 9, comment: '<b>خوب</b>', answeredVia: 'page' });
    await page(token, { score: '3' });
    expect(await surveyOf(ticket.id)).toMatchObject({ score: 3, comment: '<b>خوب</b>' });
    expect(await ticketOf({ conversationId: await conversationOf(ticket.id) } as Thread)).toMatchObject({
      status: 'solved',
    });
  });

  it('tells nobody whether a link was ever there, and takes nothing after its time', async () => {
    const { ticket, token, id } = await linked('csat');
    const unknown = await page('s_unknown');
    expect(unknown.status).toBe(404);
    const said = await unknown.text(); // nobody knows in which language they were asked
    expect(said).toContain('گذشته است');
    expect(said).toContain('<p lang="en" dir="ltr">The time to answer');
    expect((await page('s_unknown', { score: '5' })).status).toBe(404);
    await w.rows(`UPDATE surveys SET expires_at = now() WHERE id = $1`, [id]);
    expect((await page(token)).status).toBe(404);
    expect((await page(token, { score: '5' })).status).toBe(404);
    expect(await surveyOf(ticket.id)).toMatchObject({ state: 'asked', score: null });
  });

  const conversationOf = async (ticketId: string) =>
    (await w.one<{ conversation_id: string }>('SELECT conversation_id FROM tickets WHERE id = $1', [ticketId]))
      .conversation_id;
});

describe('settings and results', () => {
  it('a change over an unseen change is refused, and the log tells who', async () => {
    const stale = await w.api.request('PUT', PATH, {
      enabled: false,
      kind: 'nps',
      delayMinutes: 0,
      channelKinds: [],
      threadKinds: [],
      notAgainDays: 0,
      version: version - 1,
    });
    expect(stale.status).toBe(409);
    const bad = await w.api.request<{ error: { details: { fields: { path: string }[] } } }>('PUT', PATH, {
      enabled: 'yes',
      kind: 'stars',
      version,
    });
    expect(bad.status).toBe(422);
    expect(bad.body.error.details.fields.map(({ path }) => path)).toEqual(expect.arrayContaining(['enabled', 'kind']));
    const { items } = await w.api.get<{ items: { action: string }[] }>('/audit');
    expect(items.map(({ action }) => action)).toContain('survey_settings.changed');
  });

  it('are counted by agent, channel and brand, with the reasons of silence', async () => {
    const results = await w.api.get<{
      csat: { answers: number; byAgent: unknown[]; byChannel: { id: string }[] };
      nps: { answers: number; detractors: number; nps: number };
      notAsked: { reason: string }[];
    }>('/surveys');
    expect(results.csat.answers).toBeGreaterThan(0);
    expect(results.csat.byChannel.map(({ id }) => id)).toContain(w.channelId);
    expect(results.nps).toMatchObject({ answers: 1, detractors: 1, nps: -100 });
    expect(results.notAsked.map(({ reason }) => reason)).toContain('asked_lately');
    expect((await w.api.request('GET', '/surveys?from=2026-01-02&to=2026-01-01')).status).toBe(422);
  });

  it('are the workspace’s own', async () => {
    const { ticket } = await helped();
    await reaches(ticket.id, { state: 'asked' });
    const stranger = await w.stranger('surveyless');
    expect((await stranger.request('GET', `/tickets/${ticket.id}/survey`)).status).toBe(404);
    expect(await stranger.get('/surveys')).toMatchObject({ csat: { answers: 0 }, nps: { answers: 0 } });
    const brand = await w.one<{ id: string }>('SELECT id FROM brands WHERE workspace_id = $1', [workspaceId]);
    const body = {
      enabled: true,
      kind: 'csat',
      delayMinutes: 0,
      channelKinds: [],
      threadKinds: ['dm'],
      notAgainDays: 0,
      version: 0,
    };
    expect((await stranger.request('PUT', PATH, { ...body, brandId: brand.id })).status).toBe(404);
  });
});

it('locks threads before surveys, so that who listens and who asks never wait for each other', async () => {
  await settings({ delayMinutes: 60 });
  const { thread, ticket } = await helped();
  const { id } = await reaches(ticket.id, { state: 'due' });
  await settled();
  await w.rows(
    `UPDATE conversations SET survey_until = now() - interval '1 second', survey_kind = 'csat' WHERE id = $1`,
    [thread.conversationId],
  );
  const about = { ticketId: ticket.id, conversationId: thread.conversationId, contactId: ticket.contact_id };
  const recorded = {
    workspaceId,
    position: 1,
    at: new Date(),
    actor: SYSTEM,
    messageId: null,
    audience: [],
    requestId: null,
  };
  const batch: DomainEvent[] = [
    { ...recorded, ...about, type: 'ticket.status_changed', data: { from: 'solved', to: 'open' } },
    { ...recorded, ...about, type: 'message.sent', data: { seq: 2, visibility: 'private', author: 'agent' } },
  ];
  let tries = 0;
  let held!: () => void;
  const holding = new Promise<void>((resolve) => (held = resolve));
  const asking = w.t.database.lean('system', async (tx) => {
    tries += 1;
    await tx.query('SELECT 1 FROM conversations WHERE id = $1 FOR UPDATE', [thread.conversationId]);
    held();
    await eventually(async () => {
      const [row] = await w.rows<{ waits: boolean }>(
        `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')) AS waits`,
      );
      return row?.waits;
    });
    await tx.query('SELECT 1 FROM surveys WHERE id = $1 FOR UPDATE', [id]);
  });
  await holding;
  const listening = w.t.database.lean('system', async (tx) => {
    tries += 1;
    await w.t.app.get(SurveysSubscriber).handle(tx, batch);
  });
  await Promise.all([asking, listening]);
  expect(tries).toBe(2); // neither had to begin again
  expect(await surveyOf(ticket.id)).toMatchObject({ state: 'cancelled', reason: 'reopened' });
});
