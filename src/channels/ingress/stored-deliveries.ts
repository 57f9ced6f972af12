import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database';
import type { DirectoryChannel } from '../channel-directory';
import { DeliveryReader } from './delivery-reader';
import type { RawDelivery } from './ledger.repository';

const CANDIDATES = 50; // received in the same millisecond

/** Finds what a message came in, long after. */
@Injectable()
export class StoredDeliveries {
  constructor(
    private readonly database: Database,
    private readonly reader: DeliveryReader,
  ) {}

  /** @returns what `parse` was given; undefined when retention has taken it */
  async of(channel: DirectoryChannel, message: { externalId: string; receivedAt: Date }): Promise<unknown> {
    const { externalId, receivedAt } = message;
    // $1 workspace, $2 channel, $3 when it was received, $4 how many; the time in the ids narrows it to a few rows
    const rows = await this.database.lean('system', (tx) =>
      tx.query<RawDelivery>(
        `SELECT DISTINCT d.id, d.source, d.body FROM inbound_events e JOIN inbound_deliveries d ON d.id = e.delivery_id
         WHERE e.workspace_id = $1 AND e.channel_id = $2 AND e.type = 'message' AND e.received_at = $3
           AND e.id >= uuid_floor($3::timestamptz - interval '1 minute') AND e.id < uuid_floor($3::timestamptz + interval '5 minutes')
         LIMIT $4`,
        [channel.workspaceId, channel.id, receivedAt, CANDIDATES],
      ),
    );
    for (const { source, body } of rows) {
      try {
        const events = await this.reader.read(source, body, channel);
        if (events.some((e) => e.type === 'message' && e.externalId === externalId))
          return this.reader.value(source, body);
      } catch {
        continue; // not in a format today's connector reads
      }
    }
    return undefined;
  }
}
