import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RECORDED_ERRORS, recordedError, type RecordedError } from './graph-errors';
import { type MetaOptions, type MetaSimulator, startMeta } from './server';
import { SEED } from './seed';
import { appSecretProof, metaBytes, metaSignature } from './wire';

const FIXTURES = join(__dirname, '../../../src/channels/connectors/meta/__fixtures__');
const DAY_MS = 86_400_000;

interface Hook {
  body: Buffer;
  signature: string;
  json: { object: string; entry: { id: string; time: number; [part: string]: unknown }[] };
}

/** The app's place: records what arrives, answers with the statuses it is given, then 200. */
class Callback {
  readonly hooks: Hook[] = [];
  statuses: number[] = [];
  url = '';
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const status = this.statuses.shift() ?? 200;
      const json = JSON.parse(body.toString('utf8')) as Hook['json'];
      if (status === 200) this.hooks.push({ body, json, signature: String(request.headers['x-hub-signature-256']) });
      response.writeHead(status).end();
    });
  });

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhooks/meta`;
    return this;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** All changes and messaging objects in order of arrival. */
  events(): Record<string, unknown>[] {
    return this.hooks
      .flatMap(({ json }) => json.entry)
      .flatMap((entry) => (entry['changes'] ?? entry['messaging'] ?? entry['standby']) as Record<string, unknown>[]);
  }
}

let callback: Callback;
let sim: MetaSimulator;

async function start(options: MetaOptions = {}): Promise<void> {
  sim = await startMeta({
    idBase: '55',
    ...options,
    delivery: { callbackUrl: callback.url, retryBaseMs: 1, retryMaxMs: 4, ...options.delivery },
  });
}

beforeEach(async () => {
  callback = await new Callback().open();
});

afterEach(async () => {
  await sim.close();
  await callback.close();
});

async function graph(method: string, path: string, body?: unknown, token: string = SEED.pageToken) {
  const url = new URL(`/v26.0${path}`, sim.url);
  url.searchParams.set('access_token', token);
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  };
}

const text = (recipient: object, message: object, over: object = {}) => ({
  recipient,
  messaging_type: 'RESPONSE',
  message,
  ...over,
});

describe('webhooks', () => {
  it('leave in the exact escaped bytes, rightly signed', async () => {
    await start();
    sim.act.comment({ postId: SEED.pagePostId, person: 'negar', text: 'سلام 🙏 a/b' });
    await sim.deliveries.idle();
    const [hook] = callback.hooks;
    expect(hook?.body.toString('latin1')).toContain(String.raw`"message":"\u0633\u0644\u0627\u0645 \ud83d\ude4f a\/b"`);
    expect(hook?.body.toString('latin1')).toMatch(/^[\u0020-\u007e]+$/);
    expect(hook?.signature).toBe(metaSignature(SEED.appSecret, hook?.body ?? Buffer.alloc(0)));
  });

  it('re-make the recorded bytes of a sample', async () => {
    await start();
    const wire = readFileSync(join(FIXTURES, 'page_comment_added.wire.txt'));
    expect(metaBytes(JSON.parse(wire.toString('utf8')))).toEqual(wire);
    expect(appSecretProof(SEED.appSecret, 'EAAInventedPageTokenForTests')).toBe(
      'db1313a4eb0c31f4fcd9ec92888923d53d6b996849e98f11dbda7be14f85830b',
    );
  });

  it('come again until they are acknowledged', async () => {
    await start();
    callback.statuses = [503, 500, 401];
    sim.act.directMessage({ accountId: SEED.pageId, person: 'negar', text: 'hi' });
    await sim.deliveries.idle();
    expect(callback.hooks).toHaveLength(1);
    expect(sim.deliveries.records[0]?.attempts.map(({ status }) => status)).toEqual([503, 500, 401, 200]);
  });

  it('are given up after the last attempt', async () => {
    await start({ delivery: { maxAttempts: 2 } });
    callback.statuses = [500, 500, 500];
    sim.act.directMessage({ accountId: SEED.pageId, person: 'negar', text: 'hi' });
    await sim.deliveries.idle();
    expect(sim.deliveries.records.map(({ state }) => state)).toEqual(['given_up']);
  });

  it('are batched per object, shuffled and repeated on request', async () => {
    await start({ delivery: { hold: true } });
    for (let n = 0; n < 5; n++) sim.act.comment({ postId: SEED.pagePostId, person: 'amir', text: `c${n}` });
    sim.act.comment({ postId: SEED.mediaId, person: 'amir', text: 'on instagram' });
    expect(callback.hooks).toHaveLength(0);
    sim.deliveries.flush({ batchSize: 10, shuffle: true, copies: 2 });
    await sim.deliveries.idle();
    expect(callback.hooks.map(({ json }) => json.object).toSorted()).toEqual([
      'instagram',
      'instagram',
      'page',
      'page',
    ]);
    const texts = callback.events().map(({ value }) => (value as { message?: string; text?: string }).message);
    expect(texts.filter((message) => message !== undefined).toSorted()).toEqual([
      'c0',
      'c0',
      'c1',
      'c1',
      'c2',
      'c2',
      'c3',
      'c3',
      'c4',
      'c4',
    ]);
    expect(sim.deliveries.records.filter(({ repeat }) => repeat)).toHaveLength(2);
  });

  it('stay away for fields the app is not subscribed to', async () => {
    await start();
    await graph('POST', `/${SEED.pageId}/subscribed_apps?subscribed_fields=messages`);
    sim.act.comment({ postId: SEED.pagePostId, person: 'negar', text: 'unheard' });
    sim.act.directMessage({ accountId: SEED.pageId, person: 'negar', text: 'heard' });
    await sim.deliveries.idle();
    expect(callback.events()).toMatchObject([{ message: { text: 'heard' } }]);
  });
});

describe('direct messages', () => {
  const write = (accountId: string = SEED.pageId) =>
    sim.act.directMessage({ accountId, person: 'negar', text: 'سلام' });
  const negar = { id: '8123440097715526' };

  it('answer with ids, echo the metadata and enter the effect log', async () => {
    await start();
    write();
    const sent = await graph('POST', `/${SEED.pageId}/messages`, text(negar, { text: 'بله', metadata: 'outbox:1' }));
    expect(sent).toMatchObject({ status: 200, body: { recipient_id: negar.id } });
    await sim.deliveries.idle();
    expect(callback.events().at(-1)).toMatchObject({
      sender: { id: SEED.pageId },
      message: { mid: sent.body['message_id'], is_echo: true, metadata: 'outbox:1', text: 'بله' },
    });
    expect(sim.effects.all).toMatchObject([
      { kind: 'direct_message', target: negar.id, text: 'بله', metadata: 'outbox:1' },
    ]);
  });

  it('echo before the answer when told to', async () => {
    await start({ echo: 'before' });
    write();
    await sim.deliveries.idle();
    await graph('POST', `/${SEED.pageId}/messages`, text(negar, { text: 'first the echo' }));
    expect(callback.events().at(-1)).toMatchObject({ message: { is_echo: true, text: 'first the echo' } });
  });

  it('count as duplicates when one outbox id went out twice', async () => {
    await start();
    write();
    const body = text(negar, { text: 'once', metadata: 'outbox:9' });
    await graph('POST', `/${SEED.pageId}/messages`, body);
    await graph('POST', `/${SEED.pageId}/messages`, body);
    expect(sim.effects.duplicates()).toMatchObject([[{ metadata: 'outbox:9' }, { metadata: 'outbox:9' }]]);
  });

  it.each([
    ['within 24 hours', 0.9, {}, 200, undefined],
    ['after 24 hours', 1.1, {}, 400, 2018278],
    ['after 24 hours by a human', 1.1, { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }, 200, undefined],
    ['after 7 days by a human', 7.1, { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }, 400, 2018278],
    ['with a tag that has ended', 0.1, { messaging_type: 'MESSAGE_TAG', tag: 'ACCOUNT_UPDATE' }, 400, undefined],
  ])('%s', async (_, days, over, status, subcode) => {
    await start();
    write();
    sim.world.setClock(sim.world.now() + days * DAY_MS);
    const sent = await graph('POST', `/${SEED.pageId}/messages`, text(negar, { text: 'hi' }, over));
    expect(sent.status).toBe(status);
    expect((sent.body['error'] as { error_subcode?: number } | undefined)?.error_subcode).toBe(subcode);
  });

  it.each([
    ['2,000 letters on Messenger', SEED.pageId, 'ی'.repeat(2000), 200],
    ['2,001 letters on Messenger', SEED.pageId, 'ی'.repeat(2001), 400],
    ['500 Persian letters on Instagram', SEED.instagramId, 'ی'.repeat(500), 200],
    ['501 Persian letters on Instagram', SEED.instagramId, 'ی'.repeat(501), 400],
  ])('%s', async (_, accountId, body, status) => {
    await start();
    write(accountId);
    const id = sim.world.scopedId(accountId, 'negar');
    expect((await graph('POST', `/${accountId}/messages`, text({ id }, { text: body }))).status).toBe(status);
  });

  it('to a stranger, to one who blocked, or without the right token are refused', async () => {
    await start();
    write();
    const send = (id: string, token?: string) =>
      graph('POST', `/${SEED.pageId}/messages`, text({ id }, { text: 'x' }), token);
    expect((await send('1')).body).toMatchObject({ error: { code: 100, error_subcode: 2018001 } });
    sim.act.block({ accountId: SEED.pageId, person: 'negar', blocked: true });
    expect((await send(negar.id)).body).toMatchObject({ error: { code: 551 } });
    expect((await send(negar.id, SEED.secondPageToken)).status).toBe(403);
    expect((await send(negar.id, 'nonsense')).body).toMatchObject({ error: { code: 190 } });
    expect(sim.effects.all).toEqual([]);
  });
});

describe('comments', () => {
  it('are answered in public under the top-level comment only', async () => {
    await start();
    const { id } = sim.act.comment({ postId: SEED.pagePostId, person: 'negar', text: 'قیمت؟' });
    const second = sim.act.comment({ postId: SEED.pagePostId, person: 'amir', text: 'me too', parentId: id });
    expect((await graph('POST', `/${second.id}/comments`, { message: 'no' })).status).toBe(400);
    expect((await graph('POST', `/${id}/comments`, { message: 'دایرکت' })).status).toBe(200);
    expect((await graph('POST', `/${SEED.pagePostId}/comments`, { message: 'oops' })).status).toBe(200);
    expect(sim.effects.all.map(({ kind, target }) => [kind, target])).toEqual([
      ['public_reply', id],
      ['top_level_comment', SEED.pagePostId],
    ]);
    await sim.deliveries.idle();
    expect(callback.events().at(-2)).toMatchObject({
      value: { from: { id: SEED.pageId }, parent_id: id, verb: 'add', item: 'comment' },
    });
  });

  it('allow one private reply, within seven days', async () => {
    await start();
    const { id } = sim.act.comment({ postId: SEED.pagePostId, person: 'negar', text: 'قیمت؟' });
    const late = sim.act.comment({ postId: SEED.pagePostId, person: 'amir', text: 'late' });
    const reply = (commentId: string) =>
      graph('POST', `/${SEED.pageId}/messages`, { recipient: { comment_id: commentId }, message: { text: 'hi' } });
    expect((await reply(id)).body).toMatchObject({ recipient_id: '8123440097715526' });
    expect((await reply(id)).body).toMatchObject({ error: { code: 10900 } });
    expect((await graph('GET', `/${id}?fields=can_reply_privately`)).body).toEqual({ id, can_reply_privately: false });
    sim.world.setClock(sim.world.now() + 7.1 * DAY_MS);
    expect((await reply(late.id)).body).toMatchObject({ error: { code: 10903 } });
  });

  it('are hidden, liked and deleted, and Page hooks tell of it', async () => {
    await start();
    const { id } = sim.act.comment({ postId: SEED.pagePostId, person: 'negar', text: 'زشت' });
    await graph('POST', `/${id}`, { is_hidden: true });
    await graph('POST', `/${id}/likes`);
    await graph('DELETE', `/${id}`);
    expect((await graph('GET', `/${id}`)).body).toMatchObject({ error: { code: 100, error_subcode: 33 } });
    await sim.deliveries.idle();
    const verbs = callback.events().map(({ value }) => (value as { verb: string }).verb);
    expect(verbs).toEqual(['add', 'hide', 'add', 'remove']);
    expect(sim.effects.all.map(({ kind }) => kind)).toEqual(['hide', 'like', 'delete']);
  });

  it('on Instagram live without edit or delete hooks; replies of replies hang under the first', async () => {
    await start();
    const top = sim.act.comment({ postId: SEED.mediaId, person: 'negar', text: 'چند؟' });
    const under = sim.act.comment({ postId: SEED.mediaId, person: 'amir', text: 'same', parentId: top.id });
    sim.act.removeComment({ commentId: under.id });
    const another = sim.act.comment({ postId: SEED.mediaId, person: 'amir', text: 'again', parentId: top.id });
    await graph('POST', `/${another.id}/replies`, { message: 'بله' }, SEED.instagramToken);
    await sim.deliveries.idle();
    expect(callback.events().map(({ value }) => (value as { text: string }).text)).toEqual([
      'چند؟',
      'same',
      'again',
      'بله',
    ]);
    const listed = await graph('GET', `/${SEED.mediaId}/comments?fields=id,text,replies{id,text}`);
    expect(listed.body['data']).toMatchObject([
      { id: top.id, replies: { data: [{ text: 'again' }, { text: 'بله' }] } },
    ]);
  });

  it('are paged by cursor', async () => {
    await start({ delivery: { hold: true } });
    for (let n = 0; n < 5; n++) sim.act.comment({ postId: SEED.pagePostId, person: 'amir', text: `c${n}` });
    const first = await graph('GET', `/${SEED.pagePostId}/comments?limit=3&fields=message`);
    const { cursors, next } = first.body['paging'] as { cursors: { after: string }; next: string };
    expect(next).toContain(`after=${cursors.after}`);
    const second = await graph('GET', `/${SEED.pagePostId}/comments?limit=3&fields=message&after=${cursors.after}`);
    const messages = [first, second].flatMap(({ body }) => body['data'] as { message: string }[]);
    expect(messages.map(({ message }) => message)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
    expect(second.body['paging']).not.toHaveProperty('next');
  });
});

describe('faults', () => {
  const names = Object.keys(RECORDED_ERRORS) as RecordedError[];

  it.each(names)('%s is the recorded error body', async (name) => {
    await start();
    expect({ error: recordedError(name).body }).toEqual(
      JSON.parse(readFileSync(join(FIXTURES, `error_${name}.json`), 'utf8')) as unknown,
    );
  });

  it('covers every recorded error', async () => {
    await start();
    const recorded = readdirSync(FIXTURES).flatMap((file) => /^error_(.*)\.json$/.exec(file)?.[1] ?? []);
    expect(names.toSorted()).toEqual(recorded.toSorted());
  });

  it('before: nothing happened; after: it did, and the caller cannot know', async () => {
    await start();
    const { id } = sim.act.comment({ postId: SEED.pagePostId, person: 'negar', text: '?' });
    const reply = () => graph('POST', `/${id}/comments`, { message: 'hello' });
    sim.faults.add({ path: '/comments$', nth: 1, when: 'before', answer: { error: 'transient' } });
    expect((await reply()).status).toBe(500);
    expect(sim.effects.all).toHaveLength(0);
    sim.faults.add({ path: '/comments$', times: 1, when: 'after', answer: 'reset' });
    await expect(reply()).rejects.toThrow('fetch failed');
    expect(sim.effects.all).toHaveLength(1);
    await sim.deliveries.idle();
    expect(callback.events()).toHaveLength(2);
  });

  it('expired tokens, missing proof and a used-up limit', async () => {
    await start({ requireProof: true });
    const bare = await graph('GET', '/me?fields=id');
    expect(bare.body).toMatchObject({ error: { code: 100 } });
    const proof = appSecretProof(SEED.appSecret, SEED.pageToken);
    const me = () => graph('GET', `/me?fields=id&appsecret_proof=${proof}`);
    expect((await me()).body).toEqual({ id: SEED.pageId });
    sim.usage = { percent: 100, regainMinutes: 12 };
    const limited = await me();
    expect(limited.body).toMatchObject({ error: { code: 613 } });
    expect(limited.headers.get('x-business-use-case-usage')).toContain('"estimated_time_to_regain_access":12');
    sim.usage = { percent: 1, regainMinutes: 0 };
    const token = sim.world.tokens.get(SEED.pageToken);
    if (token) token.state = 'expired';
    expect((await me()).body).toMatchObject({ error: { code: 190, error_subcode: 463 } });
  });
});

describe('another process', () => {
  const control = async (method: string, what: string, body?: unknown) => {
    const response = await fetch(`${sim.url}/__sim/${what}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('acts, breaks things and reads the logs over HTTP', async () => {
    await start();
    const { body: comment } = await control('POST', 'act/comment', {
      postId: SEED.pagePostId,
      person: 'negar',
      text: 'سلام',
    });
    await control('POST', 'faults', { method: 'POST', when: 'before', answer: 503 });
    expect((await fetch(`${sim.url}/v26.0/${String(comment['id'])}/comments`, { method: 'POST' })).status).toBe(503);
    await control('DELETE', 'faults');
    await graph('POST', `/${String(comment['id'])}/comments`, { message: 'سلام نگار' });
    await control('POST', 'idle');
    expect((await control('GET', 'effects')).body).toMatchObject({
      effects: [{ kind: 'public_reply' }],
      duplicates: [],
    });
    expect((await control('GET', 'deliveries')).body['deliveries']).toHaveLength(2);
    expect((await control('GET', 'state')).body).toHaveProperty(['comments', String(comment['id']), 'text'], 'سلام');
    expect((await control('POST', 'act/nonsense', {})).status).toBe(404);
    expect((await control('POST', 'act/comment', { postId: 'x', person: 'negar' })).body['error']).toContain(
      'no post x',
    );
  });

  it('shows the public page, escaped', async () => {
    await start();
    sim.act.comment({ postId: SEED.pagePostId, person: 'negar', text: '<script>alert(1)</script>' });
    const html = await (await fetch(sim.url)).text();
    expect(html).toContain('&lt;script&gt;alert(1)');
    expect(html).not.toContain('<script>');
    expect(html).toContain('نگار رستمی');
  });
});
