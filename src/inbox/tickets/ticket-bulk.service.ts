import { Injectable } from '@nestjs/common';
import { canSeeTicket, type Principal } from '../../identity/principal';
import { JobQueue } from '../../jobs/job-queue';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { Idempotency } from '../../platform/idempotency';
import { uuidv7 } from '../../platform/ids';
import { withReasonWords } from '../../refusals/refusal-words';
import type { Words } from '../../text/words';
import { isLeading } from './capacity';
import type { TicketStatus } from './ticket';
import { type BulkAction, FILTERED_AT_MOST, nameOfAction } from './ticket-bulk';
import { type FailedTicket, type TicketBatch, TicketBulkRepository } from './ticket-bulk.repository';
import { TicketChanges } from './ticket-changes';
import type { TicketFilter } from './ticket-list';
import { TicketRelationsRepository } from './ticket-relations.repository';
import { type TicketView, TicketViewsRepository } from './ticket-views.repository';
import { TicketsRepository } from './tickets.repository';
import { TicketsService } from './tickets.service';

export const BULK_JOB = 'tickets.bulk';

export interface BulkRequest {
  ticketIds?: readonly string[];
  filter?: TicketFilter;
  action: BulkAction;
}

export interface BatchView extends Omit<TicketBatch, 'failed' | 'agentId'> {
  failed: (FailedTicket & { words: Words })[];
}

/** Asks for one change on many tickets; `TicketBulkWorker` does it. */
@Injectable()
export class TicketBulk {
  constructor(
    private readonly database: Database,
    private readonly repository: TicketBulkRepository,
    private readonly tickets: TicketsRepository,
    private readonly views: TicketViewsRepository,
    private readonly relations: TicketRelationsRepository,
    private readonly changes: TicketChanges,
    private readonly service: TicketsService,
    private readonly idempotency: Idempotency,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /**
   * One id that is not there, or not the caller's to see, refuses them all, so that ids cannot be probed. A filter means
   * the tickets that fit it now.
   */
  request(who: Principal, request: BulkRequest, key: string | undefined): Promise<{ batchId: string }> {
    nameOfAction(request.action);
    if (request.action.force && !isLeading(who.role))
      throw new DomainError('forbidden', 'Only a lead may assign over capacity; ask one, or leave force out.');
    return this.database.lean(who, (tx) =>
      this.idempotency.once(tx, who.workspaceId, key, { agentId: who.agentId, bulk: request }, async () => {
        const ids = request.filter
          ? await this.matching(tx, who, request.filter)
          : await this.named(tx, who, request.ticketIds ?? []);
        return { batchId: await this.start(tx, who, request.action, ids) };
      }),
    );
  }

  /** For whoever asked, and for leads. @throws DomainError `not_found` */
  batch(who: Principal, id: string): Promise<BatchView> {
    return this.database.lean(who, async (tx) => {
      const batch = await this.repository.find(tx, who.workspaceId, id);
      if (!batch || (batch.agentId !== who.agentId && !isLeading(who.role))) throw notFound('batch');
      const { agentId: _, ...view } = batch;
      return { ...view, failed: withReasonWords(await this.repository.failures(tx, who.workspaceId, id)) };
    });
  }

  /** A status for one ticket; with an incident solved, for what belongs to it too, as a bulk change. */
  setStatus(
    who: Principal,
    id: string,
    to: TicketStatus,
    reason: string | undefined,
    withChildren: boolean,
  ): Promise<TicketView> {
    if (!withChildren) return this.service.setStatus(who, id, to, reason);
    if (to !== 'solved') {
      throw new DomainError('validation_failed', 'Please correct: withChildren.', {
        fields: [{ path: 'withChildren', problem: 'goes with solving only' }],
      });
    }
    return this.database.lean(who, async (tx) => {
      const [ticket] = await this.tickets.lock(tx, who.workspaceId, [id]);
      if (!ticket || !canSeeTicket(who, ticket)) throw notFound('ticket');
      await this.changes.setStatus(tx, ticket, to, { kind: 'agent', id: who.agentId }, reason);
      const children = await this.relations.activeChildren(tx, who.workspaceId, id, FILTERED_AT_MOST);
      const action = { status: to, reason: reason ?? 'incident_solved' };
      if (children.length > 0) await this.start(tx, who, action, children);
      return this.service.see(tx, who, id);
    });
  }

  private async start(tx: Tx, who: Principal, action: BulkAction, ids: readonly string[]): Promise<string> {
    const now = this.clock.now();
    const id = uuidv7(now.getTime());
    await this.repository.insert(tx, who.workspaceId, { id, action, agentId: who.agentId, createdAt: now }, ids);
    const payload = { batchId: id };
    if (ids.length > 0)
      this.jobs.enqueue(tx, { workspaceId: who.workspaceId, queue: 'tickets', name: BULK_JOB, payload });
    return id;
  }

  private async named(tx: Tx, who: Principal, ticketIds: readonly string[]): Promise<string[]> {
    const ids = [...new Set(ticketIds.map((id) => id.toLowerCase()))];
    const found = await this.tickets.sights(tx, who.workspaceId, ids);
    if (found.length < ids.length || !found.every((ticket) => canSeeTicket(who, ticket))) throw notFound('ticket');
    return ids;
  }

  private async matching(tx: Tx, who: Principal, filter: TicketFilter): Promise<string[]> {
    const ids = await this.views.ids(tx, who, filter, FILTERED_AT_MOST + 1);
    if (ids.length <= FILTERED_AT_MOST) return ids;
    throw new DomainError('validation_failed', `More than ${FILTERED_AT_MOST} tickets fit; narrow the filter.`, {
      fields: [{ path: 'filter', problem: `fits more than ${FILTERED_AT_MOST} tickets` }],
    });
  }
}
