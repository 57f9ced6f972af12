import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { Secrets } from '../platform/secrets';

const ROUNDED_MS = 10 * 60_000; // links of the same ten minutes are equal, so browsers keep what they have

export interface MediaLink {
  /** `a`: an attachment of a message; `u`: an upload on its way out. */
  of: 'a' | 'u';
  workspaceId: string;
  id: string;
}

/** Addresses under `/media/` that whoever holds them may read for a while; no session is looked at there. */
@Injectable()
export class MediaLinks {
  private readonly key: Buffer;

  constructor(
    secrets: Secrets,
    private readonly clock: Clock,
  ) {
    this.key = secrets.derivedKey('media links');
  }

  /** @returns path and query. @param forMs how long it works at least */
  make(link: MediaLink, forMs: number): string {
    const expires = Math.ceil((this.clock.now().getTime() + forMs) / ROUNDED_MS) * ROUNDED_MS;
    return `/media/${link.of}/${link.workspaceId}/${link.id}?e=${expires}&s=${this.sign(link, expires)}`;
  }

  holds(link: MediaLink, expires: string, signature: string): boolean {
    if (!/^\d{1,15}$/.test(expires) || Number(expires) < this.clock.now().getTime()) return false;
    const right = Buffer.from(this.sign(link, Number(expires)));
    const given = Buffer.from(signature);
    return given.length === right.length && timingSafeEqual(given, right);
  }

  private sign({ of, workspaceId, id }: MediaLink, expires: number): string {
    return createHmac('sha256', this.key).update(`${of}/${workspaceId}/${id}/${expires}`).digest('base64url');
  }
}
