import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { network } from '../../../identity/login-limits';
import { e164 } from '../../../inbox/contacts/contact';
import { room } from '../../../outbox/audience';
import { event } from '../../../outbox/domain-event';
import { Outbox } from '../../../outbox/outbox';
import { Clock } from '../../../platform/clock';
import { Database, type Tx } from '../../../platform/database';
import { DomainError } from '../../../platform/errors';
import { isUuid, uuidv7 } from '../../../platform/ids';
import { LOGGER } from '../../../platform/logger';
import { newToken, Secrets } from '../../../platform/secrets';
import { cleanText } from '../../../text/clean';
import { ChannelDirectory, type DirectoryChannel } from '../../channel-directory';
import { Attempts } from './attempts';
import { anonymousId, type KnownProfile, personOf, userId, type VisitorSession, waitFor } from './visitor';
import { type Thread, VisitorsRepository } from './visitors.repository';
import { type Profile, vouchedByHash, vouchedByToken, type VouchedUser } from './webchat.identity';
import { type WebchatSettings, webchatSettings } from './webchat.settings';

/** A visitor whose session is good, with the inbox they stand in. */
export interface Visitor extends VisitorSession {
  channel: DirectoryChannel;
}

export interface Inbox {
  channel: DirectoryChannel;
  settings: WebchatSettings;
}

export interface OpenedSession {
  token: string;
  identified: boolean;
  expiresAt: Date;
  conversation: { lastSeq: number; handler: 'bot' | 'human' } | null;
}

/** How a site proves who its user is: a signed token, or the hash of an identifier with an unsigned profile. */
export type Proof = { jwt: string } | { identifier: string; hash: string; profile: Profile };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const VISITOR_LIFE_MS = 180 * DAY_MS;
const USER_LIFE_MS = 7 * DAY_MS; // the site can vouch again at any time; a forgotten sign-out on a shared computer cannot last
const SLIDE_AFTER_MS = HOUR_MS; // not a write on every request
const TOKEN_PREFIX = 'wv_';
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,255}$/;

/**
 * Visitors' sessions: 32 random bytes at the browser, a keyed hash here, sliding.
 *
 * Signing in. When the site vouches for a user, the browser gets a new session and the old one ends. An anonymous
 * conversation comes along when the user has none on this channel yet: identity and thread are renamed in place. When
 * the user has one, what was written anonymously stays where it is, with its own contact, and the user goes on in
 * their own thread; an agent may merge the two contacts.
 */
@Injectable()
export class VisitorSessions {
  private readonly attempts = new Attempts();
  private readonly listeners = new Set<(sessionId: string) => void>();

  constructor(
    private readonly database: Database,
    private readonly repository: VisitorsRepository,
    private readonly directory: ChannelDirectory,
    private readonly secrets: Secrets,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Called after commit with each session that ended in this process. */
  onEnded(listener: (sessionId: string) => void): void {
    this.listeners.add(listener);
  }

  /** The web chat channel behind a public id. @throws DomainError `not_found` */
  async inbox(inboxId: string): Promise<Inbox> {
    await this.directory.refresh(); // the list of sites, the secret and the mode count as they are now
    const [channel] = isUuid(inboxId) ? await this.directory.account(['webchat'], inboxId.toLowerCase()) : [];
    if (!channel) throw new DomainError('not_found', 'There is no such widget; check data-inbox in the page.');
    return { channel, settings: webchatSettings(channel.settings) };
  }

  /** Whether a message written now would find somebody. */
  somebodyOnline({ workspaceId, teamId }: DirectoryChannel): Promise<boolean> {
    return this.database.lean({ workspaceId }, (tx) =>
      this.repository.online(tx, workspaceId, teamId, this.clock.now()),
    );
  }

  /** A browser nobody knows yet. @throws DomainError `forbidden` where only the site's users may write */
  async open(inboxId: string, address: string): Promise<OpenedSession> {
    const { channel, settings } = await this.inbox(inboxId);
    if (settings.identity === 'required') {
      throw new DomainError('forbidden', 'Sign in on this site first; this chat is for its users.', {
        reason: 'identity_required',
      });
    }
    const now = this.clock.now();
    const addressKey = this.addressKey(address);
    const { workspaceId } = channel;
    return this.database.lean({ workspaceId }, async (tx) => {
      await this.repository.lockPeople(tx, channel.id, [`address:${addressKey.toString('hex')}`]);
      const before = await this.repository.newcomers(
        tx,
        workspaceId,
        channel.id,
        addressKey,
        settings.newVisitorsPerHour,
      );
      const wait = waitFor(before, settings.newVisitorsPerHour, HOUR_MS, now);
      if (wait !== null) throw tooMany('Too many new conversations came from this network; try again later.', wait);
      await this.repository.sweep(tx, workspaceId, new Date(now.getTime() - DAY_MS));
      return this.begin(
        tx,
        channel,
        { visitorId: anonymousId(randomUUID()), identifiedAs: null, profile: null },
        addressKey,
      );
    });
  }

  /** @throws DomainError `unauthenticated` when the proof does not hold */
  async exchange(inboxId: string, proof: Proof, bearer: string | undefined, address: string): Promise<OpenedSession> {
    this.countAttempt(address);
    const { channel, settings } = await this.inbox(inboxId);
    if (settings.identity === 'off') {
      throw new DomainError('forbidden', 'This chat does not know users; leave setUser out of the page.', {
        reason: 'identity_off',
      });
    }
    const now = this.clock.now();
    const user = this.vouched(channel, proof, now);
    const previous = bearer ? await this.find(bearer) : undefined;
    const { workspaceId } = channel;
    return this.database.lean({ workspaceId }, async (tx) => {
      const person = cleanText(userId(user));
      const held = await this.lockWith(tx, channel, person, previous);
      const anonymous = held?.identifiedAs === null;
      if (held && anonymous) await this.repository.rename(tx, workspaceId, channel.id, held.visitorId, person);
      if (held) await this.end(tx, held, now);
      const profile = knownProfile(user);
      const contactId = await this.repository.contactOf(tx, workspaceId, channel.id, person);
      if (contactId) await this.learn(tx, workspaceId, contactId, profile);
      const visitorId =
        held && (anonymous || held.identifiedAs === person) ? held.visitorId : anonymousId(randomUUID());
      return this.begin(tx, channel, { visitorId, identifiedAs: person, profile }, this.addressKey(address));
    });
  }

  /** @throws DomainError `unauthenticated`: no such session, ended, or of another inbox than the one named */
  async authenticate(token: string | undefined, inboxId?: string): Promise<Visitor> {
    const session = token ? await this.find(token) : undefined;
    const channel = session && (await this.directory.channel(session.channelId));
    if (!session || channel?.kind !== 'webchat' || channel.workspaceId !== session.workspaceId) throw gone();
    if (inboxId !== undefined && inboxId.toLowerCase() !== channel.externalId.toLowerCase()) throw gone();
    return { ...session, channel };
  }

  /** Within a change: the session, found a moment ago, is still good now that the person is locked. */
  async mustHold(tx: Tx, visitor: VisitorSession): Promise<void> {
    await this.repository.lockPeople(tx, visitor.channelId, [personOf(visitor)]);
    if (!(await this.repository.alive(tx, [visitor.id], this.clock.now())).has(visitor.id)) throw gone();
  }

  async logout(visitor: Visitor): Promise<void> {
    await this.database.lean({ workspaceId: visitor.workspaceId }, (tx) => this.end(tx, visitor, this.clock.now()));
  }

  /** Of these sessions, those that are still good; for sockets that stay open. */
  alive(ids: readonly string[]): Promise<Set<string>> {
    return this.database.lean('system', (tx) => this.repository.alive(tx, ids, this.clock.now()));
  }

  /** Writes what was learnt about a contact and tells it when it is news. */
  async learn(tx: Tx, workspaceId: string, contactId: string, known: KnownProfile): Promise<void> {
    const fields = await this.repository.learn(tx, workspaceId, contactId, known, this.clock.now());
    if (fields.length === 0) return;
    this.outbox.record(
      tx,
      event(workspaceId, 'contact.changed', { kind: 'contact' }, { contactId }, [room.leads, room.lobby], { fields }),
    );
  }

  /** @throws DomainError `rate_limited` */
  countAttempt(address: string): void {
    const wait = this.attempts.take(network(address), performance.now());
    if (wait !== null) throw tooMany('Too many attempts from this network; try again in a moment.', wait * 1_000);
  }

  private vouched(channel: DirectoryChannel, proof: Proof, now: Date): VouchedUser {
    const secret = channel.credentials['identitySecret'] ?? '';
    try {
      if ('jwt' in proof) return vouchedByToken(secret, proof.jwt, channel.externalId, now);
      return vouchedByHash(secret, proof.identifier, proof.hash, proof.profile);
    } catch (error) {
      // a site's own mistake looks the same as a forgery; the reason tells its admin which part to look at
      const reason = error instanceof DomainError ? error.details['reason'] : undefined;
      const { workspaceId, id: channelId } = channel;
      this.log.info(
        { event: 'webchat.identity_refused', workspaceId, channelId, reason },
        'a site vouched for a user in vain',
      );
      throw error;
    }
  }

  private find(token: string): Promise<VisitorSession | undefined> {
    const now = this.clock.now();
    return this.database.lean('system', async (tx) => {
      const session = await this.repository.session(tx, this.secrets.tokenHash(token), now);
      if (session && now.getTime() - session.lastSeenAt.getTime() > SLIDE_AFTER_MS) {
        await this.repository.slide(tx, session, now, expiry(session.identifiedAs !== null, now));
      }
      return session;
    });
  }

  /** Locks the user, and the browser's previous self with them. @returns the previous session when it is still good */
  private async lockWith(
    tx: Tx,
    channel: DirectoryChannel,
    person: string,
    previous: VisitorSession | undefined,
  ): Promise<VisitorSession | undefined> {
    const here = previous?.channelId === channel.id ? previous : undefined;
    await this.repository.lockPeople(tx, channel.id, [person, ...(here ? [personOf(here)] : [])]);
    return here && (await this.repository.alive(tx, [here.id], this.clock.now())).has(here.id) ? here : undefined;
  }

  private async end(tx: Tx, session: VisitorSession, now: Date): Promise<void> {
    await this.repository.revoke(tx, session, now);
    tx.afterCommit(() => {
      for (const listener of this.listeners) listener(session.id);
    });
  }

  private async begin(
    tx: Tx,
    channel: DirectoryChannel,
    who: Pick<VisitorSession, 'visitorId' | 'identifiedAs' | 'profile'>,
    addressKey: Buffer,
  ): Promise<OpenedSession> {
    const token = newToken(TOKEN_PREFIX);
    const now = this.clock.now();
    const identified = who.identifiedAs !== null;
    const expiresAt = expiry(identified, now);
    const { workspaceId, id: channelId } = channel;
    const session = { id: uuidv7(now.getTime()), workspaceId, channelId, ...who };
    await this.repository.insertSession(tx, {
      ...session,
      tokenHash: this.secrets.tokenHash(token),
      addressKey,
      now,
      expiresAt,
    });
    const thread = await this.repository.thread(tx, workspaceId, channelId, personOf(session));
    return { token, identified, expiresAt, conversation: conversationView(thread) };
  }

  private addressKey(address: string): Buffer {
    return this.secrets.tokenHash(`webchat-address:${network(address)}`);
  }
}

export const conversationView = (thread: Thread | undefined) =>
  thread ? { lastSeq: thread.lastSeq, handler: thread.handler } : null;

/** An address as we keep it, or undefined when it is none. */
export function emailOf(text: string | undefined): string | undefined {
  const email = text?.trim().toLowerCase();
  return email && EMAIL.test(email) ? cleanText(email) : undefined;
}

export const tooMany = (message: string, waitMs: number) =>
  new DomainError('rate_limited', message, { retryAfterSeconds: Math.ceil(waitMs / 1_000) });

function knownProfile({ profile, trusted }: VouchedUser): KnownProfile {
  return {
    name: profile.name && cleanText(profile.name),
    email: emailOf(profile.email),
    phone: (profile.phone && e164(profile.phone)) || undefined,
    trusted,
  };
}

const expiry = (identified: boolean, now: Date) =>
  new Date(now.getTime() + (identified ? USER_LIFE_MS : VISITOR_LIFE_MS));

const gone = () => new DomainError('unauthenticated', 'This chat session has ended; start a new one.');
