import { Injectable } from '@nestjs/common';
import { ConversationsRepository, type ConversationForReply } from '../inbox/conversations/conversations.repository';
import { ConversationsService } from '../inbox/conversations/conversations.service';
import { type Principal, canSeeTicket } from '../identity/principal';
import type { Actor } from '../outbox/domain-event';
import type { Tx } from '../platform/database';
import { notFound } from '../platform/errors';
import { AttemptsRepository } from './attempts.repository';
import type { CallAttempt, CallPromise } from './call';
import { CallsRepository } from './calls.repository';

/** A promise with its conversation, both locked in this order. */
export interface OpenCall {
  conversation: ConversationForReply;
  promise: CallPromise;
}

/** A call as its thread tells it: one note for each attempt, written when it begins and completed as more is known. */
@Injectable()
export class CallRecord {
  constructor(
    private readonly calls: CallsRepository,
    private readonly attempts: AttemptsRepository,
    private readonly conversations: ConversationsService,
    private readonly messages: ConversationsRepository,
  ) {}

  /** @throws DomainError `not_found`, the same for a call of another workspace and one this agent may not see */
  async open(tx: Tx, workspaceId: string, id: string, who?: Principal): Promise<OpenCall> {
    const found = await this.calls.find(tx, workspaceId, id);
    if (!found || (who && !maySee(who, found))) throw notFound('call');
    const conversation = await this.messages.lock(tx, workspaceId, found.conversationId);
    const promise = await this.calls.lock(tx, workspaceId, id);
    if (!conversation || !promise) throw notFound('call');
    return { conversation, promise };
  }

  /** Writes the note of a new attempt, and the attempt. */
  async begin(tx: Tx, { conversation, promise }: OpenCall, attempt: CallAttempt, by: Principal): Promise<CallAttempt> {
    const messageId = await this.conversations.writeNote(tx, of(conversation, promise), {
      author: { kind: 'agent', id: by.agentId },
      authorName: by.name,
      text: '',
      subtype: 'call',
      meta: metaOf(promise, attempt),
    });
    const written = { ...attempt, messageId };
    await this.attempts.insert(tx, written);
    return written;
  }

  /** Saves what changed of an attempt, and completes its note. */
  async save(tx: Tx, promise: CallPromise, attempt: CallAttempt): Promise<void> {
    await this.attempts.save(tx, attempt);
    if (attempt.messageId === null) return;
    const meta = metaOf(promise, attempt);
    await this.messages.amendNote(tx, promise.workspaceId, attempt.messageId, attempt.note ?? '', meta);
  }

  /** A word of the product itself in the thread, by code: the console has the words. */
  async remark(tx: Tx, { conversation, promise }: OpenCall, author: Actor, code: string): Promise<void> {
    await this.conversations.writeNote(tx, of(conversation, promise), {
      author,
      authorName: null,
      text: '',
      subtype: 'call',
      meta: { callId: promise.id, code, attempts: promise.attempts },
    });
  }
}

/** The note belongs to the promise's ticket, though the thread may have a newer one. */
const of = (conversation: ConversationForReply, promise: CallPromise): ConversationForReply =>
  Object.assign(conversation, {
    ticket: {
      ...conversation.ticket,
      id: promise.ticketId,
      teamId: promise.teamId,
      assigneeId: promise.assigneeId,
      status: conversation.ticket?.status ?? 'open',
    },
  });

export const maySee = (who: Principal, promise: CallPromise): boolean =>
  promise.claimedBy === who.agentId || canSeeTicket(who, promise);

const metaOf = (promise: CallPromise, attempt: CallAttempt): Record<string, unknown> => ({
  callId: promise.id,
  attempt: attempt.n,
  direction: 'outbound',
  provider: attempt.provider,
  providerCallId: attempt.agentCallId,
  outcome: attempt.outcome,
  note: attempt.note,
  durationMs: attempt.durationMs,
  startedAt: attempt.startedAt,
  answeredAt: attempt.answeredAt,
  endedAt: attempt.endedAt,
  recordingUrl: attempt.recordingUrl,
  errorCode: attempt.errorCode,
});
