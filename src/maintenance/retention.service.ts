import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { RETAINED_NAMES, type RetainedName, retentionDays } from '../platform/retention';
import { RetentionRepository } from './retention.repository';

const DAY_MS = 86_400_000;
const BATCH = 2_000;
const ROUNDS = 50; // what is more goes within the next hours: nobody waits for it, and nobody should wait because of it

/** Takes away what has had its time, in batches that commit by themselves. */
@Injectable()
export class Retention {
  constructor(
    private readonly database: Database,
    private readonly repository: RetentionRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** @returns how many rows went, by name */
  async run(): Promise<Partial<Record<RetainedName, number>>> {
    const days = retentionDays(this.config.RETENTION_DAYS);
    const gone: Partial<Record<RetainedName, number>> = {};
    for (const name of RETAINED_NAMES) {
      if (days[name] === 0) continue;
      const before = new Date(this.clock.now().getTime() - days[name] * DAY_MS);
      let rows = 0;
      for (let part = 0; part < this.repository.parts(name); part++) rows += await this.forget(name, part, before);
      if (rows > 0) gone[name] = rows;
    }
    return gone;
  }

  private async forget(name: RetainedName, part: number, before: Date): Promise<number> {
    let rows = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const some = await this.database.lean('system', (tx) => this.repository.forget(tx, name, part, before, BATCH));
      rows += some;
      if (some < BATCH) break;
    }
    return rows;
  }
}
