import { Injectable } from '@nestjs/common';
import { DomainError } from '../../platform/errors';
import type { ChannelKind } from '../channel';
import type { ChannelConnector } from '../connector';
import type { WebhookDoor } from '../door';
import { ApiChannelConnector } from './api-channel/api-channel.connector';
import { EitaaConnector } from './eitaa/eitaa.connector';
import { EmailConnector } from './email/email.connector';
import { LinkedInConnector } from './linkedin/linkedin.connector';
import { MetaConnector } from './meta/meta.connector';
import { RubikaConnector } from './rubika/rubika.connector';
import { TelegramConnector } from './telegram/telegram.connector';
import { WebchatConnector } from './webchat/webchat.connector';
import { WhatsappConnector } from './whatsapp/whatsapp.connector';
import { XConnector } from './x/x.connector';
import { YouTubeConnector } from './youtube/youtube.connector';

/** In the order people are offered them. */
const CONNECTORS = [
  MetaConnector,
  WhatsappConnector,
  TelegramConnector,
  RubikaConnector,
  EitaaConnector,
  XConnector,
  LinkedInConnector,
  YouTubeConnector,
  EmailConnector,
  WebchatConnector,
  ApiChannelConnector,
];

/** A webhook address with the connectors that read what comes in there, and the kinds of channel it serves. */
export interface RegisteredDoor {
  door: WebhookDoor;
  readers: readonly ChannelConnector[];
  kinds: readonly ChannelKind[];
}

/** The connectors by channel kind. Nothing outside a connector's folder names a network. */
@Injectable()
export class Connectors {
  private readonly byKind = new Map<ChannelKind, ChannelConnector>();
  private readonly doors = new Map<string, RegisteredDoor>();

  constructor() {
    for (const Connector of CONNECTORS) {
      const connector: ChannelConnector = new Connector();
      for (const kind of connector.kinds) this.register(kind, connector);
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

  /** What stands behind `/webhooks/<path>`. */
  door(path: string): RegisteredDoor | undefined {
    return this.doors.get(path);
  }

  private register(kind: ChannelKind, connector: ChannelConnector): void {
    this.byKind.set(kind, connector);
    const door = connector.door(kind);
    if (!door) return;
    const known = this.doors.get(door.path) ?? { door, readers: [], kinds: [] };
    if (known.door.address !== door.address || known.door.secret !== door.secret)
      throw new Error(`Two connectors disagree about the webhook address "${door.path}".`);
    this.doors.set(door.path, {
      door: known.door,
      readers: known.readers.includes(connector) ? known.readers : [...known.readers, connector],
      kinds: [...known.kinds, kind],
    });
  }
}
