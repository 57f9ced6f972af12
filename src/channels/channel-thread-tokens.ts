import { Injectable } from '@nestjs/common';
import { ThreadTokens } from '../inbox/conversations/thread-tokens';
import { ChannelDirectory } from './channel-directory';
import { Connectors } from './connectors/registry';

/** Reads the tokens in reply addresses with the key of the channel that signed them. */
@Injectable()
export class ChannelThreadTokens extends ThreadTokens {
  constructor(
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
  ) {
    super();
  }

  async conversationOf(channelId: string, token: string): Promise<string | null> {
    const channel = await this.directory.named(channelId);
    if (!channel) return null;
    return this.connectors.of(channel.kind).conversationOf?.(token, channel.credentials) ?? null;
  }
}
