import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { RawRequest } from '../../door';

const SIGNATURE = /^sha256=([0-9a-f]{64})$/;

/**
 * Whether `X-Hub-Signature-256` is the HMAC-SHA256 of the body bytes under the app secret. Refuses a missing header, a
 * repeated one (Node joins them with a comma), any other format and an empty secret. The old SHA-1 header is ignored.
 * Source: developers.facebook.com/docs/graph-api/webhooks/getting-started, "Validating payloads".
 */
export function verifyMetaSignature(request: Pick<RawRequest, 'headers' | 'body'>, secret: string): boolean {
  const header = request.headers['x-hub-signature-256'];
  const given = typeof header === 'string' ? SIGNATURE.exec(header)?.[1] : undefined;
  if (given === undefined || secret === '') return false;
  return timingSafeEqual(createHmac('sha256', secret).update(request.body).digest(), Buffer.from(given, 'hex'));
}

/**
 * Meta's subscription handshake: the challenge to answer as `text/plain`, or null to refuse (403). Only a number is ever
 * echoed, and the token is compared in constant time whatever its length.
 */
export function metaHandshakeAnswer(query: URLSearchParams, verifyToken: string): string | null {
  const challenge = query.get('hub.challenge') ?? '';
  const token = query.get('hub.verify_token') ?? '';
  if (query.get('hub.mode') !== 'subscribe' || !/^\d{1,32}$/.test(challenge) || verifyToken === '') return null;
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(token), digest(verifyToken)) ? challenge : null;
}

/** `appsecret_proof`: lets Meta refuse a stolen token that is used without the app's secret. */
export function appSecretProof(appSecret: string, accessToken: string): string {
  return createHmac('sha256', appSecret).update(accessToken).digest('hex');
}
