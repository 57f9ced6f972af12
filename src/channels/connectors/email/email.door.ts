import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { RawRequest, WebhookDoor } from '../../door';
import { record } from '../json';

const SIGNATURE = /^sha256=([0-9a-f]{64})$/;
const digest = (value: string) => createHash('sha256').update(value).digest();
const BASIC = /^Basic ([A-Za-z0-9+/]+={0,2})$/i;

/**
 * Our own hook for mail: raw MIME or `{"mime": "<base64>"}` in the body. Signed with `x-pasokh-signature:
 * sha256=<hex HMAC-SHA256 of the body>`, or, for mail services that cannot sign, HTTP basic auth with the secret as
 * password. A wrong signature is not saved by a right password.
 */
export function verifyHook({ headers, body }: Pick<RawRequest, 'headers' | 'body'>, secret: string): boolean {
  if (secret === '') return false;
  const signature = headers['x-pasokh-signature'];
  if (signature !== undefined) {
    const given = typeof signature === 'string' ? SIGNATURE.exec(signature)?.[1] : undefined;
    if (given === undefined) return false;
    return timingSafeEqual(createHmac('sha256', secret).update(body).digest(), Buffer.from(given, 'hex'));
  }
  const encoded = BASIC.exec(headers.authorization ?? '')?.[1];
  if (encoded === undefined) return false;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon >= 0 && timingSafeEqual(digest(pair.slice(colon + 1)), digest(secret));
}

/** The bytes of a hook delivery in the form that pulled mail has. @throws on what is no mail */
export function decodeHook(body: Buffer): { mime: string } {
  const start = body.subarray(0, 2048).toString('latin1').trimStart();
  if (start.startsWith('{')) {
    const mime = record(JSON.parse(body.toString('utf8')))?.['mime'];
    if (typeof mime !== 'string' || mime === '' || !/^[\w+/=\s-]+$/.test(mime.slice(0, 1024)))
      throw new SyntaxError('The JSON has no mail in base64 under "mime".');
    return { mime };
  }
  if (!/^(?:From [^\n]*\n)?[\w-]+[ \t]*:/.test(start)) throw new SyntaxError('The body begins with no mail header.');
  return { mime: body.toString('base64') };
}

export const EMAIL_DOOR: WebhookDoor = {
  path: 'email',
  address: 'channel',
  secret: 'appSecret',
  verify: verifyHook,
  decode: decodeHook,
};
