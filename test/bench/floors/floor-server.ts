import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import pg from 'pg';
import { SECRET } from '../secret';

/** What every floor shares: a bare HTTP server, the signature over the raw body, a pool of connections. */
export const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 16 });

/** Answers 200 once `store` has resolved, 401 on a wrong signature, 503 when storing failed. */
export function serve(store: (body: Buffer) => Promise<void>): void {
  createServer((request, response) => {
    read(request)
      .then(async (body) => {
        if (!signed(request, body)) return 401;
        await store(body);
        return 200;
      })
      .catch(() => 503)
      .then((status) => response.writeHead(status, { 'content-length': 2 }).end('ok'))
      .catch(() => response.destroy());
  }).listen(Number(process.env['PORT']), '127.0.0.1', () => process.send?.('ready'));
}

function read(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

function signed(request: IncomingMessage, body: Buffer): boolean {
  const given = Buffer.from(String(request.headers['x-hub-signature-256']).slice(7), 'hex');
  const right = createHmac('sha256', SECRET).update(body).digest();
  return given.length === right.length && timingSafeEqual(given, right);
}
