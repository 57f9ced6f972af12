import { Injectable } from '@nestjs/common';
import { JobQueue } from '../jobs/job-queue';
import { Clock } from '../platform/clock';
import type { Tx } from '../platform/database';
import { notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { RuleWebhooks, type RuleWebhookFacts } from '../rules/rule-webhooks';
import { bodyOf } from './told-events';
import { sendJob } from './webhook-sender';
import { WebhooksRepository } from './webhooks.repository';

/** What rules send: to the endpoint they name, whatever else it hears of; a receipt makes one delivery, an approval another. */
@Injectable()
export class RuleEndpoints extends RuleWebhooks {
  constructor(
    private readonly repository: WebhooksRepository,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {
    super();
  }

  async send(tx: Tx, workspaceId: string, endpointId: string, cause: string, facts: RuleWebhookFacts): Promise<void> {
    const endpoint = await this.repository.lockEndpoint(tx, workspaceId, endpointId);
    if (!endpoint || endpoint.disabledAt) throw notFound('webhook endpoint that is switched on');
    await this.repository.insert(tx, workspaceId, [
      {
        id: uuidv7(),
        endpointId,
        cause,
        type: 'rule.webhook',
        body: bodyOf('rule.webhook', this.clock.now(), { workspaceId, ...facts }),
      },
    ]);
    this.jobs.enqueue(tx, sendJob(workspaceId, endpointId));
  }

  async known(tx: Tx, workspaceId: string, endpointIds: readonly string[]): Promise<string[]> {
    const endpoints = await this.repository.endpoints(tx, workspaceId);
    return endpoints.map(({ id }) => id).filter((id) => endpointIds.includes(id));
  }
}
