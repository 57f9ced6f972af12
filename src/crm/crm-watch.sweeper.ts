import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Sweeper } from '../jobs/sweeper';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { CrmClients } from './crm-clients';
import type { CrmConnection } from './crm-connection';
import { CrmConnectionsRepository } from './crm-connections.repository';
import { CrmRecordsRepository } from './crm-records.repository';
import { CrmWatchRepository } from './crm-watch.repository';
import { crmChanged } from './crm.events';
import { changedRecords } from './salesforce/changed-records';

const EVERY_MS = 30_000;
const ASK_EVERY_MS = 5 * 60_000; // some 600 calls a day at most, and none while nobody waits for news
const CONNECTIONS = 20;
const CONTACTS = 2_000; // those who wait longest; the others when these have woken

/**
 * Looks for news in the CRM of customers whose tickets sleep until there are some: their record, or a case of theirs, was
 * changed over there by somebody else. News are what came after the ticket fell asleep, so a look that failed, or was cut,
 * misses nothing. Which tickets wake is the tickets’ to say.
 */
@Injectable()
export class CrmWatchSweeper extends Sweeper {
  constructor(
    private readonly database: Database,
    private readonly watch: CrmWatchRepository,
    private readonly connections: CrmConnectionsRepository,
    private readonly records: CrmRecordsRepository,
    private readonly clients: CrmClients,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(EVERY_MS, 'crm.watch_failed', config, logger);
  }

  /** @returns how many customers there were news of */
  async sweep(): Promise<number> {
    const now = this.clock.now();
    const before = new Date(now.getTime() - ASK_EVERY_MS);
    const due = await this.database.lean('system', (tx) => this.watch.takeDue(tx, now, before, CONNECTIONS));
    let news = 0;
    for (const workspaceId of due)
      news += await this.look(workspaceId).catch((error: unknown) => {
        // the sync meets the same trouble, and tells people of it
        this.logger.warn({ event: 'crm.watch_failed', workspaceId, err: error }, 'asked again in some minutes');
        return 0;
      });
    return news;
  }

  /** No transaction is open while the CRM is asked. */
  private async look(workspaceId: string): Promise<number> {
    const connection = await this.database.lean({ workspaceId }, (tx) => this.connections.find(tx, workspaceId));
    if (!connection || connection.state !== 'active' || isSpent(connection)) return 0;
    const awaited = await this.database.lean({ workspaceId }, (tx) =>
      this.watch.awaited(tx, workspaceId, connection.id, CONTACTS),
    );
    const changed = await changedRecords(this.clients.of(connection), awaited);
    if (changed.size === 0) return 0;
    const told = awaited.filter(({ id }) => changed.has(id));
    await this.database.lean({ workspaceId }, async (tx) => {
      const contactIds = told.map(({ contactId }) => contactId);
      const places = await this.records.audiences(tx, workspaceId, contactIds);
      for (const { contactId, id } of told)
        this.outbox.record(tx, crmChanged(workspaceId, contactId, changed.get(id)!, places.get(contactId) ?? []));
    });
    return told.length;
  }
}

/** The rest of the day’s calls belongs to others. */
const isSpent = ({ apiUsed, apiLimit, settings }: CrmConnection): boolean =>
  apiUsed !== null && apiLimit !== null && apiUsed >= apiLimit * settings.maxDailyShare;
