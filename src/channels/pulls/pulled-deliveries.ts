import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database';
import { uuidv7 } from '../../platform/ids';
import { cleanJson } from '../../text/clean';
import type { DirectoryChannel } from '../channel-directory';
import { Applier } from '../ingress/applier';
import { DeliveryReader } from '../ingress/delivery-reader';
import { LedgerRepository, type NewDelivery } from '../ingress/ledger.repository';
import { sealPulled } from '../ingress/pulled';
import { rowOf } from '../ingress/event-row';

/** Stores what a pull brought by the same ledger as webhooks: the event key decides what is new, whichever way it came. */
@Injectable()
export class PulledDeliveries {
  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerRepository,
    private readonly reader: DeliveryReader,
    private readonly applier: Applier,
  ) {}

  /** @returns how many events were new */
  async store(
    channel: DirectoryChannel,
    reason: string,
    bodies: readonly unknown[],
    workSince: Date | null,
  ): Promise<number> {
    const deliveries: NewDelivery[] = [];
    for (const pulled of bodies) {
      const delivery = await this.deliveryOf(channel, reason, pulled, workSince);
      if (delivery.events.length > 0) deliveries.push(delivery);
    }
    if (deliveries.length === 0) return 0;
    const stored = await this.database.statement((tx) => this.ledger.store(tx, deliveries));
    if (stored > 0) this.applier.wake();
    return stored;
  }

  private async deliveryOf(
    channel: DirectoryChannel,
    reason: string,
    pulled: unknown,
    workSince: Date | null,
  ): Promise<NewDelivery> {
    const receivedAt = new Date();
    const source = `pull:${channel.id}`;
    const body = sealPulled(pulled, workSince);
    const events = await this.reader.read(source, body, channel);
    return {
      id: uuidv7(receivedAt.getTime()),
      workspaceId: channel.workspaceId,
      source,
      headers: cleanJson({ pull: reason }),
      body,
      receivedAt,
      events: events.map((parsed) => ({ ...rowOf(channel.workspaceId, channel, parsed), payload: null })),
    };
  }
}
