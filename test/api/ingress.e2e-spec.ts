import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import pg from 'pg';
import { Database } from '../../src/platform/database';
import { eventually, startApp, type TestApp } from '../harness';
import { dm, feed, MetaWorld, NEGAR, startMetaWorld, together, VERIFY_TOKEN } from '../meta-world';
import { SEED } from '../simulators/meta/seed';
import { metaBytes, metaSignature } from '../simulators/meta/wire';

const SECOND_SECRET = 'reef_app_secret_fedcba9876543210';
const FIXTURES = join(__dirname, '../../src/channels/connectors/meta/__fixtures__');
const fixture = (name: string): unknown => JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8'));

interface EventJson {
  id: string;
  state: string;
  type: string;
  reason: string | null;
  eventKey: string;
  channelId: string | null;
}
interface RawJson extends EventJson {
  raw: string | null;
  payload: { text?: string } | null;
  headers: Record<string, string> | null;
}

let w: MetaWorld;
let reef: Awaited<ReturnType<MetaWorld['otherWorkspace']>>;
let reefPage: string;

beforeAll(async () => {
  w = await startMetaWorld({ env: { WEBHOOK_BODY_LIMIT: String(2 * 1024 * 1024) } });
  reef = await w.otherWorkspace('reef');
  // the second Page is the other tenant's, behind an app of its own
  reefPage = await w.connect(reef.api, 'facebook', SEED.secondPageId, { appSecret: SECOND_SECRET });
});
afterAll(() => w.close());

const stored = async () => (await w.one<{ n: number }>('SELECT count(*)::int AS n FROM inbound_events')).n;
const counted = async (outcome: string) => {
  const text = await (await fetch(`${w.t.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.includes(`outcome="${outcome}"`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
};
const comment = (id: string, text: string, over: Record<string, unknown> = {}) =>
  feed({ comment_id: id, message: text, from: { id: NEGAR.author, name: 'نگار' }, ...over });

describe('the door', () => {
  it.each([
    ['no signature', {}],
    ['an empty one', { 'x-hub-signature-256': '' }],
    ['a wrong one', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
    [
      'an upper-case one',
      { 'x-hub-signature-256': metaSignature(SEED.appSecret, metaBytes(comment('9_1', 'x'))).toUpperCase() },
    ],
    ['another secret', { 'x-hub-signature-256': metaSignature('nobody knows', metaBytes(comment('9_1', 'x'))) }],
    [
      'the old SHA-1 header',
      {
        'x-hub-signature': `sha1=${createHmac('sha1', SEED.appSecret)
          .update(metaBytes(comment('9_1', 'x')))
          .digest('hex')}`,
      },
    ],
  ])('refuses %s and keeps nothing', async (_, headers) => {
    const before = await stored();
    const answer = await fetch(`${w.t.url}/webhooks/meta`, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: metaBytes(comment('9_1', 'x')).toString(),
    });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: 'unauthenticated' } });
    expect(await stored()).toBe(before);
  });

  it('counts what it refused, by day', async () => {
    expect(await counted('unauthenticated')).toBeGreaterThanOrEqual(6);
    const refusals = await eventually(async () => {
      const { items } = await w.api.get<{ items: { outcome: string; count: number }[] }>('/inbound-events/refusals');
      return items.some((row) => row.outcome === 'unauthenticated' && row.count >= 6) && items;
    });
    expect(refusals.every((row) => row.count > 0)).toBe(true);
  });

  it('answers the handshake to those who know the token, and only a number', async () => {
    const ask = async (query: Record<string, string>) => {
      const answer = await fetch(`${w.t.url}/webhooks/meta?${new URLSearchParams(query).toString()}`);
      return `${answer.status} ${answer.headers.get('content-type')} ${answer.status === 200 ? await answer.text() : ''}`;
    };
    const good = { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': VERIFY_TOKEN };
    expect(await ask(good)).toBe('200 text/plain; charset=utf-8 1158201444');
    expect(await ask({ ...good, 'hub.verify_token': 'guess' })).toMatch(/^403/);
    expect(await ask({ ...good, 'hub.verify_token': '' })).toMatch(/^403/);
    expect(await ask({ ...good, 'hub.challenge': '<script>' })).toMatch(/^403/);
    expect(await ask({ ...good, 'hub.mode': 'unsubscribe' })).toMatch(/^403/);
  });

  it('does not let a channel without a verify token open the handshake with an empty one', async () => {
    await w.connect(w.api, 'facebook', '55501', { verifyToken: '' });
    const query = new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.challenge': '7', 'hub.verify_token': '' });
    expect((await fetch(`${w.t.url}/webhooks/meta?${query.toString()}`)).status).toBe(403);
  });

  it('refuses bodies that are too large, told or not', async () => {
    const size = 3 * 1024 * 1024;
    const send = (headers: Record<string, string | number>, write: (call: ReturnType<typeof request>) => void) =>
      new Promise<number>((resolve) => {
        const call = request(`${w.t.url}/webhooks/meta`, { method: 'POST', headers }, (response) => {
          response.resume();
          resolve(response.statusCode!);
        });
        call.on('error', () => resolve(0));
        write(call);
      });
    expect(await send({ 'content-length': size }, (call) => call.flushHeaders())).toBe(413);
    const chunk = Buffer.alloc(256 * 1024, 0x20);
    const chunked = await send({ 'transfer-encoding': 'chunked' }, (call) => {
      for (let i = 0; i < size / chunk.length; i++) call.write(chunk);
    });
    expect(chunked).toBe(413);
  });

  it('says 404, 405 and 415 where they belong, without naming a metric after a stranger’s path', async () => {
    const status = async (path: string, init: RequestInit) => (await fetch(`${w.t.url}${path}`, init)).status;
    expect(await status('/webhooks/carrierpigeon', { method: 'POST', body: '{}' })).toBe(404);
    expect(await status('/webhooks/telegram/', { method: 'POST', body: '{}' })).toBe(404);
    expect(await status('/webhooks/meta', { method: 'PUT', body: '{}' })).toBe(405);
    const bytes = metaBytes(comment('9_1', 'x'));
    expect(
      await status('/webhooks/meta', {
        method: 'POST',
        headers: { 'content-encoding': 'gzip', 'x-hub-signature-256': metaSignature(SEED.appSecret, bytes) },
        body: bytes.toString(),
      }),
    ).toBe(415);
    expect(await (await fetch(`${w.t.url}/metrics`)).text()).not.toContain('carrierpigeon');
  });
});

describe('what is kept', () => {
  it('keeps a signed body that is not JSON as failed, with its bytes', async () => {
    const body = '{"object":"page","entry":[{"id":"10485';
    // behind the other tenant's secret, which has one owner
    expect((await w.postBytes(Buffer.from(body), SECOND_SECRET)).status).toBe(200);
    const { items } = await reef.api.get<{ items: EventJson[] }>('/inbound-events?state=failed');
    expect(items).toEqual([
      expect.objectContaining({
        type: 'malformed',
        reason: 'The body is not in the network’s format.',
        words: { fa: 'بدنه به قالب این شبکه نیست.', en: 'The body is not in the network’s format.' },
      }),
    ]);
    const one = await reef.api.get<RawJson>(`/inbound-events/${items[0]!.id}`);
    expect(one).toMatchObject({ raw: body, words: { fa: 'بدنه به قالب این شبکه نیست.' } });
    expect((await reef.api.request('POST', `/inbound-events/${items[0]!.id}/replay`, {})).status).toBe(409);
    expect((await w.api.request('GET', `/inbound-events/${items[0]!.id}`)).status).toBe(404);
  });

  it('counts a page nobody connected, and keeps nothing of it', async () => {
    const [before, seen] = [await stored(), await counted('unknown_account')];
    expect(
      (await w.post(feed({ comment_id: '1_1', from: { id: '1' }, message: 'x' }, { page: '999000' }))).status,
    ).toBe(200);
    expect(await stored()).toBe(before);
    expect(await counted('unknown_account')).toBeGreaterThan(seen);
  });

  it('keeps one event of each key: in one body, in two, and in fifty at once', async () => {
    const once = comment('dup_1', 'first!');
    await w.tell(together(once, once, once), once);
    const again = comment('dup_2', 'fifty');
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => w.post({ ...again, nonce: i })));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    await w.applied();
    const rows = await w.rows<{ event_key: string; n: number; messages: number }>(
      `SELECT event_key, count(*)::int AS n,
              (SELECT count(*)::int FROM messages m WHERE m.external_id = split_part(e.event_key, ':', 2)) AS messages
       FROM inbound_events e WHERE event_key LIKE 'comment:dup_%' GROUP BY event_key ORDER BY 1`,
    );
    expect(rows).toEqual([
      { event_key: 'comment:dup_1:add', n: 1, messages: 1 },
      { event_key: 'comment:dup_2:add', n: 1, messages: 1 },
    ]);
  });

  it('takes text that Postgres cannot hold, and neighbours are none the worse', async () => {
    const odd = comment('odd_1', 'nul \u0000 half \ud83d end', { from: { id: NEGAR.author, name: 'Ne\u0000gar' } });
    const answers = await Promise.all([w.post(odd), w.post(comment('odd_2', 'beside it'))]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    await w.applied();
    const rows = await w.rows<{ text: string }>(
      `SELECT text FROM messages WHERE external_id IN ('odd_1', 'odd_2') ORDER BY external_id`,
    );
    expect(rows.map((row) => row.text)).toEqual(['nul \ufffd half \ufffd end', 'beside it']);
  });

  it('is not stopped by ids and names of absurd length', async () => {
    const long = 'x'.repeat(20_000);
    await w.tell(
      together(
        comment(long, 'long id'),
        comment('len_1', 'long author', { from: { id: long, name: long } }),
        comment('len_2', 'long post', { post_id: long, parent_id: long }),
        dm('person', { message: { mid: 'm_' + long, text: 'long mid' } }),
        dm('person', { [long]: {} }),
        comment('len_3', 'the next one'),
      ),
    );
    expect(await w.rows(`SELECT 1 FROM messages WHERE external_id = 'len_3'`)).toHaveLength(1);
    expect(await w.rows(`SELECT 1 FROM inbound_events WHERE state = 'failed' AND type <> 'malformed'`)).toHaveLength(0);
  });

  it('reads a thousand changes of one body', async () => {
    const bodies = Array.from({ length: 1000 }, (_, i) =>
      comment(`k_${i}`, `number ${i}`, { from: { id: `5000${i % 40}`, name: `Person ${i % 40}` } }),
    );
    const body = together(...bodies);
    const [entry] = [{ ...body.entry[0], changes: bodies.flatMap((b) => b.entry[0]!.changes) }];
    expect((await w.post({ object: 'page', entry: [entry] })).status).toBe(200);
    await w.applied();
    const rows = await w.rows<{ conversations: number; messages: number; gapless: boolean }>(
      `SELECT count(DISTINCT conversation_id)::int AS conversations, count(*)::int AS messages
       FROM messages WHERE external_id LIKE 'k\\_%'`,
    );
    expect(rows).toEqual([{ conversations: 40, messages: 1000 }]);
    const disorder = await w.rows(
      `SELECT 1 FROM messages a JOIN messages b ON a.conversation_id = b.conversation_id AND a.seq < b.seq
       WHERE a.external_id LIKE 'k\\_%' AND b.external_id LIKE 'k\\_%'
         AND substr(a.external_id, 3)::int > substr(b.external_id, 3)::int`,
    );
    expect(disorder).toHaveLength(0);
  });

  it('answers 503, not 200, when Postgres does not take it', async () => {
    const database = w.t.app.get(Database);
    const real = database.statement.bind(database);
    const before = await stored();
    database.statement = ((work) =>
      real(async (tx) => {
        const query = tx.query.bind(tx);
        tx.query = (sql, params, name) =>
          name === 'ledger_store'
            ? Promise.reject(Object.assign(new Error('no space left on device'), { code: '53100' }))
            : query(sql, params, name);
        return work(tx);
      })) as typeof database.statement;
    try {
      const answers = await Promise.all([w.post(comment('full_1', 'x')), w.post(comment('full_2', 'y'))]);
      expect(answers.map((answer) => [answer.status, answer.headers.get('retry-after')])).toEqual([
        [503, '2'],
        [503, '2'],
      ]);
    } finally {
      database.statement = real as typeof database.statement;
    }
    expect(await stored()).toBe(before);
    expect((await w.post(comment('full_1', 'x'))).status).toBe(200);
    await w.applied();
    expect((await w.thread('full_1')).messages.at(-1)).toMatchObject({ text: 'x' });
  });
});

describe('tenants behind one address', () => {
  it('believes a secret only about the accounts of its own tenant', async () => {
    const forged = feed(
      { comment_id: 'forged_1', from: { id: '1', name: 'x' }, message: 'forged', post_id: SEED.secondPagePostId },
      { page: SEED.secondPageId },
    );
    expect((await w.post(forged)).status).toBe(200); // signed by the first tenant's app, about the second's page
    expect((await w.post(comment('forged_2', 'and back'), SECOND_SECRET)).status).toBe(200);
    await w.applied();
    expect(await w.rows(`SELECT 1 FROM messages WHERE external_id LIKE 'forged%'`)).toHaveLength(0);
    expect(await w.rows(`SELECT 1 FROM inbound_events WHERE event_key LIKE '%forged%'`)).toHaveLength(0);
  });

  it('gives each tenant its part of a batch of one app, and shows neither the other’s', async () => {
    await w.connect(reef.api, 'instagram', '900900'); // behind the same app as ours
    const shared = 'shared-app-secret-0123456789';
    await w.connect(w.api, 'facebook', '700001', { appSecret: shared });
    await w.connect(reef.api, 'facebook', '700002', { appSecret: shared });
    const said = (page: string, text: string) =>
      feed({ comment_id: 'same_1', from: { id: '77', name: 'Omar' }, message: text }, { page });
    // the same comment id in both accounts, in one body: an id is unique in its channel only
    expect((await w.post(together(said('700001', 'to harbour'), said('700002', 'to reef')), shared)).status).toBe(200);
    await w.applied();
    const rows = await w.rows<{ text: string; workspace_id: string }>(
      `SELECT text, workspace_id FROM messages WHERE external_id = 'same_1'`,
    );
    expect(rows.find((row) => row.workspace_id === reef.id)?.text).toBe('to reef');
    expect(rows.find((row) => row.workspace_id !== reef.id)?.text).toBe('to harbour');
    for (const [api, own, other] of [
      [w.api, 'to harbour', 'to reef'],
      [reef.api, 'to reef', 'to harbour'],
    ] as const) {
      const { items } = await api.get<{ items: EventJson[] }>('/inbound-events');
      const event = items.find((item) => item.eventKey === 'comment:same_1:add')!;
      const full = await api.get<RawJson>(`/inbound-events/${event.id}`);
      expect(full.payload?.text).toBe(own);
      expect(full.raw).toBeNull();
      expect(JSON.stringify(full)).not.toContain(other);
    }
    // a neighbour who is not connected (any more) is a neighbour still
    expect(
      (
        await w.post(
          together(
            feed({ comment_id: 'n_1', from: { id: '77' }, message: 'mine' }, { page: '700001' }),
            feed({ comment_id: 'n_2', from: { id: '78' }, message: 'a stranger’s secret' }, { page: '700003' }),
          ),
          shared,
        )
      ).status,
    ).toBe(200);
    const { items } = await w.api.get<{ items: EventJson[] }>('/inbound-events');
    const mine = items.find((item) => item.eventKey === 'comment:n_1:add')!;
    expect(JSON.stringify(await w.api.get(`/inbound-events/${mine.id}`))).not.toContain('stranger');
    // and a broken body of a shared app is shown to nobody
    await w.postBytes(Buffer.from('{"entry": "whose?'), shared);
    for (const api of [w.api, reef.api]) {
      const failed = await api.get<{ items: EventJson[] }>('/inbound-events?state=failed');
      for (const { id } of failed.items)
        expect(JSON.stringify(await api.get(`/inbound-events/${id}`))).not.toContain('whose?');
    }
  });

  it('knows an account’s own comments by its name in a body that tells of two accounts', async () => {
    const secret = 'another-app-secret-0123456789';
    for (const username of ['harbour.shop', 'reef.shop'])
      await w.connect(w.api, 'instagram', `80000${username.length}`, { appSecret: secret }, { username });
    const by = (username: string, account: string, id: string) => ({
      object: 'instagram',
      entry: [
        {
          id: account,
          time: 1_795_170_000,
          changes: [{ field: 'comments', value: { id, username, text: `by ${username}`, media: { id: 'media_1' } } }],
        },
      ],
    });
    const body = together(
      by('harbour.shop', '8000012', 'own_1'),
      by('harbour.shop', '800009', 'guest_1'),
      by('reef.shop', '800009', 'own_2'),
    );
    for (let i = 0; i < 2; i++) expect((await w.post(body, secret)).status).toBe(200);
    await w.applied();
    expect(
      await w.rows(
        `SELECT e.event_key, e.state, (SELECT count(*)::int FROM tickets t JOIN messages m ON m.ticket_id = t.id
           WHERE 'comment:' || m.external_id || ':add' = e.event_key) AS tickets
         FROM inbound_events e WHERE e.event_key ~ '^comment:(own|guest)_[12]:add$' ORDER BY 1`,
      ),
    ).toEqual([
      { event_key: 'comment:guest_1:add', state: 'applied', tickets: 1 },
      { event_key: 'comment:own_1:add', state: 'ignored', tickets: 0 },
      { event_key: 'comment:own_2:add', state: 'ignored', tickets: 0 },
    ]);
  });

  it('keeps one provider id apart in two channels of one tenant', async () => {
    const message = { mid: 'm_both', text: 'to the page' };
    await w.tell(
      dm('person', { message }),
      dm('person', { message: { ...message, text: 'to instagram' } }, { object: 'instagram' }),
    );
    const rows = await w.rows<{ text: string }>(`SELECT text FROM messages WHERE external_id = 'm_both' ORDER BY text`);
    expect(rows.map((row) => row.text)).toEqual(['to instagram', 'to the page']);
  });

  it('applies the recorded batch of two pages to the page that is ours', async () => {
    await w.tell(fixture('batch_mixed_pages'));
    const rows = await w.rows<{ external_id: string }>(
      `SELECT external_id FROM messages WHERE external_id ~ 'BatchInvented|_1402400000000001|_555000111222333' ORDER BY 1`,
    );
    expect(rows.map((row) => row.external_id)).toEqual([
      '122148890021734550_1402400000000001',
      'm_BatchInventedMid-1',
      'm_BatchInventedMid-2',
      'm_BatchInventedMid-3',
    ]);
    await w.postBytes(metaBytes(fixture('batch_mixed_pages')), SECOND_SECRET);
    await w.applied();
    const theirs = await w.rows<{ channel_id: string }>(
      `SELECT channel_id FROM messages WHERE external_id = '122100000000000009_555000111222333'`,
    );
    expect(theirs).toEqual([{ channel_id: reefPage }]);
  });
});

describe('a connected account', () => {
  interface ChannelJson {
    id: string;
    teamId: string | null;
    credentialsSet: string[];
    state: string;
  }

  it('never shows its secrets, takes them in part, and names every wrong one', async () => {
    const id = await w.connect(w.api, 'facebook', '330033');
    const patch = (body: object) =>
      w.api.request<ChannelJson & { error: { details: unknown } }>('PATCH', `/channels/${id}`, body);
    const { body } = await patch({ credentials: { accessToken: 'renewed-token' } });
    expect(body.credentialsSet.toSorted()).toEqual(['accessToken', 'appSecret', 'verifyToken']);
    expect(JSON.stringify(body)).not.toMatch(/renewed-token|app_secret/);
    const wrong = await patch({ credentials: { accessToken: '', pin: 'x', verifyToken: 7 } });
    expect(wrong.status).toBe(422);
    expect(wrong.body.error.details).toMatchObject({
      fields: ['accessToken', 'verifyToken', 'pin'].map((name) => ({ path: `credentials.${name}` })),
    });
    const { items } = await w.api.get<{ items: { id: string }[] }>('/teams');
    expect((await patch({ teamId: items[0]!.id })).body.teamId).toBe(items[0]!.id);
    expect((await patch({ teamId: null })).body.teamId).toBeNull();
  });

  it('whose secrets no key opens any more is still listed, and connected again by entering them', async () => {
    const id = await w.connect(w.api, 'facebook', '220022');
    await w.rows(`UPDATE channels SET credentials = jsonb_set(credentials, '{keyId}', '"00000000"') WHERE id = $1`, [
      id,
    ]);
    const listed = await w.api.get<{ items: ChannelJson[] }>('/channels?limit=100');
    expect(listed.items.find((channel) => channel.id === id)).toMatchObject({ credentialsSet: [] });
    const said = feed({ comment_id: 'shut_1', from: { id: '5' }, message: 'x' }, { page: '220022' });
    const credentials = { accessToken: 'again', appSecret: 'a new secret of the app' };
    expect((await w.api.request('PATCH', `/channels/${id}`, { credentials })).status).toBe(200);
    await eventually(async () => (await w.post(said, credentials.appSecret)).status === 200);
    await w.thread('shut_1');
  });
});

describe('what is kept although nobody reads it yet', () => {
  const unsupported = async () => {
    const { items } = await w.api.get<{ items: EventJson[] }>('/inbound-events?state=unsupported&limit=100');
    return items;
  };

  it('keeps what WhatsApp, X and Telegram may send one day, once each, visible with its bytes', async () => {
    const whatsapp = await w.connect(w.api, 'whatsapp', '102290129340398');
    const value = { metadata: { phone_number_id: '102290129340398' }, holograms: [{ id: 'wamid.1' }] };
    const odd = {
      object: 'whatsapp_business_account',
      entry: [{ id: '102290129340001', changes: [{ field: 'hologram', value }] }],
    };
    for (let i = 0; i < 2; i++) await w.tell(odd);
    const event = (await unsupported()).filter((item) => item.channelId === whatsapp);
    expect(event).toMatchObject([{ state: 'unsupported', reason: expect.stringContaining('hologram') }]);
    expect((await w.api.get<RawJson>(`/inbound-events/${event[0]!.id}`)).raw).toContain('wamid.1');

    const x = await w.connect(w.api, 'x', '2244994945', { appSecret: 'x consumer secret' });
    const xBytes = JSON.stringify({ for_user_id: '2244994945', hologram_events: [{ id_str: '1', text: 'hi' }] });
    const xSignature = (secret: string) => `sha256=${createHmac('sha256', secret).update(xBytes).digest('base64')}`;
    const toX = (signature: string) =>
      fetch(`${w.t.url}/webhooks/x`, {
        method: 'POST',
        headers: { 'x-twitter-webhooks-signature': signature },
        body: xBytes,
      });
    expect((await toX(xSignature('guess'))).status).toBe(401);
    expect((await toX(metaSignature('x consumer secret', Buffer.from(xBytes)))).status).toBe(401); // Meta's form is not X's
    for (let i = 0; i < 2; i++) expect((await toX(xSignature('x consumer secret'))).status).toBe(200);

    const telegram = await w.connect(w.api, 'telegram', '77001', { appSecret: 'telegram-secret-token' });
    const toTelegram = (id: string, token: string, update = 1) =>
      fetch(`${w.t.url}/webhooks/telegram/${id}`, {
        method: 'POST',
        headers: { 'x-telegram-bot-api-secret-token': token },
        body: JSON.stringify({ update_id: update, hologram: { id: update } }),
      });
    expect((await toTelegram(telegram, 'guess')).status).toBe(401);
    expect((await toTelegram(x, 'x consumer secret')).status).toBe(401);
    expect((await toTelegram('not-an-id', 'telegram-secret-token')).status).toBe(401);
    for (const update of [1, 1, 2])
      expect((await toTelegram(telegram, 'telegram-secret-token', update)).status).toBe(200);
    await w.applied();
    const kept = await unsupported();
    expect(kept.filter((item) => item.channelId === x)).toHaveLength(1);
    expect(kept.filter((item) => item.channelId === telegram)).toHaveLength(2);
    expect((await reef.api.get<{ items: EventJson[] }>('/inbound-events?state=unsupported')).items).toEqual([]);
  });

  it('is not brought to its knees by a body nested ten thousand deep', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    const telegram = await w.connect(w.api, 'telegram', '77002', { appSecret: 'deep-secret-token' });
    const answer = await fetch(`${w.t.url}/webhooks/telegram/${telegram}`, {
      method: 'POST',
      headers: { 'x-telegram-bot-api-secret-token': 'deep-secret-token' },
      body: `{"update_id":3,"odd":${deep}}`,
    });
    expect(answer.status).toBe(200);
    expect(
      (await w.postBytes(Buffer.from(`{"object":"page","entry":[{"id":"${SEED.pageId}","odd":${deep}}]}`))).status,
    ).toBe(200);
    await w.applied();
  });
});

describe('run again', () => {
  it('changes nothing that stands, one or a range, and is written down', async () => {
    await w.tell(comment('re_1', 'once'), comment('re_2', 'twice'));
    const picture = () =>
      w.rows(
        `SELECT m.external_id, m.seq, m.text, m.version, m.received_at, t.id, t.status FROM messages m LEFT JOIN tickets t ON t.id = m.ticket_id
         ORDER BY m.id`,
      );
    const before = await picture();
    const { items } = await w.api.get<{ items: EventJson[] }>('/inbound-events?state=applied&limit=100');
    const event = items.find((item) => item.eventKey === 'comment:re_1:add')!;
    expect(await w.api.post(`/inbound-events/${event.id}/replay`)).toEqual({ replayed: 1 });
    await w.applied();
    expect(await w.ledger('comment:re_1:add')).toMatchObject({ state: 'applied' });
    const { replayed } = await w.api.post<{ replayed: number }>('/inbound-events/replay', {
      states: ['applied', 'ignored', 'unsupported'],
    });
    expect(replayed).toBeGreaterThan(1000);
    await w.applied();
    expect(await picture()).toEqual(before);
    expect(await w.rows(`SELECT 1 FROM inbound_events WHERE state = 'failed' AND type <> 'malformed'`)).toEqual([]);
    expect((await reef.api.request('POST', `/inbound-events/${event.id}/replay`, {})).status).toBe(404);
  });

  it('brings back what was refused while its channel was disabled', async () => {
    const channel = await w.connect(w.api, 'facebook', '800800');
    const said = (id: string) =>
      feed({ comment_id: id, from: { id: '5', name: 'Sara' }, message: id }, { page: '800800' });
    await w.tell(said('off_1'));
    await w.rows(`UPDATE channels SET state = 'disabled' WHERE id = $1`, [channel]);
    await w.rows(`UPDATE inbound_events SET state = 'received' WHERE event_key = 'comment:off_1:add'`);
    await eventually(async () => (await w.ledger('comment:off_1:add')).state !== 'received');
    // the directory remembers for a moment; after that the event is refused and says why
    await eventually(async () => {
      await w.rows(
        `UPDATE inbound_events SET state = 'received' WHERE event_key = 'comment:off_1:add' AND state = 'applied'`,
      );
      return (await w.ledger('comment:off_1:add')).state === 'refused';
    });
    await w.api.request('PATCH', `/channels/${channel}`, { state: 'active' });
    const { items } = await w.api.get<{ items: EventJson[] }>('/inbound-events?state=refused');
    expect(items.map((item) => item.reason)).toEqual(['The channel is not connected any more.']);
    await w.api.post(`/inbound-events/${items[0]!.id}/replay`);
    await w.applied();
    expect(await w.ledger('comment:off_1:add')).toMatchObject({ state: 'applied' });
  });
});

describe('an event that cannot be taken in', () => {
  const began = Date.now() - 60_000;
  /** A question, a word on it, a mark under that, and a word that quotes it. */
  const told = (person: string, id: (name: string) => string) => [
    dm('person', { message: { mid: id('asked'), text: 'asked' } }, { person, at: began }),
    dm('person', { message: { mid: id('more'), text: 'more' } }, { person, at: began + 1000 }),
    dm(
      'person',
      { reaction: { mid: id('more'), action: 'react', reaction: 'love', emoji: '❤️' } },
      { person, at: began + 2000 },
    ),
    dm(
      'person',
      { message: { mid: id('quoting'), text: 'quoting', reply_to: { mid: id('more') } } },
      { person, at: began + 3000 },
    ),
  ];
  const picture = async (externalId: string) => {
    const { id, messages } = await w.thread(externalId);
    const quoted = await w.rows<{ id: string; text: string }>(
      `SELECT m.id, r.text FROM messages m JOIN messages r ON r.id = m.reply_to_message_id WHERE m.conversation_id = $1`,
      [id],
    );
    const [ticket, ...others] = await w.tickets(id);
    return {
      messages: messages.map((m) => [m.text, m.reactions, quoted.find((q) => q.id === m.id)?.text]),
      ticket: [ticket?.status, ticket?.preview, ticket?.waiting_since?.toISOString()],
      others,
    };
  };
  const waiting = async (client: pg.Client, mids: string) => {
    const { rows } = await client.query<{ event_key: string; attempts: number }>(
      `SELECT event_key, attempts FROM inbound_events WHERE state = 'received' AND event_key ${mids} ORDER BY id`,
    );
    return rows.map(({ event_key: key, attempts }) => ({ key, attempts }));
  };
  type Failed = EventJson & { attempts: number; words: unknown };
  const failed = async (api = w.api) => {
    const { items } = await api.get<{ items: Failed[] }>('/inbound-events?state=failed');
    return items.filter(({ type }) => type !== 'malformed');
  };

  it('is set aside by itself and resumed in order; what only waits is never set aside; all others go on', async () => {
    const owner = new pg.Client(w.t.databaseUrl);
    await owner.connect();
    let second: TestApp | undefined = await startApp({ databaseUrl: w.t.databaseUrl });
    try {
      await owner.query(`
        CREATE SEQUENCE cuts;
        CREATE FUNCTION refuse_some() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
          IF NEW.external_id = 'm_bad_more' THEN RAISE EXCEPTION 'a fault of ours about %', NEW.external_id; END IF;
          IF NEW.external_id = 'm_stuck_2' THEN RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END IF;
          IF NEW.external_id = 'm_cut_2' AND nextval('cuts') <= 2 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER refuse_some BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION refuse_some()`);
      const people = Array.from({ length: 10 }, (_, i) => `66000${i}`);
      const numbered = (name: string, person: string) =>
        [1, 2, 3].map((n) =>
          dm('person', { message: { mid: `m_${name}_${n}`, text: `${n}` } }, { person, at: began + n }),
        );
      const theirs = dm('person', { message: { mid: 'm_reef_ok', text: 'reef' } }, { account: SEED.secondPageId });
      expect((await w.post(theirs, SECOND_SECRET)).status).toBe(200);
      const all = together(
        ...told('66100', (name) => `m_bad_${name}`),
        ...numbered('stuck', '66101'),
        ...numbered('cut', '66102'),
        ...told('66103', (name) => `m_good_${name}`),
        ...people.flatMap((person) => numbered(`p${person}`, person)),
      );
      expect((await w.post(all)).status).toBe(200);
      // one node ends in the middle of it, and every connection of the other is cut
      const tried = `SELECT 1 FROM inbound_events WHERE attempts > 0 AND event_key = 'mid:m_bad_more'`;
      await eventually(async () => (await w.rows(tried)).length > 0, 30_000);
      await second.close();
      second = undefined;
      await owner.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );

      // all but the thread that waits, which nothing has cost a try
      await eventually(
        async () => (await waiting(owner, `NOT IN ('mid:m_stuck_2', 'mid:m_stuck_3')`)).length === 0,
        30_000,
      );
      expect(await waiting(owner, `LIKE 'mid:m\\_stuck%'`)).toEqual([
        { key: 'mid:m_stuck_2', attempts: 0 },
        { key: 'mid:m_stuck_3', attempts: 0 },
      ]);
      expect(
        await w.rows(`SELECT 1 FROM messages WHERE external_id = 'm_reef_ok' OR external_id LIKE 'm\\_p66000%'`),
      ).toHaveLength(31);
      expect((await w.thread('m_cut_2')).messages.map(({ text }) => text)).toEqual(['1', '2', '3']);
      expect((await w.thread('m_bad_quoting')).messages.map(({ text }) => text)).toEqual(['asked', 'quoting']);
      const [bad, ...others] = await failed();
      expect(others).toEqual([]);
      expect(bad).toMatchObject({
        eventKey: 'mid:m_bad_more',
        attempts: expect.any(Number),
        reason: 'Set aside after 4 tries: a fault of ours about m_bad_more',
        words: { fa: expect.stringContaining('a fault of ours about m_bad_more') },
      });
      expect(await failed(reef.api)).toEqual([]);

      // run again before the mend: it comes back; after it, the thread is as if nothing had been
      await w.api.post(`/inbound-events/${bad!.id}/replay`);
      await eventually(async () => (await failed()).length === 1, 30_000);
      await owner.query('DROP TRIGGER refuse_some ON messages');
      await w.api.post(`/inbound-events/${bad!.id}/replay`);
      await w.applied();
      expect(await failed()).toEqual([]);
      expect((await w.thread('m_stuck_2')).messages.map(({ text }) => text)).toEqual(['1', '2', '3']);
      const whole = await picture('m_good_more');
      expect(whole.messages.map(([text]) => text)).toEqual(['asked', 'more', 'quoting']);
      expect(await picture('m_bad_more')).toEqual(whole);
    } finally {
      await owner.end();
      await second?.close();
    }
  }, 120_000);
});
