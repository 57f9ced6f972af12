import { Injectable } from '@nestjs/common';
import { type Sealed, Secrets } from '../platform/secrets';
import { newSecret } from './signature';

interface Kept {
  secret: string;
  /** Still signs beside the new one, until receivers have had time to learn it. */
  previousSecret?: string;
  /** ISO 8601. */
  previousUntil?: string;
}

const OVERLAP_MS = 24 * 3_600_000; // a working day to enter the new one

/** Signing secrets at rest. */
@Injectable()
export class WebhookSecrets {
  constructor(private readonly secrets: Secrets) {}

  make(endpointId: string): { secret: string; sealed: Sealed } {
    const secret = newSecret();
    return { secret, sealed: this.secrets.seal({ secret } satisfies Kept, endpointId) };
  }

  /** A new secret; the one before it signs too for a day. */
  rotate(endpointId: string, sealed: Sealed, now: Date): { secret: string; sealed: Sealed } {
    const before = this.secrets.open<Kept>(sealed, endpointId);
    const secret = newSecret();
    const previousUntil = new Date(now.getTime() + OVERLAP_MS).toISOString();
    const kept: Kept = { secret, previousSecret: before.secret, previousUntil };
    return { secret, sealed: this.secrets.seal(kept, endpointId) };
  }

  /** Those that sign now, the newest first. */
  inForce(endpointId: string, sealed: Sealed, now: Date): string[] {
    const { secret, previousSecret, previousUntil } = this.secrets.open<Kept>(sealed, endpointId);
    const overlaps = previousSecret !== undefined && previousUntil !== undefined && new Date(previousUntil) > now;
    return overlaps ? [secret, previousSecret] : [secret];
  }
}
