import type { RawRequest, WebhookDoor } from '../../door';
import { sameText } from '../../../platform/secrets';
import { parseExactly } from './exact-json';

// rubpy registers one address and also listens on address/receiveUpdate, /receiveInlineMessage, … in any case of letters
const ADDRESS = /^\/webhooks\/rubika\/[^/?]+\/([^/?]+)(?:\/[A-Za-z]+)?\/?(?:\?.*)?$/;
const SHORTEST_SECRET = 16; // characters; the address is all that proves who calls

/** Rubika signs nothing: whoever knows the secret part of the address is believed. Constant time. */
function knowsSecret({ url }: Pick<RawRequest, 'url'>, secret: string): boolean {
  const given = ADDRESS.exec(url)?.[1];
  if (given === undefined || secret.length < SHORTEST_SECRET) return false;
  const plain = sameText(given, secret);
  return sameText(given, encodeURIComponent(secret)) || plain;
}

export const RUBIKA_DOOR: WebhookDoor = {
  path: 'rubika',
  address: 'channel',
  secret: 'appSecret',
  secretInPath: true,
  verify: knowsSecret,
  acknowledgement: { status: 'OK' },
  decode: (body) => parseExactly(body.toString('utf8')),
};
