import { Injectable } from '@nestjs/common';
import type { InboundEvent } from '../../inbox/conversations/inbound-event';
import type { DirectoryChannel } from '../channel-directory';
import type { ChannelConnector } from '../connector';
import type { ParseContext } from '../door';
import { Connectors } from '../connectors/registry';
import { asHistory, openPulled } from './pulled';

/**
 * Reads deliveries, fresh ones and stored ones alike: what is applied is what was stored, read by today's connector.
 * A source is a shared address (`meta`), a channel's own (`telegram:<channel id>`), or a pull (`pull:<channel id>`).
 */
@Injectable()
export class DeliveryReader {
  constructor(private readonly connectors: Connectors) {}

  /**
   * @param channel the one a channel's own source belongs to, without which such a delivery reads as nothing; of a shared
   * address the one whose events are wanted, where that is known
   * @throws when the bytes are not the provider's format
   */
  async read(source: string, body: Buffer, channel: DirectoryChannel | undefined): Promise<InboundEvent[]> {
    const [path = ''] = source.split(':', 1);
    if (path === 'pull') return channel ? this.readPulled(body, channel) : [];
    const registered = this.connectors.door(path);
    if (!registered) return [];
    const value = registered.door.decode
      ? registered.door.decode(body)
      : (JSON.parse(body.toString('utf8')) as unknown);
    const own = source.includes(':');
    if (own && !channel) return [];
    const connector = own
      ? this.connectors.of(channel!.kind)
      : (registered.readers.find((reader) => reader.reads?.(value) ?? true) ?? registered.readers[0]!);
    return connector.parse(value, own ? contextOf(channel!) : { filedUnder: channel });
  }

  /**
   * The value a stored delivery holds, before it is parsed.
   * @throws when the bytes are not the provider's format
   */
  value(source: string, body: Buffer): unknown {
    const [path = ''] = source.split(':', 1);
    if (path === 'pull') return openPulled(body).pulled;
    const door = this.connectors.door(path)?.door;
    return door?.decode ? door.decode(body) : JSON.parse(body.toString('utf8'));
  }

  private async readPulled(body: Buffer, channel: DirectoryChannel): Promise<InboundEvent[]> {
    const { pulled, workSince } = openPulled(body);
    const connector: ChannelConnector = this.connectors.of(channel.kind);
    return asHistory(await connector.parse(pulled, contextOf(channel)), workSince);
  }
}

const contextOf = ({ externalId, settings, kind, credentials }: DirectoryChannel): ParseContext => ({
  channel: { externalId, settings, kind, tokenKey: credentials['threadKey'] },
});
