import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { ChannelDirectory, type DirectoryChannel } from '../channels/channel-directory';
import { SendingTrouble } from '../channels/care/sending-trouble';
import { ChannelsService } from '../channels/channels.service';
import type { SendOutcome } from '../channels/sending';
import { Connectors } from '../channels/connectors/registry';
import { patience } from '../inbox/conversations/delivery';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { room } from '../outbox/audience';
import { event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { GiveUp, RetryLater } from '../platform/errors';
import { LOGGER } from '../platform/logger';
import { pauseOf, SECRETS_CLOSED } from './attempt';
import { ChannelBudgets } from './channel-budgets';
import { ModerationRecord } from './moderation-record';
import { isWorthTelling, refuseModeration } from './moderation-rules';
import {
  MODERATE_BULK_JOB,
  MODERATE_JOB,
  type ModerationItem,
  ModerationRepository,
  type ModerationSubject,
} from './moderation.repository';

const MAX_TRIES = 12;

/** What a run came to: over, held with the channel, to be tried again, or for a person. */
type End =
  { is: 'over' | 'held' } | { is: 'later'; reason: string; afterMs: number } | { is: 'parked'; reason: string };

/**
 * Does one moderation item at the network. Each action ends in the same state however often it is done, so doubt is
 * answered by doing it again, and a run that was killed is simply run once more; what is written down, is written once.
 */
@Injectable()
export class ModerationWorker implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: ModerationRepository,
    private readonly record: ModerationRecord,
    private readonly directory: ChannelDirectory,
    private readonly channels: ChannelsService,
    private readonly connectors: Connectors,
    private readonly budgets: ChannelBudgets,
    private readonly trouble: SendingTrouble,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(MODERATE_JOB, (job) => this.carryOut(job), { queue: 'outbound', leaseMs: 60_000 });
    this.jobs.handle(MODERATE_BULK_JOB, (job) => this.carryOut(job), { queue: 'maintenance', leaseMs: 60_000 });
  }

  private async carryOut(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { itemId } = job.payload as { itemId: string };
    const { item, subject, twin } = await this.database.lean({ workspaceId }, async (tx) => {
      const known = await this.repository.item(tx, workspaceId, itemId);
      if (!known) throw new GiveUp('There is no such request any more.');
      const subject = await this.repository.subject(tx, workspaceId, known.messageId);
      if (known.state !== 'failed' || known.batchId) return { item: known, subject, twin: false };
      // a single one that failed comes here again because a person asked for it, or it was asked for by two jobs at once
      if (await this.repository.isTwin(tx, job, itemId)) return { item: known, subject, twin: true };
      await this.repository.requeue(tx, workspaceId, itemId);
      return { item: { ...known, state: 'queued' as const, attempts: 0 }, subject, twin: false };
    });
    if (twin || item.state === 'done' || (item.state === 'failed' && item.batchId)) return;
    if (item.channelState !== 'active' || item.paused) return; // held: it goes on when the channel works again
    const channel = await this.directory.since(item.channelId, item.channelUpdatedAt);
    if (!channel) throw new RetryLater(SECRETS_CLOSED.reason, SECRETS_CLOSED.afterMs, { counts: false });
    const started = Date.now();
    const calledAt = this.clock.now();
    const outcome = await this.call(channel, item, subject);
    this.log.info({
      event: 'outbound.moderated',
      workspaceId,
      channelId: channel.id,
      messageId: item.messageId,
      action: item.action,
      outcome: outcome.status,
      ms: Date.now() - started,
    });
    const end = await this.database.transaction({ workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      return this.settle(tx, workspaceId, channel, item, outcome, calledAt);
    });
    if (end.is === 'later') throw new RetryLater(end.reason, end.afterMs);
    if (end.is === 'parked') throw new GiveUp(end.reason);
  }

  private async call(
    channel: DirectoryChannel,
    item: ModerationItem,
    subject: ModerationSubject | undefined,
  ): Promise<SendOutcome> {
    if (!subject?.externalId)
      return { status: 'failed', code: 'object_gone', reason: 'The message is not there any more.', fix: 'none' };
    // it may have waited with its channel: a window that closed meanwhile is not tried
    const facts = { ...subject, capabilities: this.capabilities(channel, subject) };
    const refusal = refuseModeration(item.action, facts, this.clock.now());
    if (refusal?.code === 'window_closed')
      return { status: 'failed', code: refusal.code, reason: refusal.reason, fix: 'none' };
    const target = {
      messageExternalId: subject.externalId,
      authorExternalId: subject.direction === 'in' ? subject.authorExternalId : undefined,
      postExternalId: subject.postExternalId ?? undefined,
      threadKind: subject.kind,
    };
    try {
      return await this.connectors.of(channel.kind).moderate(channel, item.action, target, channel.credentials);
    } catch (error) {
      return { status: 'retry', reason: error instanceof Error ? error.message : 'The call broke off.' };
    }
  }

  private capabilities({ kind, settings }: DirectoryChannel, subject: ModerationSubject) {
    return this.connectors.of(kind).capabilities(kind, settings)[subject.kind];
  }

  private async settle(
    tx: Tx,
    workspaceId: string,
    channel: DirectoryChannel,
    item: ModerationItem,
    outcome: SendOutcome,
    calledAt: Date,
  ): Promise<End> {
    const { reason } = 'reason' in outcome ? outcome : { reason: '' };
    if (outcome.status === 'reconnect') {
      const held = await this.channels.needsReconnect(tx, channel, reason);
      return held ? { is: 'held' } : { is: 'later', reason, afterMs: patience(0) };
    }
    const pause = pauseOf(outcome);
    if (pause !== undefined) {
      await this.budgets.pause(tx, workspaceId, channel.id, pause, reason);
      return { is: 'held' };
    }
    if (outcome.status === 'sent') {
      await this.done(tx, workspaceId, channel, item, calledAt);
      return { is: 'over' };
    }
    if (outcome.status !== 'failed' && item.attempts + 1 < MAX_TRIES) {
      await this.repository.countTry(tx, workspaceId, item.id);
      const asked = outcome.status === 'retry' ? outcome.afterMs : undefined;
      return { is: 'later', reason, afterMs: asked ?? patience(item.attempts) };
    }
    const code = outcome.status === 'failed' ? outcome.code : 'gave_up';
    if (outcome.status === 'failed' && outcome.fix === 'admin')
      await this.trouble.refused(tx, workspaceId, channel.id, outcome, 'moderation');
    const ended = await this.repository.settle(
      tx,
      workspaceId,
      item,
      { state: 'failed', code, error: reason },
      this.clock.now(),
    );
    if (ended) this.tell(tx, workspaceId, ended.batch);
    // a batch lists what failed; a single request waits for a person as a parked job
    return item.batchId ? { is: 'over' } : { is: 'parked', reason: `${reason} (${code})` };
  }

  private async done(
    tx: Tx,
    workspaceId: string,
    channel: DirectoryChannel,
    item: ModerationItem,
    calledAt: Date,
  ): Promise<void> {
    const now = this.clock.now();
    const subject = await this.repository.subject(tx, workspaceId, item.messageId);
    const ended = await this.repository.settle(tx, workspaceId, item, { state: 'done' }, now);
    if (!ended) return;
    if (subject) {
      const { likedAs } = this.capabilities(channel, subject) ?? {};
      const sign = { account: channel.externalId, like: likedAs ?? { reaction: 'like' }, calledAt };
      await this.record.write(tx, workspaceId, item, subject, now, sign);
    }
    this.tell(tx, workspaceId, ended.batch);
  }

  private tell(
    tx: Tx,
    workspaceId: string,
    batch: {
      id: string;
      action: string;
      actor: ModerationItem['actor'];
      total: number;
      done: number;
      failed: number;
    } | null,
  ): void {
    if (!batch || !isWorthTelling(batch)) return;
    const { id: batchId, action, total, done, failed, actor } = batch;
    const audience: string[] = [room.leads, ...(actor.id ? [room.agent(actor.id)] : [])];
    const data = { batchId, action, total, done, failed };
    this.outbox.record(tx, event(workspaceId, 'moderation.progress', actor, {}, audience, data));
  }
}
