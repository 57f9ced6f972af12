import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '../jobs/job-queue';
import type { DomainEvent } from '../outbox/domain-event';
import { Subscriptions } from '../outbox/subscriptions';
import type { Tx } from '../platform/database';
import { uuidv7 } from '../platform/ids';
import { bodyOfEvent, hears, TOLD_TYPES } from './told-events';
import { sendJob } from './webhook-sender';
import { WebhooksRepository } from './webhooks.repository';

/** Turns what happened into deliveries: one for each endpoint that hears of it. */
@Injectable()
export class WebhooksSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly repository: WebhooksRepository,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'webhooks.out',
      types: TOLD_TYPES,
      handle: async (tx, events) => void (await this.deliver(tx, events)),
    });
  }

  /**
   * @param only one endpoint, switched on or not; without it all that are
   * @returns how many deliveries there are for these events, new or not
   */
  async deliver(tx: Tx, events: readonly DomainEvent[], only?: string): Promise<number> {
    const workspaceId = events[0]?.workspaceId;
    if (!workspaceId) return 0;
    const endpoints = (await this.repository.endpoints(tx, workspaceId)).filter((endpoint) =>
      only ? endpoint.id === only : endpoint.disabledAt === null,
    );
    const deliveries = endpoints.flatMap((endpoint) =>
      events
        .filter(({ type }) => hears(endpoint.types, type))
        .map((event) => ({
          id: uuidv7(),
          endpointId: endpoint.id,
          cause: `event:${event.position}`,
          type: event.type,
          body: bodyOfEvent(event),
        })),
    );
    await this.repository.insert(tx, workspaceId, deliveries);
    for (const id of new Set(deliveries.map(({ endpointId }) => endpointId)))
      this.jobs.enqueue(tx, sendJob(workspaceId, id));
    return deliveries.length;
  }
}
