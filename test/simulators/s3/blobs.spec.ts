import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type BlobStore, blobKey } from '../../../src/media/blob-store';
import { FolderBlobs } from '../../../src/media/folder-blobs';
import { S3Blobs } from '../../../src/media/s3-blobs';
import { S3Simulator } from './server';

const OPTIONS = {
  bucket: 'care',
  region: 'eu-west-1',
  accessKeyId: 'AKIDINVENTED',
  secretAccessKey: 'a secret/of+ours',
};
const KEY = blobKey('0198c0de-0000-7000-8000-000000000001', 'ab'.repeat(32));
const BYTES = randomBytes(300_000);

let s3: S3Simulator;
let dir: string;

beforeEach(async () => {
  s3 = await S3Simulator.start(OPTIONS);
  dir = mkdtempSync(join(tmpdir(), 'pasokh-blobs-'));
});

afterEach(async () => {
  await s3.close();
  rmSync(dir, { recursive: true, force: true });
});

const store = (kind: string): BlobStore =>
  kind === 'folder' ? new FolderBlobs(dir) : new S3Blobs({ endpoint: s3.url, ...OPTIONS });

async function all(stream: Readable | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream!) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe.each(['folder', 's3'])('files in a %s', (kind) => {
  it('come back whole or in part, twice put or once, until they are removed', async () => {
    const blobs = store(kind);
    for (let i = 0; i < 2; i++) await blobs.put(KEY, BYTES, 'image/png');
    expect(await blobs.read(KEY)).toEqual(BYTES);
    expect(await all(await blobs.open(KEY))).toEqual(BYTES);
    expect(await all(await blobs.open(KEY, { start: 10, end: 19 }))).toEqual(BYTES.subarray(10, 20));
    await blobs.remove(KEY);
    await blobs.remove(KEY);
    expect(await blobs.read(KEY)).toBeUndefined();
    expect(await blobs.open(KEY)).toBeUndefined();
  });

  it.each(['../../etc/passwd', `${KEY}/..`, '', KEY.toUpperCase()])('no key but ours: %s', async (key) => {
    await expect(store(kind).put(key, BYTES, 'image/png')).rejects.toThrow('not the key');
    await expect(store(kind).read(key)).rejects.toThrow('not the key');
  });

  it('put at once from many sides is one file, whole', async () => {
    await Promise.all(Array.from({ length: 8 }, () => store(kind).put(KEY, BYTES, 'image/png')));
    expect(await store(kind).read(KEY)).toEqual(BYTES);
    const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
    expect(files + s3.objects.size).toBe(1);
  });
});

describe('an S3 store', () => {
  it('is signed for: another secret gets nothing', async () => {
    const stranger = new S3Blobs({ endpoint: s3.url, ...OPTIONS, secretAccessKey: 'a guess' });
    await expect(stranger.put(KEY, BYTES, 'image/png')).rejects.toThrow('403');
    expect([s3.objects.size, s3.refused]).toEqual([0, 1]);
  });

  it('that is busy for a moment is asked again', async () => {
    s3.failing = 1;
    await store('s3').put(KEY, BYTES, 'image/png');
    expect(s3.objects.get(KEY)).toMatchObject({ type: 'image/png' });
  });
});
