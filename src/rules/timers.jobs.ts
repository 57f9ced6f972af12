import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '../jobs/job-queue';
import type { NewJob, RunningJob } from '../jobs/jobs';
import { Database } from '../platform/database';
import { RulesRepository } from './rules.repository';
import { idleRules, RuleTimersRepository } from './timers.repository';

const WAIT_JOB = 'rules.wait_for_silence';
const TICKETS_AT_ONCE = 500;

export const waitForSilence = (workspaceId: string, ruleId: string, after: string | null): NewJob => ({
  workspaceId,
  queue: 'rules',
  name: WAIT_JOB,
  payload: { ruleId, after },
});

/** A rule that begins to wait: tickets under work get their timers, some hundred at a time. */
@Injectable()
export class RuleTimersJobs implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly rules: RulesRepository,
    private readonly timers: RuleTimersRepository,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(WAIT_JOB, (job) => this.wait(job), { queue: 'rules', concurrency: 2 });
  }

  private async wait({ workspaceId, payload }: RunningJob): Promise<void> {
    const { ruleId, after } = payload as { ruleId: string; after: string | null };
    await this.database.lean({ workspaceId }, async (tx) => {
      const enabled = idleRules(await this.rules.enabled(tx, workspaceId));
      if (!enabled.some(({ id }) => id === ruleId)) return;
      const tickets = await this.timers.underWork(tx, workspaceId, after, TICKETS_AT_ONCE);
      // all waiting rules: what is written anew is what there is
      await this.timers.follow(tx, workspaceId, enabled, tickets);
      const last = tickets.at(-1);
      if (last && tickets.length === TICKETS_AT_ONCE) this.jobs.enqueue(tx, waitForSilence(workspaceId, ruleId, last));
    });
  }
}
