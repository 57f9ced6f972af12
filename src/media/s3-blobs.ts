import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { AwsClient } from 'aws4fetch';
import { type BlobRange, BlobStore, checkedKey } from './blob-store';

export interface S3Settings {
  /** `https://s3.example`, without the bucket. */
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const TIMEOUT_MS = 60_000;

/** Any S3-compatible store, addressed by path. */
export class S3Blobs extends BlobStore {
  private readonly client: AwsClient;

  constructor(private readonly settings: S3Settings) {
    super();
    const { accessKeyId, secretAccessKey, region } = settings;
    this.client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 3 });
  }

  async put(key: string, bytes: Buffer, mimeType: string): Promise<void> {
    const response = await this.call(key, {
      method: 'PUT',
      body: new Uint8Array(bytes),
      headers: { 'content-type': mimeType },
    });
    if (!response.ok) throw new Error(`The file store answered ${response.status} to a put.`);
    await response.arrayBuffer();
  }

  async open(key: string, range?: BlobRange): Promise<Readable | undefined> {
    const response = await this.call(key, {
      method: 'GET',
      headers: range ? { range: `bytes=${range.start}-${range.end}` } : {},
    });
    if (await this.missing(response)) return undefined;
    return response.body ? Readable.fromWeb(response.body as ReadableStream) : Readable.from([]);
  }

  async read(key: string): Promise<Buffer | undefined> {
    const response = await this.call(key, { method: 'GET' });
    return (await this.missing(response)) ? undefined : Buffer.from(await response.arrayBuffer());
  }

  async remove(key: string): Promise<void> {
    const response = await this.call(key, { method: 'DELETE' });
    await response.arrayBuffer();
    if (!response.ok && response.status !== 404)
      throw new Error(`The file store answered ${response.status} to a delete.`);
  }

  private async missing(response: Response): Promise<boolean> {
    if (response.ok) return false;
    await response.arrayBuffer();
    if (response.status === 404) return true;
    throw new Error(`The file store answered ${response.status} to a get.`);
  }

  private call(key: string, init: RequestInit): Promise<Response> {
    const { endpoint, bucket } = this.settings;
    const url = `${endpoint.replace(/\/+$/, '')}/${encodeURIComponent(bucket)}/${checkedKey(key)}`;
    return this.client.fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  }
}
