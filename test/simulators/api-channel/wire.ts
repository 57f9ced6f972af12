import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Standard Webhooks by its text: HMAC-SHA256 over `id.timestamp.body` under the bytes behind `whsec_`, in base64. */
export function signature(secret: string, id: string, timestamp: string, body: Buffer): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

export function signed(secret: string, id: string, nowMs: number, body: Buffer): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  return { ...headers, 'webhook-signature': signature(secret, id, timestamp, body) };
}

/** Whether the caller knows the secret; the clock is let be. */
export function isSigned(secret: string, headers: IncomingHttpHeaders, body: Buffer): boolean {
  const id = String(headers['webhook-id']);
  const expected = signature(secret, id, String(headers['webhook-timestamp']), body);
  return String(headers['webhook-signature']).split(' ').includes(expected);
}
