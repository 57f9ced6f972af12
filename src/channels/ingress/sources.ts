import { Injectable } from '@nestjs/common';
import { isUuid } from '../../platform/ids';
import { sameText } from '../../platform/secrets';
import { ChannelDirectory, type DirectoryChannel } from '../channel-directory';
import type { ChannelConnector, ChannelKind, RawRequest } from '../connector';
import { LedgerOnlyConnector } from '../connectors/ledger-only/ledger-only.connector';
import { MetaConnector } from '../connectors/meta/meta.connector';
import { metaHandshakeAnswer } from '../connectors/meta/meta.signature';

/** A request whose sender is known: which secret signed it decides whose accounts it may speak for. */
export interface Verified {
  source: string;
  connector: ChannelConnector;
  /** Channels behind the secret that verified. Events for other accounts are not believed. */
  channels: readonly DirectoryChannel[];
  /** When the path names the channel, the body need not name the account. */
  only?: DirectoryChannel;
}

const META_KINDS: readonly ChannelKind[] = ['facebook', 'instagram', 'whatsapp'];

/** The webhook addresses: who may call them, and which connector reads what they bring. */
@Injectable()
export class WebhookSources {
  private readonly meta = new MetaConnector();
  private readonly ledgerOnly = new LedgerOnlyConnector();

  constructor(private readonly directory: ChannelDirectory) {}

  /** The connector that reads deliveries stored under this source. */
  connectorOf(source: string): ChannelConnector {
    return source === 'meta' ? this.meta : this.ledgerOnly;
  }

  /** Whether there is such an address at all. */
  knows(path: string): boolean {
    return path === '/webhooks/meta' || path === '/webhooks/x' || /^\/webhooks\/telegram\/[^/]+$/.test(path);
  }

  /** @returns null when no secret of ours signed it */
  async verify(path: string, request: RawRequest): Promise<Verified | null> {
    const found = await this.tryVerify(path, request);
    if (found) return found;
    return (await this.directory.refresh()) ? this.tryVerify(path, request) : null;
  }

  /** Answers a network's question whether this address is ours; null refuses. */
  async handshake(path: string, query: URLSearchParams): Promise<string | null> {
    if (path !== '/webhooks/meta') return null;
    const find = async () => {
      for (const channel of await this.directory.ofKinds(META_KINDS)) {
        const answer = metaHandshakeAnswer(query, channel.credentials['verifyToken'] ?? '');
        if (answer !== null) return answer;
      }
      return null;
    };
    return (await find()) ?? ((await this.directory.refresh()) ? find() : null);
  }

  private async tryVerify(path: string, request: RawRequest): Promise<Verified | null> {
    if (path === '/webhooks/meta') {
      const channels = await this.bySecret(META_KINDS, (secret) => this.meta.verify(request, secret));
      return channels && { source: 'meta', connector: this.meta, channels };
    }
    if (path === '/webhooks/x') {
      const channels = await this.bySecret(['x'], (secret) => this.ledgerOnly.verifyAs('x', request, secret));
      return channels && { source: 'x', connector: this.ledgerOnly, channels };
    }
    const id = path.slice(path.lastIndexOf('/') + 1);
    const channel = isUuid(id) ? await this.directory.channel(id) : undefined;
    if (
      channel?.kind !== 'telegram' ||
      !this.ledgerOnly.verifyAs('telegram', request, channel.credentials['appSecret'] ?? '')
    )
      return null;
    return { source: `telegram:${channel.id}`, connector: this.ledgerOnly, channels: [channel], only: channel };
  }

  private async bySecret(
    kinds: readonly ChannelKind[],
    verifies: (secret: string) => boolean,
  ): Promise<DirectoryChannel[] | null> {
    const channels = await this.directory.ofKinds(kinds);
    const secrets = new Set(channels.map((channel) => channel.credentials['appSecret'] ?? ''));
    for (const secret of secrets) {
      if (secret !== '' && verifies(secret))
        return channels.filter((channel) => sameText(channel.credentials['appSecret'] ?? '', secret));
    }
    return null;
  }
}
