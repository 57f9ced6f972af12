import { Injectable } from '@nestjs/common';
import { isUuid } from '../../platform/ids';
import { sameText } from '../../platform/secrets';
import { ChannelDirectory, type DirectoryChannel } from '../channel-directory';
import type { HandshakeAnswer, RawRequest } from '../door';
import { doorSecrets } from '../door-secrets';
import { Connectors, type RegisteredDoor } from '../connectors/registry';

/** A request whose sender is known: which secret signed it decides whose accounts it may speak for. */
export interface Verified {
  /** What the delivery is stored under; `delivery-reader.ts` finds the connector by it. */
  source: string;
  registered: RegisteredDoor;
  /** Channels behind the secret that verified. Events for other accounts are not believed. */
  channels: readonly DirectoryChannel[];
  /** When the path names the channel, the body need not name the account. */
  only?: DirectoryChannel;
}

interface Address {
  registered: RegisteredDoor;
  /** The channel the path names. */
  channelId?: string;
}

/** The webhook addresses: who may call them, and which connector reads what they bring. */
@Injectable()
export class WebhookSources {
  constructor(
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
  ) {}

  /** Whether there is such an address at all. */
  knows(path: string): boolean {
    return this.addressOf(path) !== undefined;
  }

  /** @returns null when no secret of ours signed it */
  async verify(path: string, request: RawRequest): Promise<Verified | null> {
    const address = this.addressOf(path);
    if (!address) return null;
    const found = await this.tryVerify(address, request);
    if (found) return found;
    return (await this.directory.refresh()) ? this.tryVerify(address, request) : null;
  }

  /** Answers a network's question whether this address is ours; null refuses. */
  async handshake(path: string, query: URLSearchParams): Promise<HandshakeAnswer | null> {
    const address = this.addressOf(path);
    const answerTo = address?.registered.door.handshake;
    if (!address || !answerTo) return null;
    const find = async () => {
      for (const channel of await this.candidates(address)) {
        const answer = answerTo(query, channel.credentials);
        if (answer !== null) return answer;
      }
      return null;
    };
    return (await find()) ?? ((await this.directory.refresh()) ? find() : null);
  }

  private addressOf(path: string): Address | undefined {
    const [, webhooks, name = '', channelId] = path.split('/');
    const registered = webhooks === 'webhooks' ? this.connectors.door(name) : undefined;
    if (!registered) return undefined;
    if (channelId === undefined) return registered.door.address === 'shared' ? { registered } : undefined;
    return channelId === '' ? undefined : { registered, channelId };
  }

  /** The channels whose credentials may have signed. */
  private async candidates({ registered, channelId }: Address): Promise<readonly DirectoryChannel[]> {
    if (channelId === undefined) return this.directory.ofKinds(registered.kinds);
    const channel = isUuid(channelId) ? await this.directory.channel(channelId) : undefined;
    return channel && registered.kinds.includes(channel.kind) ? [channel] : [];
  }

  private async tryVerify(address: Address, request: RawRequest): Promise<Verified | null> {
    const { registered } = address;
    const { door } = registered;
    const secretsOf = (channel: DirectoryChannel) => doorSecrets(channel.credentials, door.secret, Date.now());
    const candidates = await this.candidates(address);
    const secrets = new Set(candidates.flatMap(secretsOf));
    for (const secret of secrets) {
      if (!door.verify(request, secret)) continue;
      if (door.address === 'channel') {
        const only = candidates[0]!;
        return { source: `${door.path}:${only.id}`, registered, channels: [only], only };
      }
      const all = address.channelId === undefined ? candidates : await this.directory.ofKinds(registered.kinds);
      const channels = all.filter((channel) => secretsOf(channel).some((own) => sameText(own, secret)));
      return { source: door.path, registered, channels };
    }
    return null;
  }
}
