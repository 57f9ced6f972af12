import { Injectable } from '@nestjs/common';
import { Audit, changesBetween } from '../audit/audit';
import { type Page, pageOf } from '../identity/page';
import type { Principal } from '../identity/principal';
import { JobQueue } from '../jobs/job-queue';
import type { DomainEventType } from '../outbox/domain-event';
import { EventReader } from '../outbox/event-reader';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { wordsIfAny } from '../refusals/refusal-words';
import type { Words } from '../text/words';
import { bodyOf, hears, TOLD_TYPES } from './told-events';
import { WebhookCall } from './webhook-call';
import { WebhookSecrets } from './webhook-secrets';
import { sendJob } from './webhook-sender';
import {
  type Delivery,
  type DeliveryLine,
  type DeliveryState,
  type Endpoint,
  WebhooksRepository,
} from './webhooks.repository';
import { WebhooksSubscriber } from './webhooks.subscriber';

export type EndpointView = Omit<Endpoint, 'credentials'>;

export interface EndpointInput {
  name: string;
  url: string;
  types: string[];
}

export interface Replayed {
  /** Deliveries there are for these events, new or not. */
  events: number;
  failed: number;
  through: Date;
  more: boolean;
}

const REPLAYED_EVENTS = 10_000; // in one request; a longer outage is walked through in steps
const REPLAY_STEP = 500;
const MOST_ENDPOINTS = 100; // each is asked about each event

@Injectable()
export class WebhooksService {
  constructor(
    private readonly database: Database,
    private readonly repository: WebhooksRepository,
    private readonly secrets: WebhookSecrets,
    private readonly call: WebhookCall,
    private readonly subscriber: WebhooksSubscriber,
    private readonly events: EventReader,
    private readonly jobs: JobQueue,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  list(who: Principal): Promise<EndpointView[]> {
    return this.database.lean(who, async (tx) => (await this.repository.endpoints(tx, who.workspaceId)).map(viewOf));
  }

  /** @returns the endpoint with its signing secret, which is shown this once */
  create(who: Principal, input: EndpointInput): Promise<EndpointView & { secret: string }> {
    this.mustBeCallable(input.url);
    return this.database.lean(who, async (tx) => {
      if (!(await this.repository.hasRoom(tx, who.workspaceId, MOST_ENDPOINTS)))
        throw new DomainError(
          'conflict',
          `There are ${MOST_ENDPOINTS} endpoints already; delete one that is not needed.`,
          { max: MOST_ENDPOINTS },
        );
      const id = uuidv7();
      const { secret, sealed } = this.secrets.make(id);
      await this.save(tx, who, { id, ...input, credentials: sealed, ...ON, failingSince: null });
      await this.record(tx, who, 'webhook_endpoint.created', id);
      return { ...viewOf(await this.locked(tx, who, id)), secret };
    });
  }

  /** Switching it on again sends what waited. */
  change(who: Principal, id: string, change: Partial<EndpointInput> & { enabled?: boolean }): Promise<EndpointView> {
    if (change.url !== undefined) this.mustBeCallable(change.url);
    return this.database.lean(who, async (tx) => {
      const before = await this.locked(tx, who, id);
      const { enabled, ...fields } = change;
      const after: Endpoint = { ...before, ...fields };
      if (enabled === true) Object.assign(after, ON, { failingSince: null });
      if (enabled === false && !before.disabledAt)
        Object.assign(after, { disabledAt: this.clock.now(), disabledReason: 'by_hand' });
      await this.save(tx, who, after);
      if (enabled === true) this.jobs.enqueue(tx, sendJob(who.workspaceId, id));
      await this.record(tx, who, 'webhook_endpoint.changed', id, changesBetween(before, after, FIELDS));
      return viewOf(after);
    });
  }

  remove(who: Principal, id: string): Promise<void> {
    return this.database.lean(who, async (tx) => {
      if (!(await this.repository.deleteEndpoint(tx, who.workspaceId, id))) throw notFound('webhook endpoint');
      await this.record(tx, who, 'webhook_endpoint.deleted', id);
    });
  }

  /** A new signing secret, shown this once; the old one signs beside it for a day. */
  rotateSecret(who: Principal, id: string): Promise<{ secret: string }> {
    return this.database.lean(who, async (tx) => {
      const endpoint = await this.locked(tx, who, id);
      const { secret, sealed } = this.secrets.rotate(id, endpoint.credentials, this.clock.now());
      await this.save(tx, who, { ...endpoint, credentials: sealed });
      await this.record(tx, who, 'webhook_endpoint.secret_rotated', id);
      return { secret };
    });
  }

  /** Sends a delivery that means nothing, to see whether it arrives. @returns its id in the log */
  test(who: Principal, id: string): Promise<{ deliveryId: string }> {
    return this.database.lean(who, async (tx) => {
      await this.locked(tx, who, id);
      const deliveryId = uuidv7();
      const body = bodyOf('webhook.test', this.clock.now(), { workspaceId: who.workspaceId });
      const delivery = { id: deliveryId, endpointId: id, cause: `test:${deliveryId}`, type: 'webhook.test', body };
      await this.repository.insert(tx, who.workspaceId, [delivery]);
      this.jobs.enqueue(tx, sendJob(who.workspaceId, id));
      return { deliveryId };
    });
  }

  deliveries(
    who: Principal,
    id: string,
    query: { state?: DeliveryState; cursor?: string; limit: number },
  ): Promise<Page<Told<DeliveryLine>>> {
    return this.database.lean(who, async (tx) => {
      if (!(await this.repository.endpoint(tx, who.workspaceId, id))) throw notFound('webhook endpoint');
      const filter = { state: query.state, before: query.cursor };
      const rows = await this.repository.list(tx, who.workspaceId, id, filter, query.limit + 1);
      return pageOf(rows.map(told), query.limit);
    });
  }

  delivery(who: Principal, id: string, deliveryId: string): Promise<Told<Delivery>> {
    return this.database.lean(who, async (tx) => {
      const found = await this.repository.find(tx, who.workspaceId, id, deliveryId);
      if (!found) throw notFound('delivery');
      return told(found);
    });
  }

  /** Sends one settled delivery again, under the same id and with the same body. */
  resend(who: Principal, id: string, deliveryId: string): Promise<void> {
    return this.database.lean(who, async (tx) => {
      if (!(await this.repository.find(tx, who.workspaceId, id, deliveryId))) throw notFound('delivery');
      await this.repository.rearm(tx, who.workspaceId, id, { id: deliveryId });
      this.jobs.enqueue(tx, sendJob(who.workspaceId, id));
    });
  }

  /**
   * What an endpoint missed since an instant: deliveries that failed are sent again, and events from before it was
   * switched on again are sent now. What arrived is not repeated.
   * @returns `through`: the instant up to which it was looked; while there is `more`, the next request goes on from it
   */
  replay(who: Principal, id: string, since: Date): Promise<Replayed> {
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      const { types } = await this.locked(tx, who, id);
      const failed = await this.repository.rearm(tx, who.workspaceId, id, { failedSince: since });
      const wanted = (type: DomainEventType) => TOLD_TYPES.some((told) => told === type) && hears(types, type);
      let from = await this.events.positionBefore(tx, who.workspaceId, since);
      let through = since;
      let events = 0;
      for (let read = 0; read < REPLAYED_EVENTS; read += REPLAY_STEP) {
        const page = await this.events.read(tx, who.workspaceId, from, REPLAY_STEP);
        const told = page.filter(({ type }) => wanted(type));
        events += await this.subscriber.deliver(tx, told, id);
        from = page.at(-1)?.position ?? from;
        through = page.at(-1)?.at ?? through;
        if (page.length < REPLAY_STEP) return { events, failed, through, more: false };
      }
      return { events, failed, through, more: true };
    });
  }

  private mustBeCallable(url: string): void {
    const problem = this.call.problemOf(url);
    if (!problem) return;
    throw new DomainError('validation_failed', `Please correct: url ${problem}.`, {
      fields: [{ path: 'url', problem }],
    });
  }

  private async locked(tx: Tx, who: Principal, id: string): Promise<Endpoint> {
    const endpoint = await this.repository.lockEndpoint(tx, who.workspaceId, id);
    if (!endpoint) throw notFound('webhook endpoint');
    return endpoint;
  }

  private save(tx: Tx, who: Principal, endpoint: Omit<Endpoint, 'createdAt'>): Promise<void> {
    return this.repository.saveEndpoint(tx, who.workspaceId, endpoint);
  }

  private record(tx: Tx, who: Principal, action: string, id: string, changes = {}): Promise<void> {
    const actor = { kind: 'agent' as const, id: who.agentId };
    const subject = `webhook_endpoint:${id}`;
    return this.audit.record(tx, { workspaceId: who.workspaceId, actor, action, subject, changes });
  }
}

const ON = { disabledAt: null, disabledReason: null };
const FIELDS = ['name', 'url', 'types', 'disabledAt', 'disabledReason'] as const;

const viewOf = ({
  id,
  name,
  url,
  types,
  disabledAt,
  disabledReason,
  failingSince,
  createdAt,
}: Endpoint): EndpointView => ({
  id,
  name,
  url,
  types,
  disabledAt,
  disabledReason,
  failingSince,
  createdAt,
});

/** A delivery with what went wrong for a person, in both languages. */
type Told<T extends DeliveryLine> = T & { lastErrorWords: Words | null };

const told = <T extends DeliveryLine>(delivery: T): Told<T> => ({
  ...delivery,
  lastErrorWords: wordsIfAny(delivery.lastError),
});
