import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { room, ticketAudience } from '../outbox/audience';
import { type DomainEvent, event, isEvent, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Subscriptions } from '../outbox/subscriptions';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { RetryLater } from '../platform/errors';
import { LOGGER } from '../platform/logger';
import { ChannelDirectory, type DirectoryChannel } from './channel-directory';
import type { ChannelConnector } from './connector';
import type { Description, PersonFacts } from './describing';
import { Connectors } from './connectors/registry';
import { EnrichmentRepository, type Unknown, type Wanted } from './enrichment.repository';

export const DESCRIBE_POST_JOB = 'channels.describe_post';
export const DESCRIBE_PERSON_JOB = 'channels.describe_person';
export const DESCRIBE_MESSAGE_JOB = 'channels.describe_message';

const MAX_ATTEMPTS = 10; // with the backoff at least seven hours of outage; then it lies there for a person to run again
const NOTHING_FOR_MS = 10 * 60_000; // a post that is withheld is not asked for again with each of its commenters
const NOTHING_AT_MOST = 5_000; // such answers remembered; each is a hint only
const CAUGHT_UP = 500; // conversations looked through when a channel works again
const CONVERSATIONS_TOLD = 200; // of one post; whoever opens another one reads the post anyway

/**
 * Asks the network for what its events leave out: the post above its comments, the name behind a scoped id, the words of
 * a mention. It comes
 * after the message and beside it, so a network that is slow, refuses or knows nothing takes nothing away.
 */
@Injectable()
export class Enrichment implements OnModuleInit {
  /** What the network told nothing about: which channel row it was asked through, and when (ms since 1970). */
  private readonly nothing = new Map<string, { channelUpdatedAt: number; at: number }>();

  constructor(
    private readonly database: Database,
    private readonly repository: EnrichmentRepository,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
    private readonly jobs: JobQueue,
    private readonly subscriptions: Subscriptions,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(DESCRIBE_POST_JOB, (job) => this.describePost(job), { queue: 'maintenance' });
    this.jobs.handle(DESCRIBE_PERSON_JOB, (job) => this.describePerson(job), { queue: 'maintenance' });
    this.jobs.handle(DESCRIBE_MESSAGE_JOB, (job) => this.describeMessage(job), { queue: 'maintenance' });
    this.subscriptions.subscribe({
      name: 'channels.enrich',
      types: ['conversation.opened', 'channel.state_changed'],
      handle: async (tx, events) => {
        await this.opened(tx, events);
        for (const e of events)
          if (isEvent(e, 'channel.state_changed') && e.data.to === 'active')
            await this.connected(tx, e.workspaceId, e.data.channelId);
      },
    });
  }

  private async opened(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const workspaceId = events[0]?.workspaceId; // a batch is of one workspace
    if (!workspaceId) return;
    const ids = (kind: 'comment' | 'dm') =>
      events.flatMap((e) =>
        isEvent(e, 'conversation.opened') && e.data.kind === kind ? (e.conversationId ?? []) : [],
      );
    const comments = ids('comment');
    await this.enqueueUnknown(tx, workspaceId, comments, [...comments, ...ids('dm')]);
  }

  /** A channel works again: what could not be asked meanwhile is, the newest first. */
  private async connected(tx: Tx, workspaceId: string, channelId: string): Promise<void> {
    const ids = await this.repository.newestConversations(tx, workspaceId, channelId, CAUGHT_UP);
    await this.enqueueUnknown(tx, workspaceId, ids, ids);
  }

  private async enqueueUnknown(
    tx: Tx,
    workspaceId: string,
    comments: readonly string[],
    all: readonly string[],
  ): Promise<void> {
    const posts = comments.length > 0 ? await this.repository.unknownPosts(tx, workspaceId, comments) : [];
    const people = all.length > 0 ? await this.repository.unknownPeople(tx, workspaceId, all) : [];
    this.enqueue(tx, workspaceId, DESCRIBE_POST_JOB, posts, (connector) => connector.describePost !== undefined);
    const messages = all.length > 0 ? await this.repository.unknownMessages(tx, workspaceId, all) : [];
    this.enqueue(tx, workspaceId, DESCRIBE_PERSON_JOB, people, (connector) => connector.describePerson !== undefined);
    this.enqueue(tx, workspaceId, DESCRIBE_MESSAGE_JOB, messages, (one) => one.describeMessage !== undefined);
  }

  private enqueue(
    tx: Tx,
    workspaceId: string,
    name: string,
    unknown: readonly Unknown[],
    canAsk: (connector: ChannelConnector) => boolean,
  ): void {
    for (const { id, channelKind } of unknown) {
      if (!canAsk(this.connectors.of(channelKind))) continue;
      const payload = { id };
      this.jobs.enqueue(tx, {
        workspaceId,
        queue: 'maintenance',
        name,
        payload,
        dedupeKey: id,
        maxAttempts: MAX_ATTEMPTS,
      });
    }
  }

  private async describePost(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { id } = job.payload as { id: string };
    const facts = await this.ask(
      job,
      (tx) => this.repository.wantedPost(tx, workspaceId, id),
      (connector, channel, externalId) => connector.describePost?.(channel, externalId, channel.credentials),
    );
    if (!facts) return;
    await this.database.lean({ workspaceId }, async (tx) => {
      if (!(await this.repository.fillPost(tx, workspaceId, id, facts))) return;
      const conversations = await this.repository.conversationsOf(tx, workspaceId, id, CONVERSATIONS_TOLD);
      for (const { ticketId, teamId, assigneeId, conversationId, contactId } of conversations) {
        const audience = ticketAudience({ id: ticketId, teamId, assigneeId });
        const subject = { ticketId, conversationId, contactId };
        this.outbox.record(
          tx,
          event(workspaceId, 'conversation.post_described', SYSTEM, subject, audience, { postId: id }),
        );
      }
    });
  }

  private async describePerson(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { id } = job.payload as { id: string };
    const facts = await this.ask(
      job,
      (tx) => this.repository.wantedPerson(tx, workspaceId, id),
      (connector, channel, externalId) => connector.describePerson?.(channel, externalId, channel.credentials),
    );
    if (!facts) return;
    await this.database.lean({ workspaceId }, (tx) => this.name(tx, workspaceId, id, facts));
  }

  private async describeMessage(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { id } = job.payload as { id: string };
    const facts = await this.ask(
      job,
      (tx) => this.repository.wantedMessage(tx, workspaceId, id),
      (connector, channel, externalId) => connector.describeMessage?.(channel, externalId, channel.credentials),
    );
    if (!facts) return;
    await this.database.lean({ workspaceId }, async (tx) => {
      const message = await this.repository.fillMessage(tx, workspaceId, id, facts.text);
      if (!message) return;
      const { conversationId, contactId, identityId, ticketId, teamId, assigneeId, version } = message;
      if (facts.author && identityId) await this.name(tx, workspaceId, identityId, facts.author);
      const audience = ticketId ? ticketAudience({ id: ticketId, teamId, assigneeId }) : [room.leads];
      const subject = { ticketId, conversationId, contactId, messageId: id };
      this.outbox.record(tx, event(workspaceId, 'message.edited', SYSTEM, subject, audience, { version }));
    });
  }

  private async name(tx: Tx, workspaceId: string, identityId: string, facts: PersonFacts): Promise<void> {
    const filled = await this.repository.fillPerson(tx, workspaceId, identityId, facts);
    if (!filled?.named) return;
    const { contactId } = filled;
    this.outbox.record(
      tx,
      event(workspaceId, 'contact.changed', SYSTEM, { contactId }, [room.leads, room.lobby], { fields: ['name'] }),
    );
  }

  /** Asks the network outside of any transaction. @returns undefined when there is nothing to ask or nothing to learn */
  private async ask<Facts>(
    job: RunningJob,
    find: (tx: Tx) => Promise<Wanted | undefined>,
    call: (
      connector: ChannelConnector,
      channel: DirectoryChannel,
      externalId: string,
    ) => Promise<Description<Facts>> | undefined,
  ): Promise<Facts | undefined> {
    const { workspaceId } = job;
    const wanted = await this.database.lean({ workspaceId }, find);
    if (!wanted || wanted.channelState !== 'active' || this.toldNothing(job, wanted)) return undefined;
    const channel = await this.directory.since(wanted.channelId, wanted.channelUpdatedAt);
    if (!channel) return undefined; // its credentials do not open
    const started = Date.now();
    const answer = await call(this.connectors.of(channel.kind), channel, wanted.externalId);
    if (!answer) return undefined;
    this.log.info({
      event: 'channels.described',
      workspaceId,
      channelId: channel.id,
      job: job.name,
      attempt: job.attempt,
      outcome: answer.status,
      reason: 'reason' in answer ? answer.reason : undefined,
      ms: Date.now() - started,
    });
    if (answer.status === 'retry') throw new RetryLater(answer.reason, answer.afterMs);
    if (answer.status === 'found') return answer.facts;
    if (this.nothing.size >= NOTHING_AT_MOST) this.nothing.clear();
    const at = this.clock.now().getTime();
    this.nothing.set(keyOf(job), { channelUpdatedAt: wanted.channelUpdatedAt.getTime(), at });
    return undefined;
  }

  /** Whether the network had nothing to tell a moment ago, through the channel as it still is. */
  private toldNothing(job: RunningJob, { channelUpdatedAt }: Wanted): boolean {
    const before = this.nothing.get(keyOf(job));
    return (
      before?.channelUpdatedAt === channelUpdatedAt.getTime() && this.clock.now().getTime() - before.at < NOTHING_FOR_MS
    );
  }
}

const keyOf = ({ name, payload }: RunningJob) => `${name} ${String(payload['id'])}`;
