import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UploadsService } from '../../src/media/uploads.service';
import { ApiClient, eventually } from '../harness';
import { dm, type MetaWorld, startMetaWorld } from '../meta-world';

const PAGE = '4200000042';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

interface AttachmentJson {
  id: string;
  kind: string;
  url: string;
  state: string;
  error: string | null;
  mimeType: string | null;
  sizeBytes: number | null;
}

let world: MetaWorld;
let blobs: string;
let files: Server;
let origin: string;
let serve: (request: IncomingMessage, response: ServerResponse) => void;
let count = 0;

beforeAll(async () => {
  blobs = mkdtempSync(join(tmpdir(), 'pasokh-blobs-'));
  files = createServer((request, response) => serve(request, response));
  await new Promise<void>((done) => files.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
  world = await startMetaWorld({ env: { BLOB_DIR: blobs, MEDIA_MAX_BYTES: '20000' } });
  await world.connect(world.api, 'facebook', PAGE, {}, { apiBaseUrl: origin });
});

afterAll(async () => {
  await world.close();
  files.closeAllConnections();
  files.close();
  rmSync(blobs, { recursive: true, force: true });
});

beforeEach(() => {
  serve = (_request, response) => void response.writeHead(200, { 'content-type': 'image/png' }).end(PNG);
});

/** A direct message with one file at `url`. @returns its network id */
async function receive(url: string, type = 'image'): Promise<string> {
  const mid = `m_media_${(count += 1)}`;
  const message = { mid, attachments: [{ type, payload: { url } }] };
  await world.tell(dm('person', { message }, { account: PAGE, person: `99000${count}` }));
  return mid;
}

async function attachment(mid: string): Promise<AttachmentJson> {
  const { messages } = await world.thread(mid);
  return messages[0]!.attachments[0] as unknown as AttachmentJson;
}

const settled = (mid: string, state: string) =>
  eventually(async () => {
    await world.hurry();
    const found = await attachment(mid);
    return found.state === state && found;
  }, 30_000);

/** Follows our own route to the file, as a browser does. */
async function open(api: ApiClient, path: string, headers: Record<string, string> = {}): Promise<Response> {
  const link = await fetch(`${world.t.url}${path}`, { headers: api.headers(), redirect: 'manual' });
  if (link.status !== 302) return link;
  return fetch(new URL(link.headers.get('location')!, world.t.url), { headers });
}

describe('what customers send', () => {
  it('is fetched after the message, kept by its hash, and served apart with safe headers', async () => {
    const mid = await receive(`${origin}/picture.png`);
    const found = await settled(mid, 'stored');
    expect(found).toMatchObject({ kind: 'image', mimeType: 'image/png', sizeBytes: PNG.length, error: null });
    expect(found.url).toBe(`/api/v1/attachments/${found.id}/file`);
    const response = await open(world.api, found.url);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PNG);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
      'content-disposition': expect.stringMatching(/^inline;/),
      etag: `"${createHash('sha256').update(PNG).digest('hex')}"`,
    });
    const again = await open(world.api, found.url, { 'if-none-match': response.headers.get('etag')! });
    expect(again.status).toBe(304);
    const part = await open(world.api, found.url, { range: 'bytes=1-3' });
    expect([part.status, await part.text()]).toEqual([206, 'PNG']);
  });

  it('the same bytes twice are one file', async () => {
    const before = filesIn(blobs);
    await settled(await receive(`${origin}/one.png`), 'stored');
    await settled(await receive(`${origin}/two.png`), 'stored');
    expect(filesIn(blobs)).toBe(Math.max(before, 1));
  });

  it('a page that calls itself a picture is offered for download, never shown', async () => {
    serve = (_request, response) =>
      void response.writeHead(200, { 'content-type': 'image/png' }).end('<svg onload="alert(1)"></svg>');
    const found = await settled(await receive(`${origin}/evil.png`), 'stored');
    expect(found.mimeType).toBe('application/octet-stream');
    const response = await open(world.api, found.url);
    expect(response.headers.get('content-disposition')).toMatch(/^attachment;/);
  });

  it('what is not on the public internet is not fetched; the text stays', async () => {
    let touched = 0;
    const inside = createServer((_request, response) => {
      touched += 1;
      response.end('secret');
    });
    await new Promise<void>((done) => inside.listen(0, '127.0.0.1', done));
    const { port } = inside.address() as AddressInfo;
    const mid = await receive(`http://127.0.0.1:${port}/latest/meta-data`);
    const found = await settled(mid, 'failed');
    expect(found.error).toMatch(/public internet/);
    expect(touched).toBe(0);
    inside.close();
  });

  it('what is too large is not kept', async () => {
    serve = (_request, response) => void response.end(Buffer.alloc(30_000));
    expect((await settled(await receive(`${origin}/big.bin`, 'file'), 'failed')).error).toMatch(/larger than 20000/);
  });

  it('is tried again after a failure, and once more on request after it was gone', async () => {
    let calls = 0;
    serve = (request, response) => {
      if (request.url === '/flaky.png' && request.method === 'GET') calls += 1;
      if (request.method === 'GET' && calls === 1) response.writeHead(500).end();
      else response.end(PNG);
    };
    await settled(await receive(`${origin}/flaky.png`), 'stored');
    expect(calls).toBe(2);

    serve = (_request, response) => void response.writeHead(404).end();
    const gone = await settled(await receive(`${origin}/gone.png`), 'gone');
    serve = (_request, response) => void response.end(PNG);
    expect((await world.api.request('POST', `/attachments/${gone.id}/refetch`)).status).toBe(202);
    const mid = `m_media_${count}`;
    await settled(mid, 'stored');
    expect((await world.api.request('POST', `/attachments/${gone.id}/refetch`)).status).toBe(409);
  });

  it('waits while the channel’s token is repaired, and comes when it works again', async () => {
    let asked = 0;
    serve = ({ url }, response) => {
      if (url === '/held.png') asked += 1;
      response.writeHead(url === '/held.png' ? 200 : 404, { 'content-type': 'image/png' }).end(PNG);
    };
    const { id } = await world.one<{ id: string }>('SELECT id FROM channels WHERE external_id = $1', [PAGE]);
    await world.rows(`UPDATE channels SET state = 'needs_reconnect', updated_at = now() WHERE id = $1`, [id]);
    const mid = await receive(`${origin}/held.png`);
    await eventually(async () => {
      await world.hurry();
      const [job] = await world.rows(
        `SELECT 1 FROM jobs j JOIN attachments f ON j.payload->>'id' = f.id::text
         JOIN message_keys k ON k.message_id = f.message_id WHERE k.external_id = $1 AND j.name = 'media.fetch'`,
        [mid],
      );
      return job === undefined && (await attachment(mid)).state === 'pending';
    }, 20_000);
    expect(asked).toBe(0);
    await world.api.request('PATCH', `/channels/${id}`, { credentials: { accessToken: 'a new one' } });
    await settled(mid, 'stored');
    expect(asked).toBeGreaterThan(0); // a job may run twice
  });

  it('another workspace, a wrong signature, an old one: all the same 404', async () => {
    const found = await settled(await receive(`${origin}/mine.png`), 'stored');
    const { api } = await world.otherWorkspace('media-neighbour');
    expect((await open(api, found.url)).status).toBe(404);
    expect((await api.request('POST', `/attachments/${found.id}/refetch`)).status).toBe(404);
    const link = await fetch(`${world.t.url}${found.url}`, { headers: world.api.headers(), redirect: 'manual' });
    const right = new URL(link.headers.get('location')!, world.t.url);
    const tamper = (change: (url: URL) => void) => {
      const url = new URL(right);
      change(url);
      return fetch(url).then(({ status }) => status);
    };
    expect(await tamper(() => undefined)).toBe(200);
    expect(await tamper((url) => url.searchParams.set('s', 'x'.repeat(43)))).toBe(404);
    expect(await tamper((url) => url.searchParams.set('e', String(Number(url.searchParams.get('e')) + 600_000)))).toBe(
      404,
    );
    expect(await tamper((url) => url.searchParams.set('e', '1'))).toBe(404);
    expect(await tamper((url) => url.searchParams.delete('s'))).toBe(404);
    expect(await tamper((url) => (url.pathname = url.pathname.replace('/a/', '/u/')))).toBe(404);
  });
});

describe('what agents send', () => {
  const upload = (body: Buffer, headers: Record<string, string> = {}, api = world.api) =>
    fetch(`${world.t.url}/api/v1/uploads`, {
      method: 'POST',
      headers: { ...api.headers(), 'content-type': 'application/octet-stream', ...headers },
      body: new Uint8Array(body),
    });

  it('is sniffed, named and kept until a message takes it', async () => {
    const response = await upload(PNG, {
      'x-file-name': encodeURIComponent('رسید/../خرید‌من.png'),
      'x-file-type': 'text/html',
    });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      id: expect.any(String),
      kind: 'image',
      name: 'رسید..خرید‌من.png',
      mimeType: 'image/png',
      sizeBytes: PNG.length,
    });
  });

  it('has a limit, a form, and somebody behind it', async () => {
    expect((await upload(Buffer.alloc(20_001))).status).toBe(413);
    expect((await upload(Buffer.alloc(0))).status).toBe(422);
    expect((await upload(PNG, { 'content-type': 'image/png' })).status).toBe(415);
    const stranger = await fetch(`${world.t.url}/api/v1/uploads`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(PNG),
    });
    expect(stranger.status).toBe(401);
  });

  it('is forgotten after a day when nobody sent it, with its bytes', async () => {
    const bytes = Buffer.concat([PNG, Buffer.from('only once')]);
    const { id } = (await (await upload(bytes)).json()) as { id: string };
    const uploads = world.t.app.get(UploadsService);
    const { workspace_id: workspaceId } = await world.one<{ workspace_id: string }>(
      'SELECT workspace_id FROM uploads WHERE id = $1',
      [id],
    );
    await uploads.tidy();
    expect(await uploads.read(workspaceId, id)).toEqual(bytes);
    const before = filesIn(blobs);
    await world.rows(`UPDATE uploads SET created_at = now() - interval '2 days' WHERE id = $1`, [id]);
    await world.rows(`UPDATE stored_blobs SET check_at = now() - interval '1 day' WHERE check_at IS NOT NULL`);
    await uploads.tidy();
    await expect(uploads.read(workspaceId, id)).rejects.toThrow(/no such upload/);
    expect(filesIn(blobs)).toBe(before - 1);
  });
});

function filesIn(dir: string): number {
  return readdirSync(dir, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).length;
}
