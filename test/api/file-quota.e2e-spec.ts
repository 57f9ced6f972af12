import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileQuota } from '../../src/media/file-quota.service';
import { UploadsService } from '../../src/media/uploads.service';
import { type ApiClient, eventually } from '../harness';
import { dm, type ErrorJson, type MetaWorld, startMetaWorld } from '../meta-world';

const PAGE = '4200000077';
const KB = 1_000;

interface UseJson {
  usedBytes: number;
  limitBytes: number | null;
  waiting: number;
}

let w: MetaWorld;
let blobs: string;
let files: Server;
let origin: string;
let answers: number;
let served: (response: ServerResponse) => void;
let workspaceId: string;
let count = 0;

beforeAll(async () => {
  blobs = mkdtempSync(join(tmpdir(), 'pasokh-quota-'));
  files = createServer(({ url }, response) => {
    if (!/^\/\d+$/.test(url ?? '')) return void response.writeHead(404).end(); // the channel's own calls
    answers += 1;
    served(response);
  });
  await new Promise<void>((done) => files.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
  w = await startMetaWorld({ env: { BLOB_DIR: blobs } });
  await w.connect(w.api, 'facebook', PAGE, {}, { apiBaseUrl: origin });
  workspaceId = (await w.one<{ id: string }>('SELECT id FROM workspaces')).id;
});
afterAll(async () => {
  await w.close();
  files.closeAllConnections();
  files.close();
  rmSync(blobs, { recursive: true, force: true });
});

beforeEach(async () => {
  answers = 0;
  await limit(null);
});

const use = (api: ApiClient = w.api) => api.get<UseJson>('/workspace/files');
const limit = async (limitBytes: number | null) =>
  (await w.api.request<UseJson & ErrorJson>('PUT', '/workspace/files', { limitBytes })).body;
/** Leaves room for so many bytes more. */
const leave = async (bytes: number) => limit((await use()).usedBytes + bytes);

const upload = async (bytes: Buffer, api = w.api) => {
  const response = await fetch(`${w.t.url}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...api.headers(), 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  });
  return { status: response.status, body: (await response.json()) as { id: string } & ErrorJson };
};

/** A person sends a file of these bytes with a word. @returns the message's network id */
async function sends(bytes: Buffer): Promise<string> {
  served = (response) => void response.writeHead(200).end(bytes);
  const mid = `m_quota_${(count += 1)}`;
  const message = { mid, text: 'این فایل', attachments: [{ type: 'file', payload: { url: `${origin}/${count}` } }] };
  await w.tell(dm('person', { message }, { account: PAGE, person: `88000${count}` }));
  return mid;
}
const attachment = async (mid: string) => {
  const { messages } = await w.thread(mid);
  return {
    text: messages[0]!.text,
    ...(messages[0]!.attachments[0] as unknown as { id: string; state: string; error: string | null }),
  };
};
const settled = (mid: string, state: string) =>
  eventually(async () => {
    await w.hurry();
    const found = await attachment(mid);
    return found.state === state && found;
  }, 30_000);

const onDisk = () =>
  readdirSync(blobs, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).length;
const told = () =>
  w.rows<{ data: { percent: number } }>(
    `SELECT data FROM domain_events WHERE type = 'files.filling' ORDER BY position`,
  );

it('counts each file once, however often it comes, and says what is used', async () => {
  const before = await use();
  const bytes = randomBytes(3 * KB);
  expect((await upload(bytes)).status).toBe(201);
  expect((await upload(bytes)).status).toBe(201);
  await settled(await sends(bytes), 'stored');
  expect(await use()).toEqual({ usedBytes: before.usedBytes + 3 * KB, limitBytes: null, waiting: 0 });
});

it('an upload over the limit is refused with what it is about; the same file again takes no room', async () => {
  const first = randomBytes(KB);
  await upload(first);
  await leave(KB - 1);
  const before = onDisk();
  const { status, body } = await upload(randomBytes(KB));
  expect(status).toBe(409);
  const { usedBytes, limitBytes } = await use();
  expect(body.error).toMatchObject({ code: 'storage_full', details: { neededBytes: KB, usedBytes, limitBytes } });
  expect(onDisk()).toBe(before);
  expect((await upload(first)).status).toBe(201);
  expect((await upload(randomBytes(KB - 1))).status).toBe(201);
  expect(await use()).toMatchObject({ usedBytes: limitBytes });
});

it('many at once never pass it together', async () => {
  const { limitBytes } = await leave(3 * KB);
  const statuses = (await Promise.all(Array.from({ length: 10 }, () => upload(randomBytes(KB))))).map(
    (one) => one.status,
  );
  expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 201, 201, ...Array.from({ length: 7 }, () => 409)]);
  expect(await use()).toMatchObject({ usedBytes: limitBytes });
  const [row] = await w.rows<{ sum: string }>('SELECT sum(size_bytes) AS sum FROM stored_blobs');
  expect(Number(row!.sum)).toBe(limitBytes);
});

it('the same new file from two at once is counted once', async () => {
  const { limitBytes } = await leave(KB);
  const bytes = randomBytes(KB);
  const statuses = (await Promise.all([upload(bytes), upload(bytes)])).map((one) => one.status);
  expect(statuses).toEqual([201, 201]);
  expect(await use()).toMatchObject({ usedBytes: limitBytes });
});

it('what a customer sends without room keeps its words, and is fetched when there is room', async () => {
  await leave(KB);
  const large = await sends(randomBytes(2 * KB));
  expect(await settled(large, 'failed')).toMatchObject({ text: 'این فایل', error: 'storage_full' });
  expect(await use()).toMatchObject({ waiting: 1 });
  await leave(0);
  answers = 0;
  const later = await sends(randomBytes(KB));
  await settled(later, 'failed');
  expect(answers).toBe(0); // nothing fits: the network is not asked for nothing
  served = (response) => void response.writeHead(200).end(randomBytes(KB));
  await leave(KB);
  await settled(later, 'stored');
  expect((await attachment(large)).state).toBe('failed'); // too large for what there is
  served = (response) => void response.writeHead(200).end(randomBytes(2 * KB));
  await limit(null);
  await settled(large, 'stored');
  expect(await use()).toMatchObject({ waiting: 0 });
});

it('an agent may ask for it as well', async () => {
  await leave(0);
  const mid = await sends(randomBytes(KB));
  const { id } = await settled(mid, 'failed');
  await w.rows('UPDATE file_use SET limit_bytes = NULL');
  expect((await w.api.request('POST', `/attachments/${id}/refetch`)).status).toBe(202);
  await settled(mid, 'stored');
});

it('tells the leads at 80 % and at 100 %, each once until there is room again', async () => {
  const start = (await told()).length;
  const { usedBytes } = await use();
  await limit(usedBytes * 10);
  const percents = async () => (await told()).slice(start).map(({ data }) => data.percent);
  await upload(randomBytes(usedBytes * 7.5));
  await upload(randomBytes(10));
  await upload(randomBytes(usedBytes * 2));
  await upload(randomBytes(usedBytes * 2));
  expect(await percents()).toEqual([80, 100]);
  const heard = await w.rows<{ data: { percent: number } }>(
    `SELECT data FROM notifications WHERE kind = 'files.filling' ORDER BY id DESC LIMIT 2`,
  );
  expect(heard.map(({ data }) => data.percent)).toEqual([100, 80]);
  await limit(usedBytes * 100);
  expect(await percents()).toEqual([80, 100, 0]);
});

it('a file whose last row went is taken away and counted out; one that somebody names again is not', async () => {
  const { usedBytes } = await use();
  const [gone, kept, cut] = [randomBytes(KB), randomBytes(KB), randomBytes(KB)];
  const one = await upload(gone);
  const two = await upload(kept);
  await settled(await sends(kept), 'stored');
  await w.t.app.get(FileQuota).keep(workspaceId, cut, 'application/octet-stream'); // and then the process was killed
  const before = onDisk();
  const uploads = w.t.app.get(UploadsService);
  await uploads.tidy();
  expect(onDisk()).toBe(before);
  await w.rows(`UPDATE uploads SET created_at = now() - interval '2 days' WHERE id = ANY($1)`, [
    [one.body.id, two.body.id],
  ]);
  await w.rows(`UPDATE stored_blobs SET check_at = now() - interval '1 second' WHERE check_at IS NOT NULL`);
  await Promise.all([uploads.tidy(), uploads.tidy()]);
  await uploads.tidy();
  expect(onDisk()).toBe(before - 2);
  expect(await use()).toMatchObject({ usedBytes: usedBytes + KB });
  const [row] = await w.rows<{ sum: string }>('SELECT sum(size_bytes) AS sum FROM stored_blobs');
  expect(Number(row!.sum)).toBe(usedBytes + KB);
  expect((await upload(gone)).status).toBe(201);
  expect(await use()).toMatchObject({ usedBytes: usedBytes + 2 * KB });
});

it('is another workspace’s own, an admin’s to set, and a number', async () => {
  const other = await w.otherWorkspace('quota-neighbour');
  await leave(0);
  expect(await use(other.api)).toEqual({ usedBytes: 0, limitBytes: null, waiting: 0 });
  expect((await upload(randomBytes(KB), other.api)).status).toBe(201);
  expect(await use(other.api)).toMatchObject({ usedBytes: KB });
  for (const limitBytes of [-1, 1.5, '10', undefined])
    expect((await w.api.request('PUT', '/workspace/files', { limitBytes })).status).toBe(422);
  const [entry] = await w.rows<{ changes: object }>(
    `SELECT changes FROM audit_log WHERE action = 'files.limit_changed' ORDER BY id DESC LIMIT 1`,
  );
  expect(entry!.changes).toMatchObject({ limitBytes: { to: (await use()).limitBytes } });
});
