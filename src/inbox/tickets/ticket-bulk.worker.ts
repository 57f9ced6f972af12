import { Injectable, type OnModuleInit } from '@nestjs/common';
import { canSeeTicket } from '../../identity/principal';
import { JobQueue } from '../../jobs/job-queue';
import type { RunningJob } from '../../jobs/jobs';
import { room } from '../../outbox/audience';
import { type Actor, event } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { DomainError, GiveUp } from '../../platform/errors';
import { AgentRoomsRepository, type Seer } from './agent-rooms.repository';
import type { Ticket } from './ticket';
import { type BulkAction, nameOfAction } from './ticket-bulk';
import { type TicketBatch, TicketBulkRepository } from './ticket-bulk.repository';
import { BULK_JOB } from './ticket-bulk.service';
import { TicketChanges } from './ticket-changes';
import { TicketsRepository } from './tickets.repository';

const SLICE = 25; // a slice holds its tickets locked; this many take well under a second

/**
 * Carries a bulk change out in slices, each one transaction: what was done and that it was done commit together, so a
 * run that is killed goes on where it stood, and no ticket has it twice. What one ticket refuses stays with that ticket.
 */
@Injectable()
export class TicketBulkWorker implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: TicketBulkRepository,
    private readonly tickets: TicketsRepository,
    private readonly agents: AgentRoomsRepository,
    private readonly changes: TicketChanges,
    private readonly outbox: Outbox,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(BULK_JOB, (job) => this.run(job), { queue: 'tickets', leaseMs: 60_000 });
  }

  async run(job: RunningJob): Promise<void> {
    while (!(await this.slice(job))) {
      // each slice commits by itself
    }
  }

  /** @returns whether nothing is left */
  async slice(job: RunningJob): Promise<boolean> {
    const { workspaceId } = job;
    const { batchId } = job.payload as { batchId: string };
    return this.database.lean({ workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      const batch = await this.repository.find(tx, workspaceId, batchId);
      if (!batch) throw new GiveUp('There is no such batch any more.');
      const ids = await this.repository.take(tx, workspaceId, batchId, SLICE);
      if (ids.length === 0) return true;
      const asker = await this.agents.seer(tx, workspaceId, batch.agentId);
      if (batch.action.assigneeId) await this.agents.lock(tx, workspaceId, [batch.action.assigneeId]);
      const locked = new Map((await this.tickets.lock(tx, workspaceId, ids)).map((ticket) => [ticket.id, ticket]));
      const outcomes = [];
      for (const ticketId of ids) outcomes.push(await this.outcomeOf(tx, batch, asker, ticketId, locked.get(ticketId)));
      const after = await this.repository.settle(tx, workspaceId, batchId, outcomes, this.clock.now());
      this.tell(tx, workspaceId, after);
      return after.finishedAt !== null;
    });
  }

  private async outcomeOf(
    tx: Tx,
    { action, agentId }: TicketBatch,
    asker: Seer | undefined,
    ticketId: string,
    ticket: Ticket | undefined,
  ): Promise<{ ticketId: string; code: string | null; reason: string | null }> {
    try {
      if (!ticket || !asker?.permissions.has('tickets.write') || !canSeeTicket(asker, ticket))
        throw new DomainError('not_found', 'This ticket is out of the sight of whoever asked.');
      await tx.savepoint(() => this.change(tx, ticket, action, { kind: 'agent', id: agentId }));
      return { ticketId, code: null, reason: null };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { ticketId, code: error.code, reason: error.message };
    }
  }

  private async change(tx: Tx, before: Ticket, action: BulkAction, actor: Actor): Promise<void> {
    const { teamId, assigneeId, force, priority, addTags, removeTags, fields, snooze, noAnswerNeeded, status } = action;
    let ticket = before;
    if (teamId !== undefined) ticket = await this.changes.moveToTeam(tx, ticket, teamId, actor);
    if (assigneeId !== undefined) ticket = await this.changes.assign(tx, ticket, assigneeId, actor, { force });
    if (priority !== undefined) ticket = await this.changes.setPriority(tx, ticket, priority, actor);
    if (addTags || removeTags) ticket = await this.changes.tag(tx, ticket, { add: addTags, remove: removeTags }, actor);
    if (fields) ticket = await this.changes.setFields(tx, ticket, fields, actor);
    if (snooze) {
      const until = snooze.until === undefined ? undefined : new Date(snooze.until);
      ticket = await this.changes.snooze(tx, ticket, { ...snooze, until }, actor);
    }
    if (noAnswerNeeded) ticket = await this.changes.dismiss(tx, ticket, noAnswerNeeded, actor);
    if (status) await this.changes.setStatus(tx, ticket, status, actor, action.reason);
  }

  private tell(tx: Tx, workspaceId: string, { id, action, agentId, total, done, failed }: TicketBatch): void {
    const told = { batchId: id, action: nameOfAction(action), total, done, failed };
    const actor = { kind: 'agent', id: agentId } as const;
    this.outbox.record(tx, event(workspaceId, 'ticket.bulk_progress', actor, {}, [room.agent(agentId)], told));
  }
}
