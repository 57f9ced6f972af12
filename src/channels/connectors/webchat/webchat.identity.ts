import { createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../../platform/errors';

/** What a site says about one of its users. */
export interface Profile {
  name?: string;
  email?: string;
  phone?: string;
}

/** A user of the site, proven by the inbox's secret. */
export interface VouchedUser {
  /** The site's own id of the user. */
  identifier: string;
  profile: Profile;
  /** Whether the profile was signed as well (JWT) or only came along (HMAC). */
  trusted: boolean;
}

const TOKEN_LIFE_S = 3_600;
const CLOCK_SKEW_S = 60;
const TOKEN_LENGTH = 4_096;
const BASE64URL = /^[A-Za-z0-9_-]+$/;
const HEX_SHA256 = /^[0-9a-f]{64}$/;
const IDENTIFIER = /^[^\p{Cc}]{1,200}$/u;

/**
 * The hash a simple site sends along with `setUser`: lower-case hex HMAC-SHA256 of the identifier under the inbox's
 * secret (https://www.chatwoot.com/docs/product/channels/live-chat/sdk/identity-validation). It proves the identifier
 * only and never expires; a JWT is the better way.
 */
export const identifierHash = (secret: string, identifier: string): string =>
  createHmac('sha256', secret).update(identifier, 'utf8').digest('hex');

/** @throws DomainError `unauthenticated` when the hash is not this identifier's */
export function vouchedByHash(secret: string, identifier: string, hash: string, profile: Profile): VouchedUser {
  if (secret === '' || !IDENTIFIER.test(identifier) || !HEX_SHA256.test(hash)) throw refused('identifier_hash');
  const expected = Buffer.from(identifierHash(secret, identifier), 'hex');
  if (!timingSafeEqual(expected, Buffer.from(hash, 'hex'))) throw refused('identifier_hash');
  return { identifier, profile, trusted: false };
}

/**
 * Reads an identity token: HS256 and nothing else, for this inbox, issued for at most an hour. Everything in it is as
 * true as the site says.
 * @param audience the inbox id, which `aud` must name
 * @throws DomainError `unauthenticated`, `details.reason` naming what is wrong with it
 */
export function vouchedByToken(secret: string, token: string, audience: string, now: Date): VouchedUser {
  const [header, payload, signature, ...rest] = token.length > TOKEN_LENGTH ? [] : token.split('.');
  if (!header || !payload || !signature || rest.length > 0) throw refused('malformed');
  if (![header, payload, signature].every((part) => BASE64URL.test(part))) throw refused('malformed');
  const { alg, crit } = json(header);
  if (alg !== 'HS256' || crit !== undefined) throw refused('alg');
  const given = Buffer.from(signature, 'base64url');
  const expected = createHmac('sha256', secret).update(`${header}.${payload}`).digest();
  if (secret === '' || given.length !== expected.length || !timingSafeEqual(given, expected))
    throw refused('signature');
  const claims = json(payload);
  checkTimes(claims, now.getTime() / 1_000);
  if (![claims['aud']].flat().includes(audience)) throw refused('aud');
  const identifier = identifierOf(claims);
  if (!IDENTIFIER.test(identifier)) throw refused('external_user_id');
  return { identifier, profile: profileOf(claims), trusted: true };
}

function checkTimes({ exp, iat, nbf }: Record<string, unknown>, now: number): void {
  if (typeof exp !== 'number' || exp <= now - CLOCK_SKEW_S) throw refused('exp');
  if (typeof iat !== 'number' || iat > now + CLOCK_SKEW_S) throw refused('iat');
  if (exp - iat > TOKEN_LIFE_S) throw refused('life');
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > now + CLOCK_SKEW_S)) throw refused('nbf');
}

function identifierOf({ external_user_id: own, sub }: Record<string, unknown>): string {
  const id = own ?? sub;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : '';
}

function profileOf(claims: Record<string, unknown>): Profile {
  const text = (name: string) => {
    const value = claims[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : undefined;
  };
  const full = [text('first_name'), text('last_name')].filter(Boolean).join(' ');
  return { name: text('name') ?? (full || undefined), email: text('email'), phone: text('phone_number') };
}

function json(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // not JSON: refused below like any other malformed token
  }
  throw refused('malformed');
}

const refused = (reason: string) =>
  new DomainError(
    'unauthenticated',
    'This user could not be verified; let your server sign a new proof with the inbox’s secret.',
    { reason },
  );
