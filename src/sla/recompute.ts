import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import { JobQueue } from '../jobs/job-queue';
import type { NewJob, RunningJob } from '../jobs/jobs';
import { Database } from '../platform/database';
import { ClockContexts, type ClockWorld } from './clock-contexts';
import { ClockKeeper } from './clock-keeper';
import { adopt, type Clock, type ClockContext, isRunning, schedule } from './facts';
import { ClockFactsRepository } from './clock-facts.repository';
import { hasResolution } from './policy';
import { advanceResolution } from './resolving';
import { RECOMPUTE_JOB, SLA_SUBSCRIBER } from './sla.names';
import { SlaRepository, type Stale } from './sla.repository';

const BATCH = 200; // tickets in one short transaction

export const recomputeJob = (workspaceId: string, stale: Stale): NewJob => ({
  workspaceId,
  queue: 'sla',
  name: RECOMPUTE_JOB,
  payload: { ...stale },
  dedupeKey: `${nameOf(stale)}:${stale.version}`,
});

function nameOf(stale: Stale): string {
  if ('queueId' in stale) return `queue:${stale.queueId}`;
  return 'calendarId' in stale ? `calendar:${stale.calendarId}` : `policy:${stale.policyId}`;
}

/** A running clock by a calendar, a policy or a queue's hours as they are now; others as they are. */
export function restate(clock: Clock, stale: Stale, context: ClockContext): Clock {
  if (!isRunning(clock)) return clock;
  if ('queueId' in stale) return byQueueAsItIs(clock, context);
  if (!isStale(clock, stale)) return clock;
  const after = { ...clock };
  if ('calendarId' in stale) {
    const by = context.policyById(clock.policyId);
    // whose hours these are may be another's by now: the default is another calendar, the queue has another one
    const chosenAnew = by?.hours === 'queue' || (by?.hours === 'business' && by.calendarId === null);
    const calendar = chosenAnew ? context.calendarOf(by, context.described) : context.calendarById(stale.calendarId);
    after.calendar = calendar && { id: calendar.id, version: calendar.version }; // taken away: all time counts
    schedule(after, context);
    return after;
  }
  const policy = context.policyById(stale.policyId);
  if (policy) adopt(after, policy, context.described, context);
  return after;
}

/** Whose hours a queue's clocks count by stands nowhere but in its row: where that is the same calendar, nothing moves. */
function byQueueAsItIs(clock: Clock, context: ClockContext): Clock {
  const policy = context.policyById(clock.policyId);
  if (policy?.hours !== 'queue' || clock.kind === 'callback') return clock;
  const calendar = context.calendarOf(policy, context.described);
  if (calendar?.id === clock.calendar?.id) return clock;
  const after = { ...clock, calendar: calendar && { id: calendar.id, version: calendar.version } };
  schedule(after, context);
  return after;
}

const isStale = (clock: Clock, stale: Exclude<Stale, { queueId: string }>): boolean =>
  'calendarId' in stale
    ? clock.calendar?.id === stale.calendarId && clock.calendar.version < stale.version
    : clock.policyId === stale.policyId && clock.policyVersion < stale.version;

/**
 * Moves open clocks after a calendar or a policy changed, or a queue got other hours, batch by batch, each clock once: what
 * was moved carries the new version or calendar, so a job that died half-way, or runs twice, goes on with what is left.
 */
@Injectable()
export class Recompute implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly sla: SlaRepository,
    private readonly facts: ClockFactsRepository,
    private readonly contexts: ClockContexts,
    private readonly keeper: ClockKeeper,
    private readonly tickets: TicketEffects,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(RECOMPUTE_JOB, (job) => this.run(job), { queue: 'sla' });
  }

  async run(job: Pick<RunningJob, 'id' | 'workspaceId' | 'fence' | 'payload'>): Promise<void> {
    const { workspaceId } = job;
    const stale = job.payload as Stale;
    await this.database.lean({ workspaceId }, (tx) => this.sla.afterReader(tx, workspaceId, SLA_SUBSCRIBER));
    let after: string | null = null;
    do after = await this.restateBatch(job, stale, after);
    while (after !== null);
    if (!('policyId' in stale)) return;
    do after = await this.beginBatch(job, stale.policyId, after);
    while (after !== null);
  }

  /** @returns the last ticket of the batch; null when none was left */
  private restateBatch(job: Pick<RunningJob, 'id' | 'workspaceId' | 'fence'>, stale: Stale, after: string | null) {
    const { workspaceId } = job;
    return this.database.lean({ workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      const ids = await this.sla.staleTickets(tx, workspaceId, stale, after, BATCH);
      if (ids.length === 0) return null;
      const tickets = await this.tickets.lock(tx, workspaceId, ids);
      const before = await this.sla.clocksOf(tx, workspaceId, ids);
      const world: ClockWorld = await this.contexts.read(tx, workspaceId, tickets);
      const all = tickets.map((ticket) => {
        const clocks = before.get(ticket.id) ?? [];
        const context = world.contextOf(ticket);
        return { ticket, before: clocks, after: clocks.map((clock) => restate(clock, stale, context)), facts: [] };
      });
      await this.keeper.save(tx, workspaceId, world, all, 'policyId' in stale ? 'policy_changed' : 'calendar_changed');
      return ids.at(-1)!;
    });
  }

  /**
   * A policy that asks for a resolution now: tickets under work that had no such clock get one, counted from their first
   * word on. @returns as above
   */
  private beginBatch(job: Pick<RunningJob, 'id' | 'workspaceId' | 'fence'>, policyId: string, after: string | null) {
    const { workspaceId } = job;
    return this.database.lean({ workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      const policy = (await this.contexts.read(tx, workspaceId, [])).policies.find(({ id }) => id === policyId);
      if (!policy || !hasResolution(policy)) return null;
      const ids = await this.sla.withoutResolution(tx, workspaceId, after, BATCH);
      if (ids.length === 0) return null;
      const tickets = await this.tickets.lock(tx, workspaceId, ids);
      const before = await this.sla.clocksOf(tx, workspaceId, ids);
      const facts = await this.facts.from(tx, workspaceId, new Map(ids.map((id) => [id, 0])));
      const world = await this.contexts.read(tx, workspaceId, tickets);
      const all = tickets.flatMap((ticket) => {
        const clocks = before.get(ticket.id) ?? [];
        const begun = advanceResolution(undefined, facts.get(ticket.id) ?? [], world.contextOf(ticket));
        const has = clocks.some(({ kind }) => kind === 'resolution');
        return has || begun?.policyId !== policyId
          ? []
          : [{ ticket, before: clocks, after: [...clocks, begun], facts: [] }];
      });
      await this.keeper.save(tx, workspaceId, world, all, 'policy_changed');
      return ids.at(-1)!;
    });
  }
}
