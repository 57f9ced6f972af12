import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { sealContext } from '../crm/crm-clients';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { type Sealed, Secrets } from '../platform/secrets';

/** Every table that keeps sealed credentials, with what each value is bound to. */
const KEPT: readonly { table: string; context: (id: string) => string }[] = [
  { table: 'channels', context: (id) => id },
  { table: 'crm_connections', context: sealContext },
  { table: 'oauth_apps', context: (id) => id },
  { table: 'channel_connections', context: (id) => id },
  { table: 'voice_accounts', context: (id) => id },
  { table: 'webhook_endpoints', context: (id) => id },
];

/**
 * Key rotation: at the start of a worker whatever an older key sealed is sealed again under the current one. When
 * `secrets.resealed` says nothing is left, the old key can go.
 */
@Injectable()
export class Resealing implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.runsJobs) return;
    for (const { table, context } of KEPT) {
      const { done, shut } = await this.reseal(table, context);
      if (done + shut > 0) this.log.info({ event: 'secrets.resealed', table, done, shut });
    }
  }

  /** @returns how many were sealed again, and how many no key opens: their credentials must be entered again */
  reseal(table: string, context: (id: string) => string): Promise<{ done: number; shut: number }> {
    return this.database.lean('system', async (tx) => {
      // $1 the current key
      const rows = await tx.query<{ workspace_id: string; id: string; credentials: Sealed }>(
        `SELECT workspace_id, id, credentials FROM ${table} WHERE credentials->>'keyId' <> $1 ORDER BY id FOR UPDATE SKIP LOCKED`,
        [this.secrets.currentKeyId],
      );
      let shut = 0;
      for (const { workspace_id, id, credentials } of rows) {
        let value: unknown;
        try {
          value = this.secrets.open(credentials, context(id));
        } catch (error) {
          shut += 1;
          this.log.error(
            { event: 'secrets.shut', table, workspaceId: workspace_id, id, err: error },
            'no key opens this; enter it again',
          );
          continue;
        }
        await tx.execute(`UPDATE ${table} SET credentials = $3 WHERE workspace_id = $1 AND id = $2`, [
          workspace_id,
          id,
          JSON.stringify(this.secrets.seal(value, context(id))),
        ]);
      }
      return { done: rows.length - shut, shut };
    });
  }
}
