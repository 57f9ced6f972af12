import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface S3Options {
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const SKEW_MS = 15 * 60_000;

/**
 * An object store that takes only requests signed by AWS Signature Version 4 (docs.aws.amazon.com, "Signature Calculations
 * for the Authorization Header"): put, get with a range, delete, addressed by path.
 */
export class S3Simulator {
  readonly objects = new Map<string, { bytes: Buffer; type: string }>();
  /** Answers the next so many requests with 503. */
  failing = 0;
  refused = 0;
  private readonly server: Server;

  private constructor(private readonly options: S3Options) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.answer(request, Buffer.concat(chunks), response));
    });
  }

  static async start(options: S3Options): Promise<S3Simulator> {
    const simulator = new S3Simulator(options);
    await new Promise<void>((resolve) => simulator.server.listen(0, '127.0.0.1', resolve));
    return simulator;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private answer(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const end = (status: number, bytes: Buffer | string = '', headers: Record<string, string> = {}) =>
      void response.writeHead(status, headers).end(bytes);
    if (this.failing > 0) {
      this.failing -= 1;
      return end(503, '<Error><Code>SlowDown</Code></Error>');
    }
    if (!this.signed(request, body)) {
      this.refused += 1;
      return end(403, '<Error><Code>SignatureDoesNotMatch</Code></Error>');
    }
    const [, bucket, ...rest] = decodeURIComponent(new URL(request.url!, this.url).pathname).split('/');
    if (bucket !== this.options.bucket) return end(404, '<Error><Code>NoSuchBucket</Code></Error>');
    const key = rest.join('/');
    if (request.method === 'PUT') {
      this.objects.set(key, { bytes: body, type: request.headers['content-type'] ?? '' });
      return end(200);
    }
    if (request.method === 'DELETE') {
      this.objects.delete(key);
      return end(204);
    }
    const found = this.objects.get(key);
    if (!found) return end(404, '<Error><Code>NoSuchKey</Code></Error>');
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (!range) return end(200, found.bytes, { 'content-type': found.type });
    return end(206, found.bytes.subarray(Number(range[1]), Number(range[2]) + 1), { 'content-type': found.type });
  }

  private signed(request: IncomingMessage, body: Buffer): boolean {
    const header = request.headers.authorization ?? '';
    const parts =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
        header,
      );
    const at = String(request.headers['x-amz-date'] ?? '');
    if (!parts || !/^\d{8}T\d{6}Z$/.test(at)) return false;
    const [, id, day, region, names, signature] = parts as unknown as string[];
    const instant = Date.parse(at.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
    if (id !== this.options.accessKeyId || region !== this.options.region || !at.startsWith(day!)) return false;
    if (!(Math.abs(Date.now() - instant) < SKEW_MS)) return false;
    const hash = String(request.headers['x-amz-content-sha256'] ?? '');
    if (hash !== 'UNSIGNED-PAYLOAD' && hash !== sha256(body)) return false;
    const url = new URL(request.url!, this.url);
    const query = [...url.searchParams]
      .map(([n, v]) => `${encode(n)}=${encode(v)}`)
      .toSorted()
      .join('&');
    const headers = names!.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`);
    const canonical = [request.method, url.pathname, query, headers.join(''), names, hash].join('\n');
    const scope = `${day}/${region}/s3/aws4_request`;
    const key = [day!, region!, 's3', 'aws4_request'].reduce<Buffer>(
      (secret, part) => hmac(secret, part),
      Buffer.from(`AWS4${this.options.secretAccessKey}`),
    );
    const right = hmac(key, `AWS4-HMAC-SHA256\n${at}\n${scope}\n${sha256(canonical)}`);
    return timingSafeEqual(right, Buffer.from(signature!, 'hex'));
  }
}

const sha256 = (value: Buffer | string) => createHash('sha256').update(value).digest('hex');
const hmac = (key: Buffer, value: string) => createHmac('sha256', key).update(value).digest();
const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
