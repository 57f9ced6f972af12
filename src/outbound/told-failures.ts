import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ChannelDirectory } from '../channels/channel-directory';
import { ChannelsService } from '../channels/channels.service';
import { patience } from '../inbox/conversations/delivery';
import { JobQueue } from '../jobs/job-queue';
import type { NewJob, RunningJob } from '../jobs/jobs';
import { room, ticketAudience } from '../outbox/audience';
import { type DomainEvent, event, type Remedy, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { ChannelBudgets } from './channel-budgets';
import { OutboundRepository } from './outbound.repository';
import { sendJob } from './send-job';

const TOLD_JOB = 'outbound.told_failure';
const MAX_TRIES = 12; // with the waits between them an hour and a half
const NOT_SOONER_MS = 60_000; // a network that gave up and delivered nevertheless says so within as long
const PAUSE_MS = 60_000; // where it does not say how long

/**
 * Some networks take a message and tell only afterwards that they could not deliver it. Where time heals that, it goes out
 * again by itself, as it would had the call been answered so; where the account is in trouble, the channel is held.
 */
@Injectable()
export class ToldFailures implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: OutboundRepository,
    private readonly directory: ChannelDirectory,
    private readonly channels: ChannelsService,
    private readonly budgets: ChannelBudgets,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(TOLD_JOB, (job) => this.heed(job), { queue: 'outbound' });
  }

  /** In the transaction that hears of it. */
  hear(tx: Tx, { workspaceId, messageId, at, data }: DomainEvent<'message.delivery_changed'>): void {
    if (data.to === 'failed' && data.remedy && messageId)
      this.jobs.enqueue(tx, toldJob(workspaceId, { messageId, remedy: data.remedy, at: at.getTime() }));
  }

  private async heed(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { messageId, remedy, at } = job.payload as unknown as Told;
    await this.database.transaction({ workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      const failed = await this.repository.toldFailed(tx, workspaceId, messageId);
      if (!failed || failed.attempts >= MAX_TRIES) return; // it has arrived after all, or a person decides
      if (remedy.is === 'reconnect') {
        const channel = await this.directory.named(failed.channelId);
        // what was repaired since is not broken by old news
        if (channel && channel.updatedAt.getTime() < at) await this.channels.needsReconnect(tx, channel, failed.reason);
      } else if (remedy.whole)
        await this.budgets.pause(tx, workspaceId, failed.channelId, remedy.afterMs ?? PAUSE_MS, failed.reason);
      const asked = remedy.is === 'again' ? (remedy.afterMs ?? 0) : 0;
      const waitMs = Math.max(asked, patience(failed.attempts), NOT_SOONER_MS);
      const until = new Date(this.clock.now().getTime() + waitMs);
      await this.repository.putBack(tx, workspaceId, messageId, until);
      const { ticketId, teamId, assigneeId, conversationId, contactId, reason, code } = failed;
      const audience = ticketId ? ticketAudience({ id: ticketId, teamId, assigneeId }) : [room.leads];
      const data = { from: 'failed', to: 'queued', reason, code: code ?? undefined };
      const subject = { ticketId, conversationId, contactId, messageId };
      this.outbox.record(tx, event(workspaceId, 'message.delivery_changed', SYSTEM, subject, audience, data));
      this.jobs.enqueue(tx, sendJob(workspaceId, conversationId));
    });
  }
}

interface Told {
  messageId: string;
  remedy: Remedy;
  /** When it was told, in milliseconds since 1970. */
  at: number;
}

const toldJob = (workspaceId: string, told: Told): NewJob => ({
  workspaceId,
  queue: 'outbound',
  name: TOLD_JOB,
  payload: { ...told },
  dedupeKey: told.messageId,
});
