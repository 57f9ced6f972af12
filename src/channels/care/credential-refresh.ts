import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { Database } from '../../platform/database';
import { ChannelDirectory, type DirectoryChannel } from '../channel-directory';
import { ChannelsService } from '../channels.service';
import { Connectors } from '../connectors/registry';
import { CareRepository } from './care.repository';

const LEASE_MS = 120_000; // longer than any refresh call
/** Renewed this long before they end: two rounds of care fit in between, should one fail. */
export const AHEAD_MS = 45 * 60_000;

/**
 * Renews credentials before they end. A rotating refresh token serves once: one caller at a time holds the channel, reads
 * the token after that, and stores its successor in one transaction.
 */
@Injectable()
export class CredentialRefresh {
  constructor(
    private readonly database: Database,
    private readonly repository: CareRepository,
    private readonly directory: ChannelDirectory,
    private readonly channels: ChannelsService,
    private readonly connectors: Connectors,
    private readonly clock: Clock,
  ) {}

  /** @returns the channel with the credentials it has now; `problem` when they could not be renewed */
  async renew(channel: DirectoryChannel, aheadMs = AHEAD_MS): Promise<{ channel: DirectoryChannel; problem?: string }> {
    const connector = this.connectors.of(channel.kind);
    if (!connector.refresh) return { channel };
    const { workspaceId, id } = channel;
    const now = this.clock.now();
    const held = await this.database.lean({ workspaceId }, (tx) =>
      this.repository.holdRefresh(tx, workspaceId, id, now, new Date(now.getTime() + LEASE_MS)),
    );
    if (!held) return { channel };
    try {
      this.directory.forget(); // what another node stored a moment ago is the only token that serves
      const fresh = (await this.directory.named(id)) ?? channel;
      const outcome = await connector.refresh(fresh, fresh.credentials, new Date(now.getTime() + aheadMs));
      if (outcome.status === 'not_needed') return { channel: fresh };
      if (outcome.status === 'retry') return { channel: fresh, problem: outcome.reason };
      if (outcome.status === 'reconnect') {
        await this.database.transaction({ workspaceId }, (tx) =>
          this.channels.needsReconnect(tx, fresh, outcome.reason),
        );
        return { channel: fresh, problem: outcome.reason };
      }
      await this.database.transaction({ workspaceId }, (tx) =>
        this.channels.renewCredentials(tx, fresh, outcome.credentials),
      );
      return { channel: (await this.directory.named(id)) ?? fresh };
    } finally {
      await this.database.lean({ workspaceId }, (tx) => this.repository.releaseRefresh(tx, workspaceId, id));
    }
  }
}
