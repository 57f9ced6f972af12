import { Injectable } from '@nestjs/common';
import { canSeeTicket, type Principal } from '../identity/principal';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { notFound } from '../platform/errors';
import { AttemptsRepository } from './attempts.repository';
import type { CallAttempt, CallPromise } from './call';
import { CallFacts } from './call-facts.repository';
import { maySee } from './call-record';
import { type CallListing, CallsRepository, type CallsView, placeOf } from './calls.repository';
import { maskedPhone, telLink } from './phone';

/** Reading promised calls. A number is whole only for whoever has the call in hand. */
@Injectable()
export class Calls {
  constructor(
    private readonly database: Database,
    private readonly calls: CallsRepository,
    private readonly attempts: AttemptsRepository,
    private readonly facts: CallFacts,
    private readonly clock: Clock,
  ) {}

  list(who: Principal, view: CallsView, cursor: string | undefined, limit: number) {
    const [at, id] = cursor?.split('_') ?? [];
    const after = at !== undefined && id !== undefined ? { at: new Date(Number(at)), id } : null;
    return this.database.lean(who, async (tx) => {
      const now = this.clock.now();
      const rows = await this.calls.list(tx, who, view, now, after, limit + 1);
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map((row) => listed(row, who, now)),
        nextCursor: rows.length > limit && last ? `${placeOf(last).getTime()}_${last.id}` : null,
      };
    });
  }

  /** Everything that was promised on a ticket, the newest first. */
  ofTicket(who: Principal, ticketId: string) {
    return this.database.lean(who, async (tx) => {
      const ticket = await this.facts.ticket(tx, who.workspaceId, ticketId);
      if (!ticket || !canSeeTicket(who, ticket)) throw notFound('ticket');
      const now = this.clock.now();
      const calls = await this.calls.ofTicket(tx, who.workspaceId, ticketId);
      return { items: calls.map((call) => common(call, who, now)), nextCursor: null };
    });
  }

  view(who: Principal, id: string) {
    return this.database.lean(who, async (tx) => {
      await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ'); // a promise and its attempts of one moment
      return this.viewIn(tx, who, id);
    });
  }

  /** @throws DomainError `not_found` */
  async viewIn(tx: Tx, who: Principal, id: string) {
    const promise = await this.calls.find(tx, who.workspaceId, id);
    if (!promise || !maySee(who, promise)) throw notFound('call');
    const facts = await this.facts.about(tx, promise);
    const attempts = await this.attempts.of(tx, who.workspaceId, id);
    return {
      ...common(promise, who, this.clock.now()),
      phoneGiven: inHand(promise, who) ? promise.phoneRaw : null,
      consent: { at: promise.consentAt, text: promise.consentText },
      promisedBy: facts.promisedBy,
      claimedBy: facts.claimedBy,
      ticket: facts.ticket,
      contact: facts.contact,
      /** Whether they were shown to be who they say; private data waits for it. */
      identity: facts.identity,
      brief: {
        text: promise.brief,
        subject: facts.ticket.subject,
        language: promise.language,
        tier: facts.contact.tier,
        lastWords: facts.lastWords,
        earlier: facts.earlier,
      },
      attempts: attempts.map(attemptView),
      createdAt: promise.createdAt,
      endedAt: promise.endedAt,
    };
  }
}

const inHand = (promise: CallPromise, who: Principal) => promise.claimedBy === who.agentId;

function common(promise: CallPromise, who: Principal, now: Date) {
  const whole = inHand(promise, who);
  return {
    id: promise.id,
    state: promise.state,
    endReason: promise.endReason,
    ticketId: promise.ticketId,
    conversationId: promise.conversationId,
    phone: whole ? promise.phone : maskedPhone(promise.phone),
    tel: whole ? telLink(promise.phone) : null,
    country: promise.country,
    reason: promise.reason,
    language: promise.language,
    windowStart: promise.windowStart,
    windowEnd: promise.windowEnd,
    timeZone: promise.timeZone,
    nextAttemptAt: promise.nextAttemptAt,
    tries: promise.attempts,
    leaseUntil: promise.leaseUntil,
    missedAt: promise.missedAt,
    overdue: promise.endedAt === null && promise.windowEnd !== null && promise.windowEnd <= now,
  };
}

const listed = (row: CallListing, who: Principal, now: Date) => ({
  ...common(row, who, now),
  ticketNumber: row.ticketNumber,
  subject: row.subject,
  priority: row.priority,
  contact: { id: row.contactId, name: row.contactName, tier: row.tier },
  claimedBy: row.claimedBy === null ? null : { id: row.claimedBy, name: row.claimedByName },
});

export const attemptView = (attempt: CallAttempt) => ({
  id: attempt.id,
  n: attempt.n,
  agentId: attempt.agentId,
  provider: attempt.provider,
  stage: attempt.stage,
  outcome: attempt.outcome,
  note: attempt.note,
  overrideReason: attempt.overrideReason,
  error: attempt.errorCode === null ? null : { code: attempt.errorCode, message: attempt.errorMessage },
  messageId: attempt.messageId,
  recordingUrl: attempt.recordingUrl,
  durationMs: attempt.durationMs,
  startedAt: attempt.startedAt,
  answeredAt: attempt.answeredAt,
  endedAt: attempt.endedAt,
});
