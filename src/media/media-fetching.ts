import { createHash } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { ChannelDirectory, type DirectoryChannel } from '../channels/channel-directory';
import type { MediaSource, MediaWanted } from '../channels/media';
import { Connectors } from '../channels/connectors/registry';
import { StoredDeliveries } from '../channels/ingress/stored-deliveries';
import { dispatcherFor } from '../channels/egress';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { room, ticketAudience } from '../outbox/audience';
import { event, isEvent, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Subscriptions } from '../outbox/subscriptions';
import { Clock } from '../platform/clock';
import { Config } from '../platform/config';
import { Database, type Tx } from '../platform/database';
import { DomainError, RetryLater } from '../platform/errors';
import { LOGGER } from '../platform/logger';
import { safeName, sniffType } from './file-kind';
import { NO_ROOM } from './file-quota';
import { FileQuota, type KeptFile } from './file-quota.service';
import { FETCH_ATTEMPTS, FETCH_JOB, fetchJob } from './media-jobs';
import { MediaRepository, type WantedFile } from './media.repository';
import { fetchMedia, type MediaAnswer } from './safe-fetch';

const TIMEOUT_MS = 60_000;
const AT_ONCE = 4; // files are whole in memory while they are checked
const FRESH_LINK_MS = 30_000;
const HELD_AT_MOST = 1_000; // fetched when a channel works again; whoever misses an older one has the button

type Fetched = Exclude<MediaAnswer, { status: 'retry' }>;

/**
 * Fetches what customers sent, after the message and beside it: the text is there whatever becomes of the file. Only
 * this asks the network for files; nothing does so while a request waits.
 */
@Injectable()
export class MediaFetching implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: MediaRepository,
    private readonly quota: FileQuota,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
    private readonly deliveries: StoredDeliveries,
    private readonly jobs: JobQueue,
    private readonly subscriptions: Subscriptions,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(FETCH_JOB, (job) => this.fetch(job), { queue: 'media', concurrency: AT_ONCE, leaseMs: 120_000 });
    this.subscriptions.subscribe({
      name: 'media.fetch',
      types: ['message.received', 'message.attachments_changed'],
      handle: async (tx, events) => {
        const messageIds = events.flatMap((e) =>
          e.messageId && (!isEvent(e, 'message.received') || (e.data.attachments ?? 0) > 0) ? [e.messageId] : [],
        );
        const workspaceId = events[0]?.workspaceId; // a batch is of one workspace
        if (!workspaceId || messageIds.length === 0) return;
        for (const id of await this.repository.markWanted(tx, workspaceId, messageIds))
          this.jobs.enqueue(tx, fetchJob(workspaceId, id));
      },
    });
    this.subscriptions.subscribe({
      name: 'media.resume',
      types: ['channel.state_changed'],
      handle: async (tx, events) => {
        for (const e of events)
          if (isEvent(e, 'channel.state_changed') && e.data.to === 'active')
            for (const id of await this.repository.heldOf(tx, e.workspaceId, e.data.channelId, HELD_AT_MOST))
              this.jobs.enqueue(tx, fetchJob(e.workspaceId, id));
      },
    });
  }

  /** @returns false when there is no such file to be fetched again */
  async again(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
    const wanted = await this.repository.wantAgain(tx, workspaceId, id);
    if (wanted) this.jobs.enqueue(tx, fetchJob(workspaceId, id));
    return wanted;
  }

  private async fetch(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { id } = job.payload as { id: string };
    const wanted = await this.database.lean({ workspaceId }, (tx) => this.repository.wanted(tx, workspaceId, id));
    if (wanted?.state !== 'pending' || wanted.over) return;
    // a token is being repaired: no try is counted, and the channel's return brings the files with it
    if (wanted.channelState === 'needs_reconnect') return;
    if (!(await this.quota.hasRoom(workspaceId))) return this.withoutRoom(workspaceId, wanted, null);
    const channel = await this.directory.since(wanted.channelId, wanted.channelUpdatedAt);
    const answer = channel
      ? await this.ask(channel, wanted)
      : { status: 'retry' as const, reason: 'The channel is not connected.' };
    this.log.info({
      event: 'media.fetched',
      workspaceId,
      channelId: wanted.channelId,
      attachmentId: id,
      attempt: job.attempt,
      outcome: answer.status,
      reason: 'reason' in answer ? answer.reason : undefined,
    });
    const last = job.attempt >= FETCH_ATTEMPTS;
    if (answer.status === 'retry' && !last) throw new RetryLater(answer.reason, answer.afterMs);
    // a link that expired may be had afresh: the network is asked for it once more
    if (answer.status === 'gone' && job.attempt === 1) throw new RetryLater(answer.reason, FRESH_LINK_MS);
    await this.settle(workspaceId, wanted, answer.status === 'retry' ? { ...answer, status: 'refused' } : answer);
  }

  private async ask(channel: DirectoryChannel, wanted: WantedFile): Promise<MediaAnswer> {
    const source = await this.sourceOf(channel, wanted);
    if (source.status === 'absent') return { status: 'gone', reason: source.reason };
    if (source.status !== 'found') return source;
    if (source.bytes) return this.given(source.bytes);
    const { apiBaseUrl } = channel.settings;
    return fetchMedia({
      url: source.url,
      headers: source.headers,
      hosts: source.hosts,
      trustedOrigin: apiBaseUrl && URL.canParse(apiBaseUrl) ? new URL(apiBaseUrl).origin : undefined,
      maxBytes: this.config.MEDIA_MAX_BYTES,
      timeoutMs: TIMEOUT_MS,
      sha256: source.sha256,
      proxy: channel.credentials['proxyUrl'] ? dispatcherFor(channel.credentials) : undefined,
    });
  }

  private async sourceOf(channel: DirectoryChannel, wanted: WantedFile): Promise<MediaSource> {
    const { kind, url, meta, messageExternalId } = wanted;
    const connector = this.connectors.of(channel.kind);
    if (!connector.media)
      return url === null
        ? { status: 'absent', reason: 'There is no address to fetch it from.' }
        : { status: 'found', url };
    try {
      const message = { externalId: messageExternalId, receivedAt: wanted.receivedAt };
      const asked: MediaWanted = {
        kind,
        url: url ?? undefined,
        meta: meta ?? undefined,
        messageExternalId,
        delivery: () => this.deliveries.of(channel, message),
      };
      return await connector.media(channel, asked, channel.credentials);
    } catch (error) {
      return { status: 'retry', reason: error instanceof Error ? error.message : 'The look-up broke off.' };
    }
  }

  private given(bytes: Buffer): MediaAnswer {
    if (bytes.length > this.config.MEDIA_MAX_BYTES)
      return { status: 'refused', reason: `The file is larger than ${this.config.MEDIA_MAX_BYTES} bytes.` };
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { status: 'fetched', bytes, sha256, mimeType: null };
  }

  private async settle(workspaceId: string, wanted: WantedFile, answer: Fetched): Promise<void> {
    if (answer.status !== 'fetched') {
      const state = answer.status === 'gone' ? 'gone' : 'failed';
      return this.write(workspaceId, wanted, (tx) =>
        this.repository.missed(tx, workspaceId, wanted.id, state, answer.reason),
      );
    }
    const { bytes } = answer;
    const mimeType = await sniffType(bytes, answer.mimeType ?? wanted.mimeType);
    const kept = await this.keep(workspaceId, bytes, mimeType); // first the bytes, then the row that names them
    if (!kept) return this.withoutRoom(workspaceId, wanted, bytes.length);
    const name = wanted.name === null ? null : safeName(wanted.name, wanted.kind);
    await this.write(workspaceId, wanted, (tx) =>
      this.repository.stored(
        tx,
        workspaceId,
        wanted.id,
        { ...kept, mimeType, sizeBytes: bytes.length, name },
        this.clock.now(),
      ),
    );
  }

  private async keep(workspaceId: string, bytes: Buffer, mimeType: string): Promise<KeptFile | undefined> {
    try {
      return await this.quota.keep(workspaceId, bytes, mimeType);
    } catch (error) {
      if (error instanceof DomainError && error.code === NO_ROOM) return undefined;
      throw error;
    }
  }

  /** The text stands; the file is fetched when there is room again, or when an agent asks for it. */
  private withoutRoom(workspaceId: string, wanted: WantedFile, sizeBytes: number | null): Promise<void> {
    return this.write(workspaceId, wanted, (tx) =>
      this.repository.withoutRoom(tx, workspaceId, wanted.id, NO_ROOM, sizeBytes),
    );
  }

  private write(workspaceId: string, wanted: WantedFile, change: (tx: Tx) => Promise<boolean>): Promise<void> {
    return this.database.lean({ workspaceId }, async (tx) => {
      if (!(await change(tx))) return;
      const { ticketId, teamId, assigneeId, conversationId, contactId, messageId } = wanted;
      const audience = ticketId ? ticketAudience({ id: ticketId, teamId, assigneeId }) : [room.leads];
      this.outbox.record(
        tx,
        event(
          workspaceId,
          'message.attachments_changed',
          SYSTEM,
          { ticketId, conversationId, contactId, messageId },
          audience,
          { attachmentIds: [wanted.id] },
        ),
      );
    });
  }
}
