import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PullRunner } from '../../src/channels/pulls/pull-runner';
import { PullsRepository } from '../../src/channels/pulls/pulls.repository';
import { uuidv7 } from '../../src/platform/ids';
import { type ApiClient, eventually, startApp, type TestApp } from '../harness';

interface Page {
  events: object[];
  cursor?: string;
  more?: boolean;
}

interface PullJson {
  reason: string;
  failures: number;
  error: string | null;
  code: string | null;
  found: number;
  lastOkAt: string | null;
}

let t: TestApp;
let second: TestApp | undefined;
let service: Server;
let asked: { channel: string; reason: string; cursor: string | null; since: string }[];
let answer: (query: URLSearchParams, channel: string) => Page | number | Promise<Page | number>;
let count = 0;

beforeAll(async () => {
  service = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://service');
    asked.push({
      channel: url.pathname,
      reason: url.searchParams.get('reason') ?? '',
      cursor: url.searchParams.get('cursor'),
      since: url.searchParams.get('since') ?? '',
    });
    void Promise.resolve(answer(url.searchParams, url.pathname)).then((page) => {
      if (typeof page === 'number') response.writeHead(page).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(page));
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  t = await startApp();
});

afterAll(async () => {
  await second?.close();
  await t.close();
  service.closeAllConnections();
  service.close();
});

beforeEach(() => {
  asked = [];
  answer = () => ({ events: [] });
});

const rows = <Row>(sql: string, params: unknown[] = []) =>
  t.database.lean('system', (tx) => tx.query<Row>(sql, params));

async function connect(settings: object, api: ApiClient = t.owner): Promise<string> {
  const { id } = await api.post<{ id: string }>('/channels', {
    kind: 'api',
    name: 'Shop',
    externalId: `shop-${(count += 1)}`,
    credentials: { appSecret: `whsec_${Buffer.from('a secret of the shop, 32 bytes long').toString('base64')}` },
    settings: {
      pullUrl: `http://127.0.0.1:${(service.address() as AddressInfo).port}/c${count}`,
      reconcileMinutes: 0,
      ...settings,
    },
  });
  return id;
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

/** A word of a customer as the service tells it. */
function word(id: string, over: { at?: string; person?: string; direction?: 'in' | 'out'; text?: string } = {}) {
  const person = over.person ?? 'negar';
  const customer = { id: person, name: person };
  return {
    type: 'message',
    id: `event-${id}`,
    at: over.at ?? new Date().toISOString(),
    thread: { id: person, kind: 'dm' },
    messageId: id,
    direction: over.direction ?? 'in',
    author: over.direction === 'out' ? { id: 'shop' } : customer,
    contact: customer,
    text: over.text ?? `word ${id}`,
  };
}

const messages = (channelId: string) =>
  rows<{ external_id: string; ticket_id: string | null }>(
    'SELECT external_id, ticket_id FROM messages WHERE channel_id = $1 ORDER BY external_id',
    [channelId],
  );
const arrived = (channelId: string, n: number) =>
  eventually(async () => {
    const found = await messages(channelId);
    return found.length >= n && found;
  }, 20_000);
const pulls = async (channelId: string) =>
  (await t.owner.get<{ pulls: PullJson[]; costs: object[] }>(`/channels/${channelId}/pulls`)).pulls;
const dueNow = (channelId: string) =>
  rows(`UPDATE channel_pulls SET due_at = now(), leased_until = NULL, fence = fence + 1 WHERE channel_id = $1`, [
    channelId,
  ]);

describe('polling', () => {
  it('goes on where it stands, page by page, and brings each word once', async () => {
    const pages: Record<string, Page> = {
      start: { events: [word('p1'), word('p2')], cursor: 'a', more: true },
      a: { events: [word('p2'), word('p3')], cursor: 'b' },
    };
    answer = (query) =>
      query.get('reason') === 'poll' ? (pages[query.get('cursor') ?? 'start'] ?? { events: [] }) : { events: [] };
    const id = await connect({ pollSeconds: 3600, backfillDays: 0 });
    expect((await arrived(id, 3)).map((m) => m.external_id)).toEqual(['p1', 'p2', 'p3']);
    await eventually(async () => (await pulls(id)).some((p) => p.reason === 'poll' && p.lastOkAt !== null));
    asked = [];
    await dueNow(id);
    await eventually(async () => asked.some(({ cursor }) => cursor === 'b'));
    expect(await pulls(id)).toEqual([expect.objectContaining({ reason: 'poll', failures: 0, found: 3 })]);
  });

  it('a kill between storing and moving the cursor repeats the step, and the repeat is nothing', async () => {
    answer = (query) =>
      query.get('reason') === 'poll' ? { events: [word('k1'), word('k2')], cursor: 'after' } : { events: [] };
    const id = await connect({ pollSeconds: 3600, backfillDays: 0 });
    await arrived(id, 2);
    for (let i = 0; i < 3; i++) {
      // as after a kill: the events are there, the cursor is not, the lease has run out
      await rows('UPDATE channel_pulls SET cursor = NULL WHERE channel_id = $1', [id]);
      await dueNow(id);
      const before = asked.length;
      await eventually(async () => asked.length > before);
    }
    await eventually(async () => (await pulls(id))[0]?.failures === 0);
    expect(await messages(id)).toHaveLength(2);
    const [row] = await rows<{ n: number }>('SELECT count(*)::int AS n FROM inbound_events WHERE channel_id = $1', [
      id,
    ]);
    expect(row!.n).toBe(2);
  });

  it('two nodes share the channels: each step is done by one', async () => {
    second ??= await startApp({ databaseUrl: t.databaseUrl });
    let open = 0;
    let most = 0;
    answer = async (query) => {
      if (query.get('reason') !== 'poll') return { events: [] };
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 300));
      open -= 1;
      return { events: [word(`n${asked.length}`)], cursor: String(asked.length) };
    };
    const id = await connect({ pollSeconds: 3600, backfillDays: 0 });
    for (let i = 0; i < 10; i++) {
      await rows(`UPDATE channel_pulls SET due_at = now() WHERE channel_id = $1`, [id]);
      t.app.get(PullRunner).wake();
      second.app.get(PullRunner).wake();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await arrived(id, 1);
    expect(most).toBe(1);
  });

  it('a network that hangs delays no other', async () => {
    let release = () => {};
    const hanging = new Promise<Page>((resolve) => (release = () => resolve({ events: [] })));
    const hangs = `/c${count + 1}`;
    answer = (_query, channel) => (channel === hangs ? hanging : { events: [word('fine')], cursor: 'x' });
    const stuck = await connect({ pollSeconds: 3600, backfillDays: 0 });
    await eventually(async () => asked.some(({ channel }) => channel === hangs));
    const fine = await connect({ pollSeconds: 3600, backfillDays: 0 });
    expect(await arrived(fine, 1)).toHaveLength(1);
    expect(await messages(stuck)).toEqual([]);
    release();
  });

  it('news that come while a reading is under way are read at once, not at its next time', async () => {
    let release = () => {};
    const slow = new Promise<Page>((resolve) => (release = () => resolve({ events: [], cursor: 'before' })));
    answer = () => slow;
    const id = await connect({ pollSeconds: 3600, backfillDays: 0 });
    await eventually(async () => asked.length === 1);
    const [channel] = await rows<{ workspace_id: string }>('SELECT workspace_id FROM channels WHERE id = $1', [id]);
    await t.database.lean('system', (tx) =>
      t.app.get(PullsRepository).hurry(tx, channel!.workspace_id, id, ['poll'], new Date()),
    );
    answer = () => ({ events: [word('just in time')], cursor: 'after' });
    release();
    expect(await arrived(id, 1)).toHaveLength(1);
    expect(asked.map(({ cursor }) => cursor)).toEqual([null, 'before']);
  });

  it('failures are counted and shown, and end with the first success', async () => {
    answer = () => 503;
    const id = await connect({ pollSeconds: 3600, backfillDays: 0 });
    await eventually(async () => (await pulls(id))[0]?.failures === 1);
    expect((await pulls(id))[0]).toMatchObject({ code: 'http_503' });
    answer = () => ({ events: [word('after trouble')], cursor: 'x' });
    await dueNow(id);
    await arrived(id, 1);
    await eventually(async () => (await pulls(id))[0]?.failures === 0);
    expect((await pulls(id))[0]).toMatchObject({ error: null, code: null });
  });
});

describe('a reading that is refused until an admin changes something', () => {
  it('is told to the admins at once, with what to do, and ends with the check after the change', async () => {
    answer = (_query, path) => (path === '/deliver' ? { events: [] } : 404);
    const deliveryUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}/deliver`;
    const id = await connect({ pollSeconds: 3600, backfillDays: 0, deliveryUrl });
    const open = async () =>
      (
        await t.owner.get<{ items: { name: string; fix: object | null; channel: { id: string } }[] }>(
          '/channels/alarms',
        )
      ).items.filter(({ channel }) => channel.id === id);
    const told = async () =>
      (
        await t.owner.get<{ items: { data: { channel?: { id: string }; overAt?: string } }[] }>('/notifications')
      ).items.filter(({ data }) => data.channel?.id === id);
    await eventually(async () => (await open()).length > 0, 20_000);
    expect(await open()).toMatchObject([{ name: 'pull_poll', fix: { en: expect.stringContaining('pullUrl') } }]);
    await t.owner.ok('POST', `/channels/${id}/check`); // nothing has changed: it is refused again, and nobody is told again
    await eventually(async () => (await pulls(id))[0]!.failures >= 2);
    expect(await told()).toHaveLength(1);
    // once without an answer: what was refused stands, and nobody hears that it is over
    const before = (await pulls(id))[0]!.failures;
    answer = (_query, path) => (path === '/deliver' ? { events: [] } : 503);
    await t.owner.ok('POST', `/channels/${id}/check`);
    await eventually(async () => (await pulls(id))[0]!.failures > before);
    await t.owner.ok('POST', `/channels/${id}/check`);
    expect(await open()).toMatchObject([{ name: 'pull_poll', fix: { en: expect.stringContaining('pullUrl') } }]);
    expect((await told()).map(({ data }) => data.overAt)).toEqual([undefined]);
    answer = () => ({ events: [] });
    await t.owner.ok('POST', `/channels/${id}/check`);
    await eventually(async () => (await open()).length === 0, 20_000);
    expect(await told()).toMatchObject([{ data: { overAt: expect.any(String) } }]);
  });
});

describe('what was there before, and what was missed', () => {
  it('on connecting: recent unanswered words become work on the customer’s time, the rest is filed as history', async () => {
    answer = (query) =>
      query.get('reason') === 'backfill'
        ? {
            events: [
              word('old', { at: hoursAgo(100), person: 'amir' }),
              word('asked', { at: hoursAgo(5), person: 'sara' }),
              word('told', { at: hoursAgo(4), person: 'sara', direction: 'out' }),
              word('waiting', { at: hoursAgo(3), person: 'negar' }),
            ],
          }
        : { events: [] };
    const id = await connect({ backfillDays: 7 });
    const found = await arrived(id, 4);
    expect(found.filter((m) => m.ticket_id !== null).map((m) => m.external_id)).toEqual(['waiting']);
    const tickets = await rows<{ waiting_since: Date }>('SELECT waiting_since FROM tickets WHERE channel_id = $1', [
      id,
    ]);
    expect(tickets).toHaveLength(1);
    expect(Math.round((Date.now() - tickets[0]!.waiting_since.getTime()) / 3_600_000)).toBe(3);
    await eventually(async () => (await pulls(id)).length === 0); // a backfill ends
  });

  it('after a gap everything unanswered since is work, and what the webhook had brought is nothing new', async () => {
    const id = await connect({ backfillDays: 7 });
    await eventually(async () => asked.some(({ reason }) => reason === 'backfill'));
    await eventually(async () => (await pulls(id)).length === 0);
    await rows(`UPDATE channels SET last_event_at = now() - interval '60 hours' WHERE id = $1`, [id]);
    asked = [];
    answer = () => ({ events: [word('missed', { at: hoursAgo(59) }), word('recent', { at: hoursAgo(1) })] });
    await t.owner.ok('PATCH', `/channels/${id}`, { state: 'disabled' });
    await t.owner.ok('PATCH', `/channels/${id}`, { state: 'active' });
    const found = await arrived(id, 2);
    expect(found.every((m) => m.ticket_id !== null)).toBe(true);
    const since = Date.parse(asked.find(({ reason }) => reason === 'backfill')!.since);
    expect(Math.round((Date.now() - since) / 3_600_000)).toBe(61); // an hour of overlap
  });

  it('is asked for by an admin, within what the network keeps, and by nobody else', async () => {
    const id = await connect({ backfillDays: 2 });
    await eventually(async () => (await pulls(id)).length === 0);
    asked = [];
    const given = await t.owner.post<{ since: string }>(`/channels/${id}/backfill`, { since: hoursAgo(1_000) });
    expect(Math.round((Date.now() - Date.parse(given.since)) / 3_600_000)).toBe(48);
    await eventually(async () => asked.some(({ reason }) => reason === 'backfill'));
    expect((await t.owner.request('POST', `/channels/${uuidv7()}/backfill`, {})).status).toBe(404);
    const none = await connect({ pullUrl: '' });
    expect((await t.owner.request('POST', `/channels/${none}/backfill`, {})).status).toBe(422);
  });
});
