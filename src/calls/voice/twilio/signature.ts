import { createHash, createHmac } from 'node:crypto';
import { sameText } from '../../../platform/secrets';

/**
 * X-Twilio-Signature: base64 HMAC-SHA1 of the URL as Twilio called it, followed for a form by each field's name and
 * value, sorted by name; of a repeated name, its distinct values sorted. A JSON body is named in the query by its SHA-256
 * and the signature covers the URL only: https://www.twilio.com/docs/usage/security
 * @param url with scheme, host, path and query in their original order and encoding
 */
export function signedByTwilio(
  request: { url: string; body: Buffer; signature: string | undefined; form: boolean },
  authToken: string,
): boolean {
  const { url, body, signature, form } = request;
  if (!signature || authToken === '') return false;
  const digest = new URL(url).searchParams.get('bodySHA256');
  if (digest !== null && !sameText(digest, createHash('sha256').update(body).digest('hex'))) return false;
  if (digest === null && !form && body.length > 0) return false; // nothing would vouch for the body
  const fields = form ? fieldsOf(body) : '';
  const spellings = new Set([url, withPort(url), withoutPort(url)]);
  // all are tried, so that time tells nothing of which fitted
  return [...spellings]
    .map((spelling) => sameText(twilioSignature(authToken, spelling + fields), signature))
    .includes(true);
}

export const twilioSignature = (authToken: string, text: string): string =>
  createHmac('sha1', authToken).update(text, 'utf8').digest('base64');

function fieldsOf(body: Buffer): string {
  const params = new URLSearchParams(body.toString('utf8'));
  const names = [...new Set(params.keys())].toSorted();
  return names
    .map((name) =>
      [...new Set(params.getAll(name))]
        .toSorted()
        .map((value) => name + value)
        .join(''),
    )
    .join('');
}

/** Twilio signs some calls with the standard port written out. */
function withPort(url: string): string {
  const { protocol, port, host } = new URL(url);
  return port === '' ? url.replace(host, `${host}:${protocol === 'https:' ? 443 : 80}`) : url;
}

function withoutPort(url: string): string {
  const { host, hostname } = new URL(url);
  return url.replace(host, hostname);
}
