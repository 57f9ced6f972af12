import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RawRequest } from '../../door';

/** How far a request's timestamp may lie from our clock, in milliseconds. */
export const REPLAY_WINDOW_MS = 5 * 60_000;
const SHORTEST_KEY = 16; // bytes
const MOST_SIGNATURES = 10;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
// a header sent twice arrives joined by a comma, and fits no more
const SIGNATURES = /^v\d+[a-z]*,[A-Za-z0-9+/=]+(?: v\d+[a-z]*,[A-Za-z0-9+/=]+)*$/;
const SIGNATURE = /^v1,([A-Za-z0-9+/]{43}=)$/;
// a dot would let one signed text be read as another id, timestamp and body
const ID = /^[^\s.]{1,256}$/;
const TIMESTAMP = /^[1-9]\d{8,10}$/;

/**
 * The keys in a secret. It may hold several, separated by blanks, while one replaces another: all of them are believed
 * and all of them sign. `whsec_` is followed by base64; anything else is the key itself in UTF-8. Keys under 16 bytes
 * and broken base64 are no keys.
 */
export function keysOf(secret: string): Buffer[] {
  return secret
    .split(/\s+/)
    .map((part) => {
      if (!part.startsWith('whsec_')) return Buffer.from(part, 'utf8');
      const encoded = part.slice('whsec_'.length);
      return BASE64.test(encoded) ? Buffer.from(encoded, 'base64') : Buffer.alloc(0);
    })
    .filter((key) => key.length >= SHORTEST_KEY);
}

const hmac = (key: Buffer, id: string, timestamp: string, body: Buffer) =>
  createHmac('sha256', key).update(`${id}.${timestamp}.`, 'utf8').update(body).digest();

/** The three headers of a signed request. @param id without blanks and dots */
export function signedHeaders(secret: string, id: string, nowMs: number, body: Buffer): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signatures = keysOf(secret).map((key) => `v1,${hmac(key, id, timestamp, body).toString('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

/**
 * Whether one of the signatures is the HMAC-SHA256 of `id.timestamp.body` under one of the keys, made within the replay
 * window. Source: the Standard Webhooks specification, "Webhook scheme" (standardwebhooks.com). Signatures of other
 * versions are passed over; a missing or repeated header refuses.
 */
export function verifyStandardWebhook(
  { headers, body }: Pick<RawRequest, 'headers' | 'body'>,
  secret: string,
  nowMs: number,
): boolean {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const given = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof given !== 'string') return false;
  if (!ID.test(id) || !TIMESTAMP.test(timestamp) || !SIGNATURES.test(given)) return false;
  if (Math.abs(Number(timestamp) * 1000 - nowMs) > REPLAY_WINDOW_MS) return false;
  const signatures = given.split(' ', MOST_SIGNATURES).flatMap((one) => SIGNATURE.exec(one)?.[1] ?? []);
  return keysOf(secret).some((key) => {
    const expected = hmac(key, id, timestamp, body);
    return signatures.some((signature) => timingSafeEqual(expected, Buffer.from(signature, 'base64')));
  });
}
