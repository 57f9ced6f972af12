import { Injectable } from '@nestjs/common';
import { ChannelDirectory, type DirectoryChannel } from '../channels/channel-directory';
import { readSettings } from '../channels/connectors/email/email.settings';
import { DomainError } from '../platform/errors';

/** The mailboxes a brand can write from. */
@Injectable()
export class MailChannels {
  constructor(private readonly directory: ChannelDirectory) {}

  async ofBrand(workspaceId: string, brandId: string): Promise<DirectoryChannel[]> {
    const channels = await this.directory.ofKinds(['email']);
    return channels.filter(
      (channel) => channel.workspaceId === workspaceId && channel.brandId === brandId && canSend(channel),
    );
  }

  /** @throws DomainError `validation_failed` when it is none of the brand’s, or there is more than one to choose from */
  async choose(workspaceId: string, brandId: string, id: string | undefined): Promise<DirectoryChannel> {
    const channels = await this.ofBrand(workspaceId, brandId);
    const chosen = id === undefined && channels.length === 1 ? channels[0] : channels.find((c) => c.id === id);
    if (chosen) return chosen;
    const problem =
      channels.length === 0
        ? 'the brand has no e-mail channel that can send; connect one first'
        : id === undefined
          ? 'the brand has several e-mail channels; name one'
          : 'is not an e-mail channel of this brand';
    throw new DomainError('validation_failed', 'Please correct: channelId.', {
      fields: [{ path: 'channelId', problem }],
      channels: channels.map(({ id: channelId, name }) => ({ id: channelId, name })),
    });
  }
}

const canSend = (channel: DirectoryChannel): boolean => {
  const { address, smtp } = readSettings(channel);
  return channel.state === 'active' && address !== undefined && smtp !== undefined;
};

/** Whether an address is one of the channel’s own. */
export function isOwnAddress(channel: DirectoryChannel, address: string): boolean {
  const { own } = readSettings(channel);
  const at = address.lastIndexOf('@');
  const plain = `${address.slice(0, at).replace(/\+.*$/, '')}${address.slice(at)}`;
  return own.includes(address) || own.includes(plain);
}
