import { Injectable } from '@nestjs/common';
import { DomainError } from '../../platform/errors';
import type { ChannelConnector, ChannelKind } from '../connector';
import { LedgerOnlyConnector } from './ledger-only/ledger-only.connector';
import { MetaConnector } from './meta/meta.connector';
import { WebchatConnector } from './webchat/webchat.connector';

/** The connectors by channel kind. Nothing outside a connector's folder names a network. */
@Injectable()
export class Connectors {
  private readonly byKind = new Map<ChannelKind, ChannelConnector>();

  constructor() {
    for (const connector of [new MetaConnector(), new WebchatConnector(), new LedgerOnlyConnector()]) {
      for (const kind of connector.kinds) this.byKind.set(kind, connector);
    }
  }

  get kinds(): ChannelKind[] {
    return [...this.byKind.keys()];
  }

  of(kind: ChannelKind): ChannelConnector {
    const connector = this.byKind.get(kind);
    if (!connector) throw new DomainError('bad_request', `There is no connector for "${kind}".`);
    return connector;
  }
}
