import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { JobQueue } from '../jobs/job-queue';
import type { NewJob, RunningJob } from '../jobs/jobs';
import { ticketAudience } from '../outbox/audience';
import { event, isEvent, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Subscriptions } from '../outbox/subscriptions';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { BroadcastsRepository } from './broadcasts.repository';
import { capabilitiesFor } from './capabilities';
import { ChannelDirectory, type DirectoryChannel } from './channel-directory';
import { Connectors } from './connectors/registry';
import type { BroadcastState } from './describing';
import { EnrichmentRepository } from './enrichment.repository';

export const WATCH_BROADCAST_JOB = 'channels.watch_broadcast';

const ASKED_EVERY_MS = 2 * 60_000; // an agent who still hopes to answer should not hope much longer
const CONVERSATIONS_TOLD = 200; // of one broadcast; whoever opens another one reads how it stands

/**
 * Comments under a broadcast can be answered only while it runs, and no network announces its end. So it is asked every
 * two minutes, from the first comment until it is over or must be over; a reply it refuses for that reason tells as well.
 */
@Injectable()
export class Broadcasts implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: BroadcastsRepository,
    private readonly conversations: EnrichmentRepository,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
    private readonly jobs: JobQueue,
    private readonly subscriptions: Subscriptions,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(WATCH_BROADCAST_JOB, (job) => this.watch(job), { queue: 'channels' });
    this.subscriptions.subscribe({
      name: 'channels.broadcasts',
      types: ['conversation.opened'],
      handle: async (tx, events) => {
        const comments = events.flatMap((e) =>
          isEvent(e, 'conversation.opened') && e.data.kind === 'comment' ? (e.conversationId ?? []) : [],
        );
        const workspaceId = events[0]?.workspaceId; // a batch is of one workspace
        if (workspaceId && comments.length > 0) await this.found(tx, workspaceId, comments);
      },
    });
  }

  /** A reply was refused because the broadcast above its conversation is over. */
  async toldOver(tx: Tx, workspaceId: string, conversationId: string): Promise<void> {
    const postId = await this.repository.postOf(tx, workspaceId, conversationId);
    if (postId !== undefined) await this.over(tx, workspaceId, postId);
  }

  private async found(tx: Tx, workspaceId: string, conversationIds: readonly string[]): Promise<void> {
    const posts = await this.repository.postsAbove(tx, workspaceId, conversationIds);
    for (const { postId, postKind, subtypes, channelKind } of posts) {
      const connector = this.connectors.of(channelKind);
      const comment = connector.broadcasts && connector.capabilities(channelKind).comment;
      const live = [null, ...subtypes].some(
        (subtype) => comment && capabilitiesFor(comment, { subtype, postKind }).underBroadcast,
      );
      if (live) this.jobs.enqueue(tx, watchJob(workspaceId, postId));
    }
  }

  private async watch(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { postId } = job.payload as { postId: string };
    const asked = await this.database.lean({ workspaceId }, (tx) => this.repository.find(tx, workspaceId, postId));
    if (!asked || asked.endedAt || asked.channelState === 'disabled') return;
    const channel = await this.directory.since(asked.channelId, asked.channelUpdatedAt);
    if (!channel) return; // its credentials do not open
    const now = this.clock.now();
    const rule = this.connectors.of(channel.kind).capabilities(channel.kind, channel.settings).comment?.broadcast;
    if (!rule?.privateReply || now.getTime() >= asked.from.getTime() + rule.privateReply.withinMs) return;
    const state = await this.ask(channel, asked.externalId);
    this.log.info({ event: 'channels.broadcast_asked', workspaceId, channelId: channel.id, outcome: state.status });
    // what could never be read tells nothing by not being readable now
    const over = state.status === 'over' && asked.seenAt !== null;
    const afterMs = Math.max(ASKED_EVERY_MS, 'afterMs' in state ? (state.afterMs ?? 0) : 0);
    await this.database.lean({ workspaceId }, async (tx) => {
      if (over) return this.over(tx, workspaceId, postId);
      if (state.status === 'running') await this.repository.seen(tx, workspaceId, postId, now);
      this.jobs.enqueue(tx, { ...watchJob(workspaceId, postId), runAt: new Date(now.getTime() + afterMs) });
    });
  }

  private async ask(channel: DirectoryChannel, postExternalId: string): Promise<BroadcastState> {
    const connector = this.connectors.of(channel.kind);
    if (channel.state !== 'active' || !connector.broadcasts)
      return { status: 'cannot_tell', reason: 'The channel cannot be asked at the moment.' };
    return connector.broadcasts(channel, postExternalId, channel.credentials);
  }

  private async over(tx: Tx, workspaceId: string, postId: string): Promise<void> {
    if (!(await this.repository.ended(tx, workspaceId, postId, this.clock.now()))) return;
    const told = await this.conversations.conversationsOf(tx, workspaceId, postId, CONVERSATIONS_TOLD);
    for (const { ticketId, teamId, assigneeId, conversationId, contactId } of told) {
      const audience = ticketAudience({ id: ticketId, teamId, assigneeId });
      const subject = { ticketId, conversationId, contactId };
      this.outbox.record(tx, event(workspaceId, 'conversation.post_described', SYSTEM, subject, audience, { postId }));
    }
  }
}

const watchJob = (workspaceId: string, postId: string): NewJob => ({
  workspaceId,
  queue: 'channels',
  name: WATCH_BROADCAST_JOB,
  payload: { postId },
  dedupeKey: postId,
});
