import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ChannelKind } from '../channels/channel';
import type { ChannelConnector } from '../channels/connector';
import { Connectors } from '../channels/connectors/registry';
import { room } from '../outbox/audience';
import { type DomainEvent, event, isEvent, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Subscriptions } from '../outbox/subscriptions';
import type { Tx } from '../platform/database';
import { DeadAddressesRepository } from './dead-addresses.repository';

const BOUNCES = 2; // protocols/email.md §6: one may be a mistake of a server on the way

/**
 * Whom nothing reaches any more: when messages to somebody came back as often as it takes, nothing more is sent there, which
 * would only harm our own name with the servers of others. Their next word undoes it.
 */
@Injectable()
export class DeadAddresses implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly repository: DeadAddressesRepository,
    private readonly connectors: Connectors,
    private readonly outbox: Outbox,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'dead_addresses',
      types: ['message.delivery_changed'],
      handle: (tx, events) => this.handle(tx, events),
    });
  }

  async handle(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const codes = new Map<string, string>();
    for (const e of events)
      if (isEvent(e, 'message.delivery_changed') && e.data.to === 'failed' && e.data.code && e.messageId)
        codes.set(e.messageId, e.data.code);
    const workspaceId = events[0]?.workspaceId; // a batch is of one workspace
    if (!workspaceId || codes.size === 0) return;
    const failed = await this.repository.kindsOf(tx, workspaceId, [...codes.keys()]);
    const bounced = failed.flatMap(({ messageId, kind }) => {
      const connector: ChannelConnector = this.connectors.of(kind as ChannelKind);
      return connector.nobodyThere?.(codes.get(messageId)!) ? [messageId] : [];
    });
    if (bounced.length === 0) return;
    await this.repository.note(tx, workspaceId, bounced);
    for (const { contactId } of await this.repository.mark(tx, workspaceId, bounced, BOUNCES)) {
      const audience = [room.leads, room.lobby];
      this.outbox.record(
        tx,
        event(workspaceId, 'contact.changed', SYSTEM, { contactId }, audience, { fields: ['reachable'] }),
      );
    }
  }
}
