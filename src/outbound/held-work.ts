import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { isEvent } from '../outbox/domain-event';
import { Subscriptions } from '../outbox/subscriptions';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { RetryLater } from '../platform/errors';
import { ChannelBudgets, RESUME_JOB, resumeJob } from './channel-budgets';
import { editJob, OwnEditsRepository } from './own-edits.repository';
import { ModerationRepository, moderationJob } from './moderation.repository';
import { noticeJob } from './notices/notice';
import { NoticesRepository } from './notices/notices.repository';
import { OutboundRepository } from './outbound.repository';
import { SEND_JOB, sendJob } from './send-job';
import { ToldFailures } from './told-failures';

const FEW = 8; // of a channel just out of a pause, to find out whether it works: as many as may be under way at once
const REST_MS = 30_000; // after which the others follow, should none of the few have found it away again

/**
 * Work that waits for its channel has no job of its own meanwhile: it stands in its rows. When the channel works again,
 * or its pause is over, everything that waits gets one.
 */
@Injectable()
export class HeldWork implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly deliveries: OutboundRepository,
    private readonly edits: OwnEditsRepository,
    private readonly moderation: ModerationRepository,
    private readonly notices: NoticesRepository,
    private readonly told: ToldFailures,
    private readonly budgets: ChannelBudgets,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly subscriptions: Subscriptions,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(RESUME_JOB, (job) => this.resume(job), { queue: 'outbound' });
    this.subscriptions.subscribe({
      name: 'outbound.follow',
      types: ['message.delivery_changed', 'channel.state_changed', 'conversation.merged'],
      handle: async (tx, events) => {
        for (const e of events) {
          if (isEvent(e, 'message.delivery_changed') && e.messageId)
            await this.deliveries.follow(tx, e.workspaceId, e.messageId, { to: e.data.to, code: e.data.code ?? null });
          if (isEvent(e, 'message.delivery_changed')) this.told.hear(tx, e);
          // the doubt is settled: what waits behind it in the conversation need not wait for the next look
          if (isEvent(e, 'message.delivery_changed') && e.data.from === 'unknown' && e.conversationId)
            await this.jobs.hurry(tx, e.workspaceId, SEND_JOB, e.conversationId);
          // what waited in the other thread waits in this one now
          if (isEvent(e, 'conversation.merged')) this.jobs.enqueue(tx, sendJob(e.workspaceId, e.data.into));
          if (isEvent(e, 'channel.state_changed') && e.data.to === 'active') {
            const conversations = await this.deliveries.release(tx, e.workspaceId, e.data.channelId);
            await this.wake(tx, e.workspaceId, e.data.channelId, conversations);
          }
        }
      },
    });
  }

  private async resume(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { channelId, rest = false } = job.payload as { channelId: string; rest?: boolean };
    const leftMs = await this.database.lean({ workspaceId }, async (tx) => {
      const ms = await this.budgets.pausedMs(tx, workspaceId, channelId);
      if (ms === 0) {
        const conversations = await this.deliveries.waiting(tx, workspaceId, channelId);
        await this.wake(tx, workspaceId, channelId, conversations, rest ? Infinity : FEW);
      } else if (rest) {
        // the few found it away still: a few try again after this pause
        this.jobs.enqueue(tx, resumeJob(workspaceId, channelId, new Date(this.clock.now().getTime() + ms)));
        return 0;
      }
      return ms;
    });
    if (leftMs > 0) throw new RetryLater('The network asked for a longer pause.', leftMs);
  }

  /** @param few so many of each kind now; should there be more, they come once one got through, or soon after */
  private async wake(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    conversations: readonly string[],
    few = Infinity,
  ): Promise<void> {
    const edits = await this.edits.waiting(tx, workspaceId, channelId);
    const moderation = await this.moderation.waiting(tx, workspaceId, channelId);
    this.jobs.enqueue(
      tx,
      ...conversations.slice(0, few).map((id) => sendJob(workspaceId, id)),
      ...edits.slice(0, few).map((id) => editJob(workspaceId, id)),
      ...moderation.slice(0, few).map((item) => moderationJob(workspaceId, item)),
      ...((await this.notices.release(tx, workspaceId, channelId)) ? [noticeJob(workspaceId, channelId)] : []),
    );
    if (Math.max(conversations.length, edits.length, moderation.length) <= few) return;
    const at = new Date(this.clock.now().getTime() + REST_MS);
    this.jobs.enqueue(tx, { ...resumeJob(workspaceId, channelId, at), payload: { channelId, rest: true } });
  }
}
