import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Credentials } from '../../channel';
import type { HandshakeAnswer, RawRequest } from '../../door';

const PREFIX = 'hmacsha256=';
const SIGNATURE = /^(?:hmacsha256=)?([0-9a-f]{64})$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Whether `X-LI-Signature` is the HMAC-SHA256 of `hmacsha256=` and the body bytes under the client secret. The prefix
 * belongs to the signed string; in the header it is tolerated. Refuses a missing, repeated or otherwise shaped header
 * and an empty secret. Source: linkedin.md §3.
 */
export function verifyLinkedInSignature(request: Pick<RawRequest, 'headers' | 'body'>, secret: string): boolean {
  const header = request.headers['x-li-signature'];
  const given = typeof header === 'string' ? SIGNATURE.exec(header)?.[1] : undefined;
  if (given === undefined || secret === '') return false;
  const expected = createHmac('sha256', secret).update(PREFIX).update(request.body).digest();
  return timingSafeEqual(expected, Buffer.from(given, 'hex'));
}

/**
 * Answers LinkedIn's challenge, which it repeats every two hours. Events are signed with the same key, so a challenge of
 * the form `hmacsha256=…` would make us sign a forgery: only a UUID is answered. Source: linkedin.md §2.
 */
export function linkedInHandshake(query: URLSearchParams, credentials: Credentials): HandshakeAnswer | null {
  const challenges = query.getAll('challengeCode');
  const challengeCode = challenges[0] ?? '';
  const secret = credentials['appSecret'] ?? '';
  if (challenges.length !== 1 || !UUID.test(challengeCode))
    return { malformed: true, why: 'challengeCode must be one UUID.' };
  if (secret === '') return null;
  return { challengeCode, challengeResponse: createHmac('sha256', secret).update(challengeCode).digest('hex') };
}
