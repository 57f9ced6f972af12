import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config';
import type { DirectoryChannel } from './channel-directory';
import { Connectors } from './connectors/registry';

/** Where a network finds us. */
@Injectable()
export class WebhookAddress {
  constructor(
    private readonly connectors: Connectors,
    private readonly config: Config,
  ) {}

  /** Null when the network pushes nothing, or nobody told us our public address. */
  of(channel: Pick<DirectoryChannel, 'id' | 'kind' | 'credentials'>): string | null {
    const door = this.connectors.of(channel.kind).door(channel.kind);
    if (!door || !this.config.PUBLIC_URL) return null;
    const secret = door.secretInPath ? `/${channel.credentials[door.secret] ?? ''}` : '';
    const path = door.address === 'shared' ? door.path : `${door.path}/${channel.id}${secret}`;
    return new URL(`/webhooks/${path}`, this.config.PUBLIC_URL).href;
  }
}
