import { createHmac } from 'node:crypto';

/**
 * The exact bytes Meta puts on the wire for a webhook: one line of JSON in which every non-ASCII UTF-16 unit is a
 * lower-case `\uXXXX` escape and `/` is `\/`. Hashing anything else gives another signature as soon as a text is Persian.
 */
export function metaBytes(value: unknown): Buffer {
  const json = JSON.stringify(value) ?? 'null';
  const escaped = json
    .replaceAll('/', String.raw`\/`)
    .replaceAll(/[\u0080-\uffff]/g, (unit) => String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, '0'));
  return Buffer.from(escaped, 'ascii');
}

/** The value of `X-Hub-Signature-256` for these body bytes: `sha256=` and 64 lower-case hex digits. */
export function metaSignature(secret: string, bytes: Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;
}

/** `appsecret_proof` of a call: HMAC-SHA256 over the token, or over `token|unixSeconds` when a time is sent with it. */
export function appSecretProof(secret: string, token: string, unixSeconds?: string): string {
  const message = unixSeconds === undefined ? token : `${token}|${unixSeconds}`;
  return createHmac('sha256', secret).update(message).digest('hex');
}
