import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { JobQueue } from '../jobs/job-queue';
import type { NewJob } from '../jobs/jobs';
import { Sweeper } from '../jobs/sweeper';
import { Config } from '../platform/config';
import { Database, type Tx } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { moderationJob } from './moderation.repository';
import { noticeJob } from './notices/notice';
import { editJob } from './own-edits.repository';
import { sendJob } from './send-job';
import { type Stranded, StrandedRepository } from './stranded.repository';

const EVERY_MS = 60_000; // only a net: whatever waits has a job of its own, or its channel has one
const BATCH = 1_000; // of each kind at a look; the rest is found by the next

/**
 * Finds what is to go out by a channel that works and has no job left that would see to it: it was set aside after its
 * last try, dropped by a person, lost with a bug of ours. It gets one anew, which decides as any would, so nothing is
 * sent twice.
 */
@Injectable()
export class StrandedSweeper extends Sweeper {
  constructor(
    private readonly database: Database,
    private readonly repository: StrandedRepository,
    private readonly jobs: JobQueue,
    config: Config,
    @Inject(LOGGER) log: Logger,
  ) {
    super(EVERY_MS, 'outbound.sweep_failed', config, log);
  }

  /** @returns how many jobs were given */
  async sweep(): Promise<number> {
    const { repository } = this;
    const messages = await this.give(
      (tx) => repository.conversations(tx, BATCH),
      ({ workspaceId, id }) => sendJob(workspaceId, id),
    );
    const edits = await this.give(
      (tx) => repository.edits(tx, BATCH),
      ({ workspaceId, id }) => editJob(workspaceId, id),
    );
    const moderation = await this.give(
      (tx) => repository.moderation(tx, BATCH),
      (item) => moderationJob(item.workspaceId, item),
    );
    const notices = await this.give(
      (tx) => repository.notices(tx, BATCH),
      ({ workspaceId, id }) => noticeJob(workspaceId, id),
    );
    return messages + edits + moderation + notices;
  }

  private give(find: (tx: Tx) => Promise<Stranded[]>, jobOf: (stranded: Stranded) => NewJob): Promise<number> {
    return this.database.lean('system', async (tx) => {
      const stranded = await find(tx);
      this.jobs.enqueue(tx, ...stranded.map(jobOf));
      return stranded.length;
    });
  }
}
