import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal';
import { RepeatViewsRepository, type ThreadOfWave, type WaveThread } from '../inbox/repeats/repeat-views.repository';
import { Database, type Tx } from '../platform/database';
import { notFound } from '../platform/errors';
import { Idempotency } from '../platform/idempotency';
import { type ReplyBatchRequest, ReplyBatches } from './reply-batches.service';
import { ReplyCapabilitiesService } from './reply-capabilities.service';

/** A ticket of a wave, and what answering it would be. */
export interface WaveReplyTarget extends WaveThread {
  visibility: 'public' | 'private';
  /** Why nothing can be sent there now; null: it can. */
  refusal: string | null;
}

export interface WaveReplyPreview {
  items: WaveReplyTarget[];
  /** Tickets of the wave beyond those shown, for the next time. */
  more: number;
}

export const WAVE_TICKETS_AT_ONCE = 100;

/** One reply to everybody who wrote the same text: under each ticket once, by each thread's own rules. */
@Injectable()
export class WaveReplies {
  constructor(
    private readonly database: Database,
    private readonly views: RepeatViewsRepository,
    private readonly capabilities: ReplyCapabilitiesService,
    private readonly batches: ReplyBatches,
    private readonly idempotency: Idempotency,
  ) {}

  /** The tickets under work that the caller may see, those without an answer first, who waits longest first. */
  preview(who: Principal, wave: string): Promise<WaveReplyPreview> {
    return this.database.lean(who, async (tx) => {
      const threads = await this.views.waveThreads(tx, who, wave, null, WAVE_TICKETS_AT_ONCE + 1);
      const items: WaveReplyTarget[] = [];
      for (const thread of threads.slice(0, WAVE_TICKETS_AT_ONCE)) items.push(await this.target(tx, who, thread));
      return { items, more: (threads[0]?.tickets ?? 0) - items.length };
    });
  }

  /**
   * Starts the batch; `ReplyBatchWorker` writes one reply after the other. A thread whose ticket was settled, or became
   * one with another of them, since it was shown is told as failed; one that is not the wave's, or not the caller's to
   * see, refuses them all.
   * @throws DomainError `not_found`
   */
  request(
    who: Principal,
    wave: string,
    request: ReplyBatchRequest,
    key: string | undefined,
  ): Promise<{ batchId: string }> {
    return this.database.lean(who, (tx) =>
      this.idempotency.once(tx, who.workspaceId, key, { wave, agentId: who.agentId, request }, async () => {
        const asked = new Map(request.threads.map((one) => [one.conversationId.toLowerCase(), one.seenMessageId]));
        const known = await this.views.threadsOfWave(tx, who, wave, [...asked.keys()]);
        const [first] = known;
        if (!first || known.length < asked.size) throw notFound('conversation');
        const under = await this.views.waveThreads(tx, who, wave, [...asked.keys()], asked.size);
        const isUnderWork = new Set(under.map(({ conversationId }) => conversationId));
        const gone = known.filter(({ conversationId }) => !isUnderWork.has(conversationId));
        const itemOf = (thread: ThreadOfWave) => ({
          conversationId: thread.conversationId,
          visibility: visibilityIn(thread),
          seenMessageId: asked.get(thread.conversationId)!,
          answersMessageId: thread.messageId,
        });
        const items = [...under.map(itemOf), ...gone.map((thread) => ({ ...itemOf(thread), refused: DONE_MEANWHILE }))];
        return { batchId: await this.batches.begin(tx, who, (under[0] ?? first).ticketId, request, items) };
      }),
    );
  }

  private async target(tx: Tx, who: Principal, thread: WaveThread): Promise<WaveReplyTarget> {
    const visibility = visibilityIn(thread);
    const { refusals } = await this.capabilities.of(tx, who.workspaceId, thread.conversationId);
    return { ...thread, visibility, refusal: refusals[visibility] ?? null };
  }
}

const DONE_MEANWHILE = {
  code: 'done_meanwhile',
  reason: 'This ticket was settled or joined meanwhile, so nothing was written there.',
};

const visibilityIn = ({ threadKind }: ThreadOfWave): 'public' | 'private' =>
  threadKind === 'comment' ? 'public' : 'private';
