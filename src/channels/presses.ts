import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { isEvent } from '../outbox/domain-event';
import { Subscriptions } from '../outbox/subscriptions';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import { RetryLater } from '../platform/errors';
import { LOGGER } from '../platform/logger';
import { ChannelDirectory } from './channel-directory';
import { Connectors } from './connectors/registry';

const TAKE_PRESS_JOB = 'channels.take_press';
const WORTH_TELLING_MS = 60_000; // after that nobody looks at the button any more, and the network refuses the answer
const MAX_ATTEMPTS = 4;

interface Press {
  channelId: string;
  channelUpdatedAt: Date;
  receivedAt: Date;
  meta: Readonly<Record<string, unknown>> | null;
}

/** Whoever presses a button of ours sees at once that it was taken, whatever becomes of the answer. */
@Injectable()
export class Presses implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
    private readonly jobs: JobQueue,
    private readonly subscriptions: Subscriptions,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(TAKE_PRESS_JOB, (job) => this.take(job), { queue: 'channels' });
    this.subscriptions.subscribe({
      name: 'channels.presses',
      types: ['message.received'],
      handle: (tx, events) => {
        for (const e of events)
          if (isEvent(e, 'message.received') && e.data.pressed && e.messageId && !e.data.late)
            this.jobs.enqueue(tx, {
              workspaceId: e.workspaceId,
              queue: 'channels',
              name: TAKE_PRESS_JOB,
              payload: { messageId: e.messageId },
              dedupeKey: e.messageId,
              maxAttempts: MAX_ATTEMPTS,
            });
        return Promise.resolve();
      },
    });
  }

  private async take(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { messageId } = job.payload as { messageId: string };
    const press = await this.press(workspaceId, messageId);
    if (!press?.meta || this.clock.now().getTime() - press.receivedAt.getTime() > WORTH_TELLING_MS) return;
    const channel = await this.directory.since(press.channelId, press.channelUpdatedAt);
    const connector = channel && this.connectors.of(channel.kind);
    if (!connector?.takePress) return;
    const outcome = await connector.takePress(channel!, press.meta, channel!.credentials);
    const logged = { workspaceId, channelId: press.channelId, attempt: job.attempt, outcome: outcome.status };
    this.log.info({ event: 'channels.press_taken', ...logged });
    if (outcome.status === 'retry' && job.attempt < MAX_ATTEMPTS) throw new RetryLater(outcome.reason, outcome.afterMs);
  }

  private press(workspaceId: string, messageId: string): Promise<Press | undefined> {
    return this.database.lean({ workspaceId }, async (tx) => {
      // $1 workspace, $2 message
      const [row] = await tx.query<Press>(
        `SELECT m.channel_id AS "channelId", ch.updated_at AS "channelUpdatedAt", m.received_at AS "receivedAt", m.meta
         FROM messages m JOIN channels ch ON ch.workspace_id = m.workspace_id AND ch.id = m.channel_id
         WHERE m.workspace_id = $1 AND m.id = $2 AND ch.state = 'active'`,
        [workspaceId, messageId],
        'press',
      );
      return row;
    });
  }
}
