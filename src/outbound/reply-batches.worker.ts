import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AgentRoomsRepository } from '../inbox/tickets/agent-rooms.repository';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { room } from '../outbox/audience';
import { event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, GiveUp } from '../platform/errors';
import { RepliesService } from './replies.service';
import { type ReplyBatch, ReplyBatchesRepository, type ReplyBatchItem } from './reply-batches.repository';
import { REPLY_BATCH_JOB } from './reply-batches.service';

/**
 * Writes one reply into thread after thread, each a transaction: the reply and that it was written commit together, so a
 * run that is killed goes on where it stood and no customer is answered twice. Each thread keeps its own rules: what the
 * agent had not seen, and what the network refuses, stays with that thread.
 */
@Injectable()
export class ReplyBatchWorker implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: ReplyBatchesRepository,
    private readonly agents: AgentRoomsRepository,
    private readonly replies: RepliesService,
    private readonly outbox: Outbox,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(REPLY_BATCH_JOB, (job) => this.run(job), { queue: 'tickets', leaseMs: 60_000 });
  }

  async run(job: RunningJob): Promise<void> {
    while (!(await this.next(job))) {
      // each thread commits by itself
    }
  }

  /** @returns whether nothing is left */
  private next(job: RunningJob): Promise<boolean> {
    const { workspaceId } = job;
    const { batchId } = job.payload as { batchId: string };
    return this.database.transaction({ workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      const batch = await this.repository.find(tx, workspaceId, batchId);
      if (!batch) throw new GiveUp('There is no such batch any more.');
      const item = await this.repository.take(tx, workspaceId, batchId);
      if (!item) return true;
      const how = await this.outcomeOf(tx, workspaceId, batch, item);
      const after = await this.repository.settle(tx, workspaceId, batchId, item.position, how, this.clock.now());
      this.tell(tx, workspaceId, after);
      return after.finishedAt !== null;
    });
  }

  private async outcomeOf(
    tx: Tx,
    workspaceId: string,
    { text, agentId, statusAfter }: ReplyBatch,
    { conversationId, visibility, seenMessageId, answersMessageId }: ReplyBatchItem,
  ): Promise<{ messageId: string } | { code: string; reason: string }> {
    try {
      const asker = await this.agents.seer(tx, workspaceId, agentId);
      if (!asker?.permissions.has('conversations.reply'))
        throw new DomainError('forbidden', 'Whoever asked may not reply any more.');
      const [messageId] = await tx.savepoint(() =>
        this.replies.replyIn(tx, { workspaceId, ...asker }, conversationId, {
          text,
          visibility,
          seenMessageId,
          ...(answersMessageId ? { replyToMessageId: answersMessageId } : {}),
          ...(statusAfter ? { statusAfter } : {}),
        }),
      );
      return { messageId: messageId! };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { code: codeOf(error), reason: error.message };
    }
  }

  private tell(tx: Tx, workspaceId: string, { id: batchId, agentId, total, done, failed }: ReplyBatch): void {
    const told = { batchId, action: 'reply', total, done, failed };
    const actor = { kind: 'agent', id: agentId } as const;
    this.outbox.record(tx, event(workspaceId, 'ticket.bulk_progress', actor, {}, [room.agent(agentId)], told));
  }
}

/** Of a refused send the network's own rule, which says more. */
function codeOf({ code, details }: DomainError): string {
  const { reason } = details;
  return code === 'send_refused' && typeof reason === 'string' ? reason : code;
}
