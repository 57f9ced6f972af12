import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { JobQueue } from '../jobs/job-queue';
import type { NewJob, RunningJob } from '../jobs/jobs';
import { Notifications } from '../notifications/notifications';
import { room } from '../outbox/audience';
import { event, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { afterTry, isDead } from './retry-plan';
import { signedHeaders } from './signature';
import { type Called, WebhookCall } from './webhook-call';
import { WebhookSecrets } from './webhook-secrets';
import { type Delivery, type Endpoint, WebhooksRepository } from './webhooks.repository';

const SEND_JOB = 'webhooks.send';
const TAKEN = 20; // with four at a time and 15 s each, a batch ends within its hold even if nobody answers
const AT_ONCE = 4;
const HOLD_MS = 120_000;

/** Sends what is due to one endpoint, and comes back while something waits. One job an endpoint, so a slow one holds up only itself. */
export const sendJob = (workspaceId: string, endpointId: string, runAt?: Date): NewJob => ({
  workspaceId,
  queue: 'webhooks',
  name: SEND_JOB,
  payload: { endpointId },
  dedupeKey: endpointId,
  runAt,
});

/**
 * Deliveries are sent at least once: whoever is killed between the call and the row sends again under the same
 * `webhook-id`, by which receivers know it.
 */
@Injectable()
export class WebhookSender implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: WebhooksRepository,
    private readonly secrets: WebhookSecrets,
    private readonly call: WebhookCall,
    private readonly jobs: JobQueue,
    private readonly notifications: Notifications,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(SEND_JOB, (job) => this.send(job), { queue: 'webhooks', leaseMs: HOLD_MS });
  }

  private async send(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { endpointId } = job.payload as { endpointId: string };
    const taken = await this.database.lean({ workspaceId }, async (tx) => {
      const endpoint = await this.repository.lockEndpoint(tx, workspaceId, endpointId);
      if (!endpoint || endpoint.disabledAt) return undefined; // what waits goes out when it is switched on again
      return { endpoint, deliveries: await this.repository.take(tx, workspaceId, endpointId, TAKEN, HOLD_MS) };
    });
    if (!taken) return;
    const left = [...taken.deliveries];
    const worker = async () => {
      for (let next = left.shift(); next; next = left.shift()) await this.deliver(workspaceId, taken.endpoint, next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    await this.database.lean({ workspaceId }, async (tx) => {
      const due = await this.repository.nextDue(tx, workspaceId, endpointId);
      if (due) this.jobs.enqueue(tx, sendJob(workspaceId, endpointId, due));
    });
  }

  private async deliver(workspaceId: string, endpoint: Endpoint, delivery: Delivery): Promise<void> {
    const now = this.clock.now();
    const secrets = this.secrets.inForce(endpoint.id, endpoint.credentials, now);
    const headers = signedHeaders(`msg_${delivery.id}`, now, delivery.body, secrets);
    const called = await this.call.post(endpoint.url, headers, delivery.body);
    const { state } = await this.database.lean({ workspaceId }, (tx) =>
      this.settle(tx, workspaceId, endpoint, delivery, called),
    );
    const { status, error, ms } = called;
    const ids = { workspaceId, endpointId: endpoint.id, deliveryId: delivery.id, attempt: delivery.attempts };
    this.log.info({ event: 'webhook.sent', ...ids, outcome: state, status, err: error ?? undefined, ms });
  }

  private async settle(tx: Tx, workspaceId: string, endpoint: Endpoint, delivery: Delivery, called: Called) {
    const now = this.clock.now();
    const next = afterTry(called.answer, delivery.attempts);
    const nextTryAt = next.state === 'waiting' ? new Date(now.getTime() + next.afterMs) : now;
    const { status, error, text: answer, ms } = called;
    await this.repository.settle(tx, workspaceId, delivery, {
      state: next.state,
      nextTryAt,
      status,
      error,
      answer,
      ms,
    });
    const since = await this.repository.noteFailing(
      tx,
      workspaceId,
      endpoint.id,
      next.state === 'delivered' ? null : now,
    );
    const gone = 'gone' in next;
    if (gone || isDead(since, now))
      await this.disable(tx, workspaceId, endpoint.id, gone ? 'gone' : 'unreachable', now);
    return next;
  }

  /** Nobody listens there: nothing is sent any more until a person has looked. */
  private async disable(
    tx: Tx,
    workspaceId: string,
    id: string,
    reason: 'gone' | 'unreachable',
    now: Date,
  ): Promise<void> {
    const endpoint = await this.repository.lockEndpoint(tx, workspaceId, id);
    if (!endpoint || endpoint.disabledAt) return;
    await this.repository.saveEndpoint(tx, workspaceId, { ...endpoint, disabledAt: now, disabledReason: reason });
    this.outbox.record(
      tx,
      event(workspaceId, 'webhook.disabled', SYSTEM, {}, [room.leads], { endpointId: id, reason }),
    );
    await this.notifications.notify(tx, workspaceId, {
      to: { leads: true },
      kind: 'webhook.disabled',
      data: { endpointId: id, name: endpoint.name, reason },
      cause: `webhook:${id}:${now.toISOString()}`,
    });
  }
}
