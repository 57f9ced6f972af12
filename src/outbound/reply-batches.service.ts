import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal';
import { isLeading } from '../inbox/tickets/capacity';
import { type OpenTicket, TicketsService } from '../inbox/tickets/tickets.service';
import { JobQueue } from '../jobs/job-queue';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { notFound } from '../platform/errors';
import { Idempotency } from '../platform/idempotency';
import { uuidv7 } from '../platform/ids';
import { withReasonWords } from '../refusals/refusal-words';
import { cleanText } from '../text/clean';
import type { Words } from '../text/words';
import {
  type NewReplyBatchItem,
  type RefusedThread,
  type ReplyBatch,
  ReplyBatchesRepository,
  type ReplyBatchItem,
} from './reply-batches.repository';

export const REPLY_BATCH_JOB = 'outbound.reply_batch';

export interface ReplyBatchRequest {
  text: string;
  /** Each with the newest message of it the agent has seen. */
  threads: readonly { conversationId: string; seenMessageId: string }[];
  statusAfter?: 'pending' | 'solved';
}

export interface ReplyBatchView extends Omit<ReplyBatch, 'failed' | 'agentId' | 'text'> {
  /** `words` say the reason in both languages. */
  failed: (RefusedThread & { words: Words })[];
}

/** One reply to threads in which a customer says the same; `ReplyBatchWorker` writes them one by one. */
@Injectable()
export class ReplyBatches {
  constructor(
    private readonly database: Database,
    private readonly repository: ReplyBatchesRepository,
    private readonly tickets: TicketsService,
    private readonly idempotency: Idempotency,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /**
   * The threads are the ticket's own and those its `repeats` name; in a comment thread the reply is public, elsewhere
   * private. One that is neither, or not the caller's to see, refuses them all.
   * @throws DomainError `not_found`
   */
  async request(
    who: Principal,
    ticketId: string,
    request: ReplyBatchRequest,
    key: string | undefined,
  ): Promise<{ batchId: string }> {
    const ticket = await this.tickets.open(who, ticketId);
    return this.database.lean(who, (tx) =>
      this.idempotency.once(tx, who.workspaceId, key, { ticketId, agentId: who.agentId, request }, async () => {
        return { batchId: await this.begin(tx, who, ticketId, request, itemsOf(ticket, request)) };
      }),
    );
  }

  /**
   * Writes a batch down with the job that does it.
   * @param ticketId the ticket it began from
   */
  async begin(
    tx: Tx,
    who: Principal,
    ticketId: string,
    request: ReplyBatchRequest,
    items: readonly NewReplyBatchItem[],
  ): Promise<string> {
    const { workspaceId, agentId } = who;
    const { statusAfter = null } = request;
    const now = this.clock.now();
    const id = uuidv7(now.getTime());
    const batch = { id, ticketId, agentId, text: cleanText(request.text), statusAfter, createdAt: now };
    await this.repository.insert(tx, workspaceId, batch, items);
    this.jobs.enqueue(tx, { workspaceId, queue: 'tickets', name: REPLY_BATCH_JOB, payload: { batchId: id } });
    return id;
  }

  /** For whoever asked, and for leads. @throws DomainError `not_found` */
  batch(who: Principal, id: string): Promise<ReplyBatchView> {
    return this.database.lean(who, async (tx) => {
      const batch = await this.repository.find(tx, who.workspaceId, id);
      if (!batch || (batch.agentId !== who.agentId && !isLeading(who.role))) throw notFound('batch');
      const { agentId: _who, text: _text, ...view } = batch;
      return { ...view, failed: withReasonWords(await this.repository.refused(tx, who.workspaceId, id)) };
    });
  }
}

function itemsOf(ticket: OpenTicket, { threads }: ReplyBatchRequest): Omit<ReplyBatchItem, 'position'>[] {
  const own = ticket.conversations.map(({ id, kind }) => [id, { kind, answers: null }] as const);
  const others = ticket.repeats.map(
    ({ conversationId, threadKind, messageId }) => [conversationId, { kind: threadKind, answers: messageId }] as const,
  );
  const known = new Map<string, { kind: 'comment' | 'dm'; answers: string | null }>([...own, ...others]);
  const asked = new Map(threads.map((thread) => [thread.conversationId.toLowerCase(), thread.seenMessageId]));
  return [...asked].map(([conversationId, seenMessageId]) => {
    const thread = known.get(conversationId);
    if (!thread) throw notFound('conversation');
    const visibility = thread.kind === 'comment' ? 'public' : 'private';
    return { conversationId, visibility, seenMessageId, answersMessageId: thread.answers };
  });
}
