import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CrmRecordsRepository } from '../../src/crm/crm-records.repository';
import { MediaSweeper } from '../../src/media/media.sweeper';
import { type ApiClient, eventually } from '../harness';
import { dm, type ErrorJson, type MetaWorld, startMetaWorld } from '../meta-world';

const PAGE = '4200000099';
const HOUR_MS = 3_600_000;

interface FileJson {
  id: string;
  kind: string;
  url: string | null;
  state: string;
  error: string | null;
  keepUntil: string | null;
  removed: { reason: string; at: string } | null;
}

let w: MetaWorld;
let blobs: string;
let files: Server;
let origin: string;
let channelId: string;
let asked: string[] = [];
let count = 0;
const contents = new Map<string, Buffer>();
const held = new Map<string, (response: ServerResponse) => void>();

beforeAll(async () => {
  blobs = mkdtempSync(join(tmpdir(), 'pasokh-stories-'));
  files = createServer(({ url = '', method }, response) => {
    const bytes = contents.get(url);
    if (!bytes) return void response.writeHead(404).end(); // the channel's own calls
    if (method !== 'GET') return void response.writeHead(200).end();
    asked.push(url);
    const hold = held.get(url);
    if (hold) hold(response);
    else response.writeHead(200).end(bytes);
  });
  await new Promise<void>((done) => files.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
  w = await startMetaWorld({ env: { BLOB_DIR: blobs } });
  channelId = await w.connect(w.api, 'facebook', PAGE, {}, { apiBaseUrl: origin });
});

afterAll(async () => {
  await w.close();
  files.closeAllConnections();
  files.close();
  rmSync(blobs, { recursive: true, force: true });
});

beforeEach(() => {
  asked = [];
});

/** Puts bytes where the network would have them. @returns their path */
function put(bytes: Buffer): string {
  const path = `/file/${(count += 1)}`;
  contents.set(path, bytes);
  return path;
}

/** A person answers a story, perhaps with a picture beside. @returns the message's network id */
async function answersStory(
  path: string,
  over: { hoursAgo?: number; picture?: string; account?: string } = {},
): Promise<string> {
  const mid = `m_story_${(count += 1)}`;
  const picture = over.picture && { attachments: [{ type: 'image', payload: { url: `${origin}${over.picture}` } }] };
  const message = { mid, text: 'قیمت؟', reply_to: { story: { id: '5', url: `${origin}${path}` } }, ...picture };
  const at = Date.now() - (over.hoursAgo ?? 0) * HOUR_MS;
  await w.tell(dm('person', { message }, { account: over.account ?? PAGE, person: `77000${count}`, at }));
  return mid;
}

async function filesOf(mid: string): Promise<FileJson[]> {
  const { messages } = await w.thread(mid);
  return messages[0]!.attachments as unknown as FileJson[];
}
const storyOf = async (mid: string) => (await filesOf(mid)).find(({ kind }) => kind === 'story')!;

const settled = (mid: string, state = 'stored') =>
  eventually(async () => {
    await w.hurry();
    const all = await filesOf(mid);
    return all.every((file) => file.state === state) && all.find(({ kind }) => kind === 'story')!;
  }, 30_000);

/** Lets the story's time be over, long after it was fetched; nobody has swept yet. */
const end = async (...mids: string[]) => {
  await w.rows('UPDATE stored_blobs SET check_at = NULL');
  await w.rows(
    `UPDATE attachments f SET keep_until = now() - interval '1 second' FROM message_keys k
     WHERE k.external_id = ANY($1) AND f.workspace_id = k.workspace_id AND f.message_id = k.message_id AND f.kind = 'story'`,
    [mids],
  );
};

const sweep = () => w.t.app.get(MediaSweeper).sweep();
const swept = (mid: string) =>
  eventually(async () => {
    await sweep();
    const { id } = await storyOf(mid);
    return (
      await w.one<{ over: boolean }>('SELECT removed_at IS NOT NULL AS over FROM attachments WHERE id = $1', [id])
    ).over;
  });

const link = (path: string, api: ApiClient = w.api) =>
  fetch(`${w.t.url}${path}`, { headers: api.headers(), redirect: 'manual' });
async function open(path: string, api: ApiClient = w.api): Promise<Response> {
  const led = await link(path, api);
  return led.status === 302 ? fetch(new URL(led.headers.get('location')!, w.t.url)) : led;
}
const fileRoute = (id: string) => `/api/v1/attachments/${id}/file`;

const onDisk = () =>
  readdirSync(blobs, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).length;
const used = async () => (await w.api.get<{ usedBytes: number }>('/workspace/files')).usedBytes;

it('is kept for a day from its message; what else came with it stays', async () => {
  const mid = await answersStory(put(randomBytes(900)), { hoursAgo: 2, picture: put(randomBytes(901)) });
  const story = await settled(mid);
  const { network_at: at } = await w.one<{ network_at: Date }>(
    `SELECT m.network_at FROM messages m JOIN message_keys k ON k.message_id = m.id WHERE k.external_id = $1`,
    [mid],
  );
  expect(new Date(story.keepUntil!).getTime()).toBe(at.getTime() + 24 * HOUR_MS);
  expect(story).toMatchObject({ url: fileRoute(story.id), removed: null });
  expect((await filesOf(mid)).find(({ kind }) => kind === 'image')).toMatchObject({ keepUntil: null, removed: null });
  expect((await open(story.url!)).headers.get('cache-control')).toBe('private, max-age=600');
  await w.rows(`UPDATE attachments SET keep_until = now() + interval '1 minute' WHERE id = $1`, [story.id]);
  const [, seconds] = /max-age=(\d+)/.exec((await open(story.url!)).headers.get('cache-control')!)!;
  expect(Number(seconds)).toBeLessThanOrEqual(60);
});

it('is shown to nobody once it is over, however late the sweeper is', async () => {
  const mid = await answersStory(put(randomBytes(902)));
  const { id, url } = await settled(mid);
  const before = await link(url!);
  const address = new URL(before.headers.get('location')!, w.t.url);
  expect((await fetch(address)).status).toBe(200);

  await w.t.database.lean('system', async (tx) => {
    await tx.query('SELECT 1 FROM attachments WHERE id = $1 FOR UPDATE', [id]);
    // in this transaction, which no sweeper passes; all others see it only after the commit
    await tx.execute(`UPDATE attachments SET keep_until = now() - interval '1 second' WHERE id = $1`, [id]);
  });
  await w.t.database.lean('system', async (tx) => {
    const [row] = await tx.query<{ swept: boolean }>(
      'SELECT removed_at IS NOT NULL AS swept FROM attachments WHERE id = $1 FOR UPDATE',
      [id],
    );
    if (!row!.swept) await sweep(); // passes by what another one holds
    expect(await storyOf(mid)).toMatchObject({
      kind: 'story',
      url: null,
      state: 'gone',
      error: null,
      removed: { reason: 'story_expired', at: expect.any(String) },
    });
    expect((await fetch(address)).status).toBe(404);
    expect((await link(fileRoute(id))).status).toBe(404);
  });
  const refused = await w.api.request<ErrorJson>('POST', `/attachments/${id}/refetch`);
  expect([refused.status, refused.body.error.code]).toEqual([409, 'conflict']);
  await swept(mid);
  expect((await fetch(address)).status).toBe(404);
});

it('two sweepers take each once: one event, its bytes gone and counted out once', async () => {
  const mids = [await answersStory(put(randomBytes(1_000))), await answersStory(put(randomBytes(2_000)))];
  for (const mid of mids) await settled(mid);
  const [bytes, disk] = [await used(), onDisk()];
  const told = async () => {
    const [row] = await w.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM domain_events e JOIN message_keys k ON k.message_id = e.message_id
       WHERE e.type = 'message.attachments_changed' AND k.external_id = ANY($1)`,
      [mids],
    );
    return row!.n;
  };
  const before = await told();
  await end(...mids);
  await Promise.all([sweep(), sweep(), sweep()]);
  for (const mid of mids) await swept(mid);
  await sweep();
  expect(await told()).toBe(before + 2);
  await eventually(async () => onDisk() === disk - 2 && (await used()) === bytes - 3_000);
  const [row] = await w.rows<{ left: number }>(
    `SELECT count(*)::int AS left FROM attachments f JOIN message_keys k ON k.message_id = f.message_id
     WHERE k.external_id = ANY($1) AND (f.blob_key IS NOT NULL OR f.sha256 IS NOT NULL OR f.url IS NOT NULL)`,
    [mids],
  );
  expect(row!.left).toBe(0);
});

it('bytes that somebody else sent as well stay for that one, here and in another workspace', async () => {
  const bytes = randomBytes(1_500);
  const { api } = await w.otherWorkspace('story-neighbour');
  await w.connect(api, 'facebook', '4200000100', {}, { apiBaseUrl: origin });
  const theirs = await answersStory(put(bytes), { account: '4200000100' });
  const mid = await answersStory(put(bytes), { picture: put(bytes) });
  await settled(mid);
  const theirStory = await eventually(async () => {
    await w.hurry();
    return (
      await w.rows<{ id: string }>(
        `SELECT f.id FROM attachments f JOIN message_keys k ON k.message_id = f.message_id
         WHERE k.external_id = $1 AND f.state = 'stored'`,
        [theirs],
      )
    )[0];
  }, 30_000);
  const story = await storyOf(mid);
  expect((await open(fileRoute(story.id), api)).status).toBe(404);
  await end(mid);
  await swept(mid);
  const picture = (await filesOf(mid)).find(({ kind }) => kind === 'image')!;
  expect(picture.state).toBe('stored');
  expect(Buffer.from(await (await open(picture.url!)).arrayBuffer())).toEqual(bytes);
  expect((await open(fileRoute(theirStory.id), api)).status).toBe(200);
  expect((await open(fileRoute(story.id))).status).toBe(404);
});

it('one that was over when we heard of it is never fetched', async () => {
  const path = put(randomBytes(300));
  const mid = await answersStory(path, { hoursAgo: 25 });
  const fresh = put(randomBytes(301));
  await settled(await answersStory(fresh));
  await swept(mid);
  expect(asked).toEqual([fresh]);
  expect(await storyOf(mid)).toMatchObject({ url: null, state: 'gone', removed: { reason: 'story_expired' } });
});

it('one whose time ends while it is fetched is not kept', async () => {
  const path = put(randomBytes(400));
  let answer: (() => void) | undefined;
  held.set(path, (response) => (answer = () => void response.writeHead(200).end(contents.get(path))));
  const mid = await answersStory(path);
  await eventually(async () => {
    await w.hurry();
    return answer;
  }, 30_000);
  await end(mid);
  held.delete(path);
  answer!();
  await swept(mid);
  await eventually(async () => {
    await w.hurry();
    const [row] = await w.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM jobs j JOIN attachments f ON j.payload->>'id' = f.id::text
       JOIN message_keys k ON k.message_id = f.message_id WHERE k.external_id = $1 AND j.name = 'media.fetch'`,
      [mid],
    );
    return row!.n === 0;
  }, 20_000);
  expect(await storyOf(mid)).toMatchObject({ url: null, state: 'gone' });
  const { id } = await storyOf(mid);
  expect(await w.one('SELECT blob_key, url FROM attachments WHERE id = $1', [id])).toEqual({
    blob_key: null,
    url: null,
  });
});

it('what found no room comes when the story has gone', async () => {
  const story = await answersStory(put(randomBytes(4_000)));
  await settled(story);
  await w.api.request('PUT', '/workspace/files', { limitBytes: (await used()) + 100 });
  const waits = await answersStory(put(randomBytes(3_000)));
  await settled(waits, 'failed');
  await end(story);
  await swept(story);
  await settled(waits);
  await w.api.request('PUT', '/workspace/files', { limitBytes: null });
});

it('goes to no customer record', async () => {
  const [story, picture] = [put(randomBytes(500)), put(randomBytes(501))];
  const mid = await answersStory(story, { picture });
  const { workspace_id: workspaceId, message_id: messageId } = await w.one<{
    workspace_id: string;
    message_id: string;
  }>('SELECT workspace_id, message_id FROM message_keys WHERE external_id = $1', [mid]);
  const [row] = await w.t.database.lean('system', (tx) =>
    w.t.app.get(CrmRecordsRepository, { strict: false }).messages(tx, workspaceId, workspaceId, [messageId]),
  );
  expect(row!.mediaUrls).toEqual([`${origin}${picture}`]);
});

it('is kept for as long as the channel says, a day at most', async () => {
  const tooLong = await w.api.request<ErrorJson>('PATCH', `/channels/${channelId}`, { settings: { storyHours: 25 } });
  expect([tooLong.status, JSON.stringify(tooLong.body)]).toEqual([422, expect.stringContaining('storyHours')]);
  const settings = { apiBaseUrl: origin, timeoutMs: 1_500, storyHours: 3 };
  expect(await w.api.request('PATCH', `/channels/${channelId}`, { settings })).toMatchObject({ status: 200 });
  const mid = await eventually(async () => {
    const told = await answersStory(put(randomBytes(600)), { hoursAgo: 1 });
    const { keepUntil } = await storyOf(told);
    return new Date(keepUntil!).getTime() < Date.now() + 2.5 * HOUR_MS && told;
  });
  expect((await settled(mid)).removed).toBeNull();
});
