import { Injectable } from '@nestjs/common';
import { Audit, changesBetween } from '../audit/audit';
import { Calendars } from '../calendars/calendars';
import type { Principal } from '../identity/principal';
import { JobQueue } from '../jobs/job-queue';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { PoliciesRepository } from './policies.repository';
import type { SlaPolicy } from './policy';
import { recomputeJob } from './recompute';

export type PolicyContent = Omit<SlaPolicy, 'id' | 'version'>;

const FIELDS = [
  'name',
  'rank',
  'conditions',
  'firstResponseMs',
  'nextResponseMs',
  'resolutionMs',
  'hours',
  'calendarId',
  'pauses',
  'botCounts',
  'warnings',
  'escalations',
] as const;

@Injectable()
export class PoliciesService {
  constructor(
    private readonly database: Database,
    private readonly policies: PoliciesRepository,
    private readonly calendars: Calendars,
    private readonly jobs: JobQueue,
    private readonly audit: Audit,
  ) {}

  list(who: Principal): Promise<SlaPolicy[]> {
    return this.database.lean(who, (tx) => this.policies.list(tx, who.workspaceId));
  }

  create(who: Principal, content: PolicyContent): Promise<SlaPolicy> {
    return this.database.lean(who, async (tx) => {
      const made: SlaPolicy = { ...content, id: uuidv7(), version: 1 };
      await this.mustKnowCalendar(tx, who.workspaceId, made);
      await this.policies.save(tx, who.workspaceId, made);
      await this.audit.record(tx, this.entry(who, 'sla_policy.created', made.id));
      return made;
    });
  }

  /** Clocks that run keep what they were started with, unless it is to apply to them too: then a job moves them. */
  change(who: Principal, id: string, change: Partial<PolicyContent>, applyToOpen: boolean): Promise<SlaPolicy> {
    return this.database.lean(who, async (tx) => {
      const before = await this.policies.lock(tx, who.workspaceId, id);
      if (!before) throw notFound('SLA policy');
      const after = { ...before, ...change, version: before.version + 1 };
      await this.mustKnowCalendar(tx, who.workspaceId, after);
      await this.policies.save(tx, who.workspaceId, after);
      await this.audit.record(tx, {
        ...this.entry(who, 'sla_policy.changed', id),
        changes: changesBetween(before, change, FIELDS),
      });
      if (applyToOpen) this.jobs.enqueue(tx, recomputeJob(who.workspaceId, { policyId: id, version: after.version }));
      return after;
    });
  }

  remove(who: Principal, id: string): Promise<void> {
    return this.database.lean(who, async (tx) => {
      if (!(await this.policies.remove(tx, who.workspaceId, id))) throw notFound('SLA policy');
      await this.audit.record(tx, this.entry(who, 'sla_policy.deleted', id));
    });
  }

  private async mustKnowCalendar(tx: Tx, workspaceId: string, { calendarId }: SlaPolicy): Promise<void> {
    if (calendarId === null || (await this.calendars.book(tx, workspaceId)).find(calendarId)) return;
    throw new DomainError('validation_failed', 'Please correct: calendarId.', {
      fields: [{ path: 'calendarId', problem: 'must be a calendar of this workspace' }],
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
