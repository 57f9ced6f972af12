import { randomBytes, scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../platform/errors';

export interface ScryptCost {
  /** Base-2 logarithm of the work factor N. */
  ln: number;
  r: number;
  p: number;
}

/** 32 MB and about a tenth of a second: OWASP's second scrypt setting, which leaves a small server room for its work. */
export const CURRENT_COST: ScryptCost = { ln: 15, r: 8, p: 1 };

const FORMAT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const KEY_BYTES = 32;

/** A stored password that says how it was made: `$scrypt$ln=15,r=8,p=1$salt$key`, base64 without padding. */
export async function hashPassword(password: string, cost: ScryptCost = CURRENT_COST): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${unpadded(salt)}$${unpadded(key)}`;
}

/** Without a stored password the work is done all the same, so that time does not tell who exists. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const { cost, salt, key } = parse(stored ?? NOBODY);
  const same = timingSafeEqual(await derive(password, salt, cost), key);
  return same && stored !== null;
}

/** True when a stored password was made cheaper than we make them now. */
export function needsRehash(stored: string, current: ScryptCost = CURRENT_COST): boolean {
  const { cost } = parse(stored);
  return cost.ln < current.ln || cost.r < current.r || cost.p < current.p;
}

function parse(stored: string): { cost: ScryptCost; salt: Buffer; key: Buffer } {
  const [, ln, r, p, salt, key] = FORMAT.exec(stored) ?? [];
  if (!salt || !key) throw new DomainError('misconfigured', 'A stored password is damaged; give this agent a new one.');
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  };
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

/** A password nobody knows, for the work done in vain. */
const NOBODY = `$scrypt$ln=${CURRENT_COST.ln},r=${CURRENT_COST.r},p=${CURRENT_COST.p}$${unpadded(randomBytes(16))}$${unpadded(randomBytes(KEY_BYTES))}`;

// Each derivation holds 32 MB and one of the four threads that files and DNS need too.
const AT_ONCE = 2;
const MAX_WAITING = 100; // ten seconds' worth; whoever comes later is better told to come back
let running = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, salt: Buffer, { ln, r, p }: ScryptCost): Promise<Buffer> {
  if (running >= AT_ONCE) {
    if (waiting.length >= MAX_WAITING) {
      throw new DomainError('unavailable', 'Too many people are signing in at once; try again in a few seconds.', {
        retryAfterSeconds: 5,
      });
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running += 1;
  }
  try {
    const N = 2 ** ln;
    return await scryptAsync(password.normalize('NFC'), salt, { N, r, p, maxmem: 128 * r * (N + p + 1) + 1024 * 1024 });
  } finally {
    const next = waiting.shift();
    if (next)
      next(); // the place passes on
    else running -= 1;
  }
}

const scryptAsync = (password: string, salt: Buffer, options: ScryptOptions) =>
  new Promise<Buffer>((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
