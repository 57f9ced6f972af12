import { createHmac, timingSafeEqual } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'; // base32 of RFC 4648 in lower case: servers fold local parts
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TOKEN = /^([a-z2-7]{26})\.([a-z2-7]{10})$/;
const ADDRESS = /^[^@]*\+t-([a-z2-7]{26}\.[a-z2-7]{10})@/i;
const BOUNCE_ADDRESS = /^[^@]*\+b-([a-z2-7]{26}\.[a-z2-7]{10})@/i;
const BOUNCES = 'bounce:'; // a token is good for one purpose only

/**
 * What makes a reply find its conversation whatever a mail program did to the headers: the conversation's id and the
 * first ten letters of its HMAC-SHA256, small enough for a local part. Case does not matter.
 * @returns null when the id is no UUID or there is no key to sign with
 */
export const mintThreadToken = (conversationId: string, key: string): string | null => minted(conversationId, key, '');

/** Where a mail of ours is returned to (RFC 5321 §4.5.5): names the message, whatever is left of the mail. */
export const mintBounceToken = (messageId: string, key: string): string | null => minted(messageId, key, BOUNCES);

function minted(uuid: string, key: string, purpose: string): string | null {
  if (!UUID.test(uuid) || key === '') return null;
  const id = uuid.toLowerCase();
  return `${base32(Buffer.from(id.replaceAll('-', ''), 'hex'))}.${signature(purpose + id, key)}`;
}

/** @returns the conversation a token was made for, or null when we did not make it; compared in constant time */
export const verifyThreadToken = (token: string, key: string): string | null => verified(token, key, '');

/** @returns the message a bounce address was made for, or null when we did not make it */
export const verifyBounceToken = (token: string, key: string): string | null => verified(token, key, BOUNCES);

function verified(token: string, key: string, purpose: string): string | null {
  const [, id, given] = TOKEN.exec(token.toLowerCase()) ?? [];
  if (id === undefined || given === undefined || key === '') return null;
  const hex = fromBase32(id).toString('hex');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  return timingSafeEqual(Buffer.from(signature(purpose + uuid, key)), Buffer.from(given)) ? uuid : null;
}

/** `support@shop.example` with a token: `support+t-<token>@shop.example`; the plain address when it would grow too long. */
export function tokenAddress(address: string, token: string, tag: 't' | 'b' = 't'): string {
  const at = address.lastIndexOf('@');
  const local = `${address.slice(0, at)}+${tag}-${token}`;
  return local.length > 64 ? address : local + address.slice(at); // RFC 5321 §4.5.3.1.1
}

/** The token in an address, unchecked. */
export const tokenIn = (address: string): string | undefined => ADDRESS.exec(address)?.[1]?.toLowerCase();

export const bounceTokenIn = (address: string): string | undefined => BOUNCE_ADDRESS.exec(address)?.[1]?.toLowerCase();

/** A token as it stands, unseen, in what we write, and comes back in what is quoted of it. */
export const markOf = (token: string): string => `{#t-${token}#}`;

const MARK = /\{#t-([a-z2-7]{26}\.[a-z2-7]{10})#\}/gi;
const MOST_MARKS = 5; // conversations one mail may quote

/** @returns the text without marks, and their tokens, unchecked, each once */
export function withoutMarks(text: string): { text: string; tokens: string[] } {
  const tokens = new Set<string>();
  const bare = text.replaceAll(MARK, (_mark, token: string) => {
    if (tokens.size < MOST_MARKS) tokens.add(token.toLowerCase());
    return '';
  });
  return { text: bare, tokens: [...tokens] };
}

const signature = (id: string, key: string) => base32(createHmac('sha256', key).update(id).digest()).slice(0, 10);

function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(held >>> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text) {
    held = (held << 5) | ALPHABET.indexOf(letter);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >>> bits) & 255);
    held &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}
