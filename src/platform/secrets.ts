import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from './config';
import { DomainError } from './errors';

/** A secret at rest: AES-256-GCM under the key named by `keyId`. */
export interface Sealed {
  keyId: string;
  iv: string;
  tag: string;
  data: string;
}

/**
 * Seals credentials of channels and CRM. The first key of ENCRYPTION_KEY seals; all of them open, so keys rotate by
 * putting a new one in front, re-sealing (src/maintenance/resealing.ts), and dropping the old one.
 */
@Injectable()
export class Secrets {
  private readonly keys: Map<string, Buffer>;
  private readonly currentId: string;
  private readonly sessionSecret: string;

  constructor(config: Config) {
    const keys = config.ENCRYPTION_KEY!.split(',').map((hex) => Buffer.from(hex, 'hex'));
    this.keys = new Map(keys.map((key) => [keyIdOf(key), key]));
    this.currentId = keyIdOf(keys[0]!);
    this.sessionSecret = config.SESSION_SECRET!;
  }

  /** `context` (say, the channel's id) is bound in: a sealed value moved to another row does not open. */
  seal(value: unknown, context: string): Sealed {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.keys.get(this.currentId)!, iv);
    cipher.setAAD(Buffer.from(context));
    const data = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return {
      keyId: this.currentId,
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      data: data.toString('base64'),
    };
  }

  /** @throws DomainError `misconfigured` when the key is gone or the value was tampered with. */
  open<T>(sealed: Sealed, context: string): T {
    const key = this.keys.get(sealed.keyId);
    if (!key) {
      throw new DomainError(
        'misconfigured',
        `The key ${sealed.keyId} is not in ENCRYPTION_KEY; add it after the current one.`,
      );
    }
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64'), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
      const text = Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]).toString(
        'utf8',
      );
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new DomainError('misconfigured', 'A stored secret does not open; enter it again.', {}, { cause });
    }
  }

  /** Under which key `seal` works now. */
  get currentKeyId(): string {
    return this.currentId;
  }

  /** What is stored of a session or API token: useless without SESSION_SECRET. */
  tokenHash(token: string): Buffer {
    return createHmac('sha256', this.sessionSecret).update(token).digest();
  }

  /** A key for one purpose, the same on every node; it tells nothing of SESSION_SECRET. */
  derivedKey(purpose: string): Buffer {
    return createHmac('sha256', this.sessionSecret).update(`key:${purpose}`).digest();
  }
}

export function newToken(prefix = ''): string {
  return prefix + randomBytes(32).toString('base64url');
}

/** Compares two texts in time that does not depend on where they differ. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

const keyIdOf = (key: Buffer) => createHash('sha256').update('pasokh-key').update(key).digest('hex').slice(0, 8);
