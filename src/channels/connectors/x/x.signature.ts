import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Credentials } from '../../channel';
import type { HandshakeAnswer, RawRequest } from '../../door';

const SIGNATURE = /^sha256=([A-Za-z0-9+/]{43}=)$/;

/**
 * Whether `x-twitter-webhooks-signature` is the HMAC-SHA256 of the body bytes under the consumer secret. Refuses a missing
 * header, a repeated one (Node joins them with a comma), any other format and an empty secret.
 * Source: docs.x.com, webhooks, securing webhooks.
 */
export function verifyXSignature(request: Pick<RawRequest, 'headers' | 'body'>, secret: string): boolean {
  const header = request.headers['x-twitter-webhooks-signature'];
  const given = typeof header === 'string' ? SIGNATURE.exec(header)?.[1] : undefined;
  if (given === undefined || secret === '') return false;
  return timingSafeEqual(Buffer.from(sign(secret, request.body)), Buffer.from(given));
}

/**
 * Answer to X's challenge. It is made with the key and the construction that sign events, so whatever could be the
 * beginning of an event is refused: only a token of base64 letters, 16 to 128 of them, is ever signed (vercel/chat#775).
 */
export function crcAnswer(query: URLSearchParams, credentials: Credentials): HandshakeAnswer | null {
  const tokens = query.getAll('crc_token');
  const token = (tokens[0] ?? '').replaceAll(' ', '+'); // a plus sign that was not escaped reads as a space
  if (tokens.length !== 1 || !/^[A-Za-z0-9+/=_-]{16,128}$/.test(token))
    return { malformed: true, why: 'crc_token must be 16 to 128 base64 letters.' };
  const secret = credentials['appSecret'] ?? '';
  return secret === '' ? null : { response_token: `sha256=${sign(secret, token)}` };
}

const sign = (secret: string, message: string | Buffer) =>
  createHmac('sha256', secret).update(message).digest('base64');
