import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '../../jobs/job-queue';
import type { RunningJob } from '../../jobs/jobs';
import { isEvent } from '../../outbox/domain-event';
import { Subscriptions } from '../../outbox/subscriptions';
import { Database } from '../../platform/database';
import { GiveUp, RetryLater } from '../../platform/errors';
import { Secrets } from '../../platform/secrets';
import type { Credentials } from '../channel';
import { Connectors } from '../connectors/registry';
import { careJob } from './care-job';
import { CareRepository, type EndedChannel } from './care.repository';

const END_JOB = 'channels.end_subscription';

/**
 * The network's end of a channel follows ours: one that is connected or switched on is checked and subscribed at once,
 * and when the last channel of an account is switched off, the network is told to deliver no more.
 */
@Injectable()
export class NetworkEnds implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: CareRepository,
    private readonly connectors: Connectors,
    private readonly secrets: Secrets,
    private readonly jobs: JobQueue,
    private readonly subscriptions: Subscriptions,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'channels.network_ends',
      types: ['channel.connected', 'channel.state_changed'],
      handle: (tx, events) => {
        for (const e of events) {
          const { workspaceId } = e;
          if (isEvent(e, 'channel.connected')) this.jobs.enqueue(tx, careJob(workspaceId, e.data.channelId));
          if (!isEvent(e, 'channel.state_changed')) continue;
          const { channelId, to } = e.data;
          if (to === 'disabled')
            this.jobs.enqueue(tx, {
              workspaceId,
              queue: 'channels',
              name: END_JOB,
              payload: { channelId },
              dedupeKey: channelId,
            });
        }
        return Promise.resolve();
      },
    });
    this.jobs.handle(END_JOB, (job) => this.end(job), { queue: 'channels', leaseMs: 180_000 });
  }

  private async end(job: RunningJob): Promise<void> {
    const { channelId } = job.payload as { channelId: string };
    const row = await this.database.lean('system', (tx) => this.repository.ended(tx, job.workspaceId, channelId));
    if (!row) return; // switched on again, or another channel still lives on this account
    const connector = this.connectors.of(row.kind);
    if (!connector.unsubscribe) return;
    const problem = await connector.unsubscribe(row, this.opened(row));
    if (problem) throw new RetryLater(problem);
  }

  private opened(row: EndedChannel): Credentials {
    try {
      return this.secrets.open<Credentials>(row.credentials, row.id);
    } catch (error) {
      throw new GiveUp('Its credentials do not open; end the subscription at the network by hand.', { cause: error });
    }
  }
}
