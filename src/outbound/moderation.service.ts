import { Injectable } from '@nestjs/common';
import { ChannelDirectory } from '../channels/channel-directory';
import type { ModerationAction } from '../channels/capabilities';
import { Connectors } from '../channels/connectors/registry';
import { canSeeTicket, type Principal } from '../identity/principal';
import { agent } from '../inbox/conversations/conversations.service';
import { JobQueue } from '../jobs/job-queue';
import type { Actor } from '../outbox/domain-event';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { Idempotency } from '../platform/idempotency';
import { uuidv7 } from '../platform/ids';
import { withReasonWords } from '../refusals/refusal-words';
import { cleanText } from '../text/clean';
import type { Words } from '../text/words';
import { type ModerationRefusal, refuseModeration, UNDONE_BY } from './moderation-rules';
import {
  type MessageFilter,
  type ModerationBatch,
  moderationJob,
  ModerationRepository,
  type ModerationSubject,
  type NewItem,
} from './moderation.repository';

/** The most messages one batch takes. */
export const BATCH_AT_MOST = 500;

export interface BulkRequest {
  action: ModerationAction;
  reason: string;
  messageIds?: string[];
  filter?: MessageFilter;
}

export interface BatchView extends Omit<ModerationBatch, 'failed'> {
  failed: { messageId: string; code: string; reason: string; words: Words }[];
}

/**
 * Hide, delete, like, block and their opposites, on one message or on many: asked for here, done at the network by
 * `ModerationWorker`, written down with actor and reason once it is true.
 */
@Injectable()
export class ModerationService {
  constructor(
    private readonly database: Database,
    private readonly repository: ModerationRepository,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
    private readonly idempotency: Idempotency,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `capability_missing` where the network has no such action, `send_refused` where it is too late */
  request(who: Principal, messageId: string, action: ModerationAction, reason: string): Promise<{ state: 'queued' }> {
    const { workspaceId } = who;
    return this.database.transaction({ workspaceId }, async (tx) => {
      const subject = await this.repository.subject(tx, workspaceId, messageId);
      if (!subject || !canSee(who, subject)) throw notFound('message');
      await this.ask(tx, workspaceId, messageId, action, reason, agent(who));
      return { state: 'queued' };
    });
  }

  /**
   * The same inside somebody else's transaction (a rule's), who has settled that the actor may.
   * @returns false when it is asked for already
   * @throws DomainError `capability_missing`, `conflict`, `not_found`; `send_refused` once the window is closed
   */
  async ask(
    tx: Tx,
    workspaceId: string,
    messageId: string,
    action: ModerationAction,
    reason: string,
    actor: Actor,
  ): Promise<boolean> {
    const subject = await this.repository.subject(tx, workspaceId, messageId);
    if (!subject) throw notFound('message');
    const refusal = await this.refusal(action, subject);
    if (refusal?.code === 'already_deleted') throw new DomainError('conflict', refusal.reason);
    if (refusal?.code === 'window_closed')
      throw new DomainError('send_refused', refusal.reason, {
        reason: refusal.code,
        facts: { action, closedAt: refusal.closedAt ?? null },
      });
    if (refusal) throw new DomainError('capability_missing', refusal.reason, { action });
    if (await this.repository.isAsked(tx, workspaceId, messageId, action)) return false;
    const of = { batchId: null, action, reason: cleanText(reason), actor, at: this.clock.now() };
    const [id] = await this.repository.addItems(tx, workspaceId, of, [{ messageId, channelId: subject.channelId }]);
    this.jobs.enqueue(tx, moderationJob(workspaceId, { id: id!, batchId: null }));
    return true;
  }

  /**
   * Every message is an item of its own; what cannot be done is in the list of what failed from the start.
   * @throws DomainError `not_found` when one of the messages is not there
   */
  requestMany(who: Principal, request: BulkRequest, key: string | undefined): Promise<BatchView> {
    const { workspaceId } = who;
    return this.database.transaction({ workspaceId }, (tx) =>
      this.idempotency.once(tx, workspaceId, key, { agentId: who.agentId, moderation: request }, async () => {
        const found = request.filter
          ? await this.matching(tx, who, request.filter)
          : await this.named(tx, who, request.messageIds ?? []);
        return this.start(tx, who, { ...request, undoOf: null }, found);
      }),
    );
  }

  batch(who: Principal, id: string): Promise<BatchView> {
    return this.database.lean(who, (tx) => this.view(tx, who.workspaceId, id));
  }

  /** Takes back what a finished batch has done, once, as a batch of its own. */
  undo(who: Principal, id: string): Promise<BatchView> {
    const { workspaceId } = who;
    return this.database.transaction({ workspaceId }, async (tx) => {
      // two who press at once stand in line here
      await tx.query('SELECT 1 FROM moderation_batches WHERE workspace_id = $1 AND id = $2 FOR UPDATE', [
        workspaceId,
        id,
      ]);
      const batch = await this.repository.batch(tx, workspaceId, id);
      if (!batch) throw notFound('batch');
      const action = UNDONE_BY[batch.action];
      if (!action)
        throw new DomainError('capability_missing', `"${batch.action}" cannot be taken back.`, {
          action: batch.action,
        });
      if (batch.undoneBy)
        throw new DomainError('conflict', 'This batch was taken back already.', { batchId: batch.undoneBy });
      if (!batch.finishedAt)
        throw new DomainError('conflict', 'This batch is still at work; take it back when it has ended.');
      const found = await this.named(tx, who, await this.repository.doneIn(tx, workspaceId, id));
      return this.start(tx, who, { action, reason: batch.reason, undoOf: id }, found);
    });
  }

  /** One id that is not there, or not the caller's to see, refuses them all, so that ids cannot be probed. */
  private async named(tx: Tx, who: Principal, messageIds: readonly string[]): Promise<ModerationSubject[]> {
    const ids = new Set(messageIds);
    const found = await this.repository.subjects(tx, who.workspaceId, [...ids]);
    if (found.length < ids.size || !found.every((subject) => canSee(who, subject))) throw notFound('message');
    return found;
  }

  private async matching(tx: Tx, who: Principal, filter: MessageFilter): Promise<ModerationSubject[]> {
    const found = await this.repository.matching(tx, who.workspaceId, filter, BATCH_AT_MOST + 1);
    if (found.length > BATCH_AT_MOST) {
      throw new DomainError('validation_failed', `More than ${BATCH_AT_MOST} messages fit; narrow the filter.`, {
        fields: [{ path: 'filter', problem: `fits more than ${BATCH_AT_MOST} messages` }],
      });
    }
    return found.filter((subject) => canSee(who, subject));
  }

  private async start(
    tx: Tx,
    who: Principal,
    { action, reason, undoOf }: { action: ModerationAction; reason: string; undoOf: string | null },
    found: readonly ModerationSubject[],
  ): Promise<BatchView> {
    const { workspaceId } = who;
    const items: NewItem[] = [];
    for (const subject of found) {
      const refusal = await this.refusal(action, subject);
      const failed = refusal ? { code: refusal.code, error: refusal.reason } : {};
      items.push({ messageId: subject.id, channelId: subject.channelId, ...failed });
    }
    const at = this.clock.now();
    const of = { batchId: uuidv7(at.getTime()), action, reason: cleanText(reason), actor: agent(who), at };
    await this.repository.addBatch(tx, workspaceId, {
      ...of,
      id: of.batchId,
      undoOf,
      total: items.length,
      failed: items.filter((item) => item.code).length,
      createdAt: at,
    });
    const ids = await this.repository.addItems(tx, workspaceId, of, items);
    this.jobs.enqueue(
      tx,
      ...ids.flatMap((id, i) => (items[i]!.code ? [] : [moderationJob(workspaceId, { id, batchId: of.batchId })])),
    );
    return this.view(tx, workspaceId, of.batchId);
  }

  private async refusal(action: ModerationAction, subject: ModerationSubject): Promise<ModerationRefusal | null> {
    const channel = await this.directory.channel(subject.channelId);
    const capabilities = channel && this.connectors.of(channel.kind).capabilities(channel.kind, channel.settings);
    return refuseModeration(action, { ...subject, capabilities: capabilities?.[subject.kind] }, this.clock.now());
  }

  private async view(tx: Tx, workspaceId: string, id: string): Promise<BatchView> {
    const batch = await this.repository.batch(tx, workspaceId, id);
    if (!batch) throw notFound('batch');
    return { ...batch, failed: withReasonWords(await this.repository.failures(tx, workspaceId, id)) };
  }
}

const canSee = (who: Principal, { teamId, assigneeId }: ModerationSubject): boolean =>
  canSeeTicket(who, { teamId, assigneeId });
