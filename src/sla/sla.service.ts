import { Injectable } from '@nestjs/common';
import { Audit, changesBetween } from '../audit/audit';
import type { Principal } from '../identity/principal';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { Clock as Time } from '../platform/clock';
import { Database } from '../platform/database';
import { notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { type Explained, explain, isBreached } from './clock';
import { type ClockKind, openHours, type SlaPolicy } from './policy';
import { SlaRepository } from './sla.repository';
import { endOf } from './waiting';

export interface ExplainedClock {
  kind: ClockKind;
  policy: { id: string; name: string | null };
  startedAt: Date;
  targetMs: number;
  dueAt: Date;
  metAt: Date | null;
  breached: boolean;
  cancelledAt: Date | null;
  explanation: { from: Date; to: Date; counted: boolean; why: Explained['why'] }[];
}

const FIELDS = ['name', 'rank', 'conditions', 'firstResponseMs', 'nextResponseMs', 'botCounts'] as const;

@Injectable()
export class SlaService {
  constructor(
    private readonly database: Database,
    private readonly sla: SlaRepository,
    private readonly tickets: TicketsService,
    private readonly audit: Audit,
    private readonly time: Time,
  ) {}

  /** A ticket's clocks from the first on, each with the time that counted: up to its end, or to its due time while it runs. */
  clocks(who: Principal, ticketId: string): Promise<ExplainedClock[]> {
    return this.database.lean(who, async (tx) => {
      await this.tickets.see(tx, who, ticketId);
      const clocks = (await this.sla.clocksOf(tx, who.workspaceId, [ticketId])).get(ticketId) ?? [];
      const names = new Map((await this.sla.policies(tx, who.workspaceId)).map((policy) => [policy.id, policy.name]));
      const now = this.time.now();
      return clocks.map((clock) => {
        const { kind, startedAt, targetMs, dueAt, metAt, cancelledAt } = clock;
        const start = startedAt.getTime();
        const until = (endOf(clock) ?? (dueAt > now ? dueAt : now)).getTime();
        return {
          kind,
          policy: { id: clock.policyId, name: names.get(clock.policyId) ?? null },
          startedAt,
          targetMs,
          dueAt,
          metAt,
          breached: isBreached(dueAt, endOf(clock), now),
          cancelledAt,
          explanation: explain(start, until, openHours({ id: clock.policyId }, start)).map(
            ({ from, to, counted, why }) => ({
              from: new Date(from),
              to: new Date(to),
              counted,
              why,
            }),
          ),
        };
      });
    });
  }

  policies(who: Principal): Promise<SlaPolicy[]> {
    return this.database.lean(who, (tx) => this.sla.policies(tx, who.workspaceId));
  }

  createPolicy(who: Principal, policy: Omit<SlaPolicy, 'id'>): Promise<SlaPolicy> {
    return this.database.lean(who, async (tx) => {
      const made: SlaPolicy = { ...policy, id: uuidv7() };
      await this.sla.savePolicy(tx, who.workspaceId, made);
      await this.audit.record(tx, this.entry(who, 'sla_policy.created', made.id));
      return made;
    });
  }

  /** Clocks that run keep the target they were started with. */
  changePolicy(who: Principal, id: string, change: Partial<Omit<SlaPolicy, 'id'>>): Promise<SlaPolicy> {
    return this.database.lean(who, async (tx) => {
      const before = (await this.sla.policies(tx, who.workspaceId)).find((policy) => policy.id === id);
      if (!before) throw notFound('SLA policy');
      const after = { ...before, ...change };
      await this.sla.savePolicy(tx, who.workspaceId, after);
      await this.audit.record(tx, {
        ...this.entry(who, 'sla_policy.changed', id),
        changes: changesBetween(before, change, FIELDS),
      });
      return after;
    });
  }

  deletePolicy(who: Principal, id: string): Promise<void> {
    return this.database.lean(who, async (tx) => {
      if (!(await this.sla.deletePolicy(tx, who.workspaceId, id))) throw notFound('SLA policy');
      await this.audit.record(tx, this.entry(who, 'sla_policy.deleted', id));
    });
  }

  private entry(who: Principal, action: string, id: string) {
    return {
      workspaceId: who.workspaceId,
      actor: { kind: 'agent' as const, id: who.agentId },
      action,
      subject: `sla_policy:${id}`,
    };
  }
}
