import { Injectable } from '@nestjs/common';
import { ConversationIntake } from '../../../inbox/conversations/intake';
import { Clock } from '../../../platform/clock';
import { Database, type Tx } from '../../../platform/database';
import { cleanText } from '../../../text/clean';
import { inboundId, personOf, threadKeyOf, type VisitorMessage, visitorMessage, waitFor } from './visitor';
import { conversationView, emailOf, tooMany, type Visitor, VisitorSessions } from './visitor-sessions';
import { VisitorsRepository } from './visitors.repository';

export interface VisitorPage {
  items: VisitorMessage[];
  /** The `seq` to go on from, in the direction asked for; null at the end. */
  nextCursor: number | null;
  conversation: { lastSeq: number; handler: 'bot' | 'human' } | null;
}

/** A message as stored; not `created` when it had come before. */
export interface Stored {
  message: VisitorMessage;
  created: boolean;
}

const PER_MINUTE = 10;
const MINUTE_MS = 60_000;

/** What a visitor reads and writes: their own thread on one channel and nothing else. */
@Injectable()
export class VisitorMessages {
  constructor(
    private readonly database: Database,
    private readonly repository: VisitorsRepository,
    private readonly sessions: VisitorSessions,
    private readonly intake: ConversationIntake,
    private readonly clock: Clock,
  ) {}

  list(visitor: Visitor, at: { after?: number; before?: number }, limit: number): Promise<VisitorPage> {
    return this.database.lean({ workspaceId: visitor.workspaceId }, async (tx) => {
      const thread = await this.repository.thread(tx, visitor.workspaceId, visitor.channelId, personOf(visitor));
      if (!thread) return { items: [], nextCursor: null, conversation: null };
      const rows = await this.repository.page(tx, visitor.workspaceId, thread.id, at, limit + 1);
      const more = rows.length > limit;
      const items = (at.after !== undefined ? rows.slice(0, limit) : rows.slice(-limit)).map(visitorMessage);
      const edge = at.after !== undefined ? items.at(-1) : items[0];
      return { items, nextCursor: more && edge ? edge.seq : null, conversation: conversationView(thread) };
    });
  }

  /**
   * Stores a message once, however often it is sent, and takes it into the inbox in the same transaction.
   * @throws DomainError `rate_limited` beyond 10 a minute
   */
  post(visitor: Visitor, clientId: string, text: string): Promise<Stored> {
    return this.database.lean({ workspaceId: visitor.workspaceId }, async (tx) => {
      await this.sessions.mustHold(tx, visitor);
      return this.write(tx, visitor, clientId, text);
    });
  }

  /** Nobody is there: keeps the address to answer to, unverified, and the message if there is one. */
  leaveAddress(
    visitor: Visitor,
    email: string,
    message: { clientId: string; text: string } | null,
  ): Promise<Stored | null> {
    const { workspaceId, channelId } = visitor;
    return this.database.lean({ workspaceId }, async (tx) => {
      await this.sessions.mustHold(tx, visitor);
      const stored = message && (await this.write(tx, visitor, message.clientId, message.text));
      const person = personOf(visitor);
      const contactId =
        (await this.repository.contactOf(tx, workspaceId, channelId, person)) ??
        (await this.repository.makeContact(tx, workspaceId, channelId, person));
      await this.sessions.learn(tx, workspaceId, contactId, { email: emailOf(email), trusted: false });
      return stored;
    });
  }

  /** The caller holds the person's lock, so limits and keys are looked at by one at a time. */
  private async write(tx: Tx, visitor: Visitor, clientId: string, text: string): Promise<Stored> {
    const { workspaceId, channelId, channel } = visitor;
    const externalId = inboundId(visitor, clientId);
    if (!(await this.repository.claimKey(tx, workspaceId, channelId, externalId))) {
      const known = await this.repository.messageByExternalId(tx, workspaceId, channelId, externalId);
      if (!known) throw new Error('A claimed message key has no message behind it.');
      return { message: visitorMessage(known), created: false };
    }
    const now = this.clock.now();
    const person = personOf(visitor);
    const thread = await this.repository.thread(tx, workspaceId, channelId, person);
    const latest = thread ? await this.repository.lastWritten(tx, workspaceId, thread.id, PER_MINUTE) : [];
    const wait = waitFor(latest, PER_MINUTE, MINUTE_MS, now);
    if (wait !== null)
      throw tooMany(`At most ${PER_MINUTE} messages a minute; this one was not stored, send it again.`, wait);
    const outcomes = await this.intake.apply(tx, [
      {
        ref: externalId,
        channel,
        receivedAt: now,
        event: {
          type: 'message',
          accountId: channel.externalId,
          eventKey: externalId,
          threadKey: threadKeyOf(person),
          threadKind: 'dm',
          direction: 'in',
          externalId,
          author: { externalId: person, name: visitor.profile?.name },
          text: cleanText(text),
          attachments: [],
        },
      },
    ]);
    const messageId = outcomes.get(externalId)?.messageId;
    const [row] = messageId ? await this.repository.shown(tx, workspaceId, [messageId]) : [];
    if (!row) throw new Error('The inbox did not take a visitor’s message.');
    if (!thread && visitor.profile) {
      const contactId = await this.repository.contactOf(tx, workspaceId, channelId, person);
      if (contactId) await this.sessions.learn(tx, workspaceId, contactId, visitor.profile);
    }
    return { message: visitorMessage(row), created: true };
  }
}
