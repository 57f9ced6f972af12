import type { CredentialField } from '../../credentials';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ChannelCapabilities } from '../../capabilities';
import type { ChannelKind, ConnectedChannel } from '../../channel';
import type { ChannelConnector } from '../../connector';
import type { LookupOutcome, OutboundMessage, SendOutcome } from '../../sending';

/** Longest text either side may write, in characters (code points). */
export const WEBCHAT_TEXT_LIMIT = 10_000;

const CAPABILITIES: ChannelCapabilities = {
  dm: {
    reply: ['private'],
    textLimit: { max: WEBCHAT_TEXT_LIMIT, unit: 'characters' },
    replyWindowMs: null,
    humanWindowMs: null,
    privateReply: null,
    moderation: [],
    attachments: [],
    botMayReply: true,
  },
};

/**
 * Our own widget. There is no provider behind it: visitors write through `/widget/v1`, never through a webhook, and a
 * reply is theirs to read the moment its row is committed, so sending has nothing left to do and cannot be in doubt.
 */
export class WebchatConnector implements ChannelConnector {
  readonly kinds: readonly ChannelKind[] = ['webchat'];
  readonly ownAccounts = true;

  capabilities(): ChannelCapabilities {
    return CAPABILITIES;
  }

  credentialFields(): readonly CredentialField[] {
    return [
      {
        name: 'identitySecret',
        required: false,
        generated: true,
        help: {
          fa: 'روی سرور خودتان هویت بازدیدکننده را امضا می‌کند (HMAC یا JWT). اگر خالی بماند ساخته می‌شود.',
          en: 'Signs who a visitor is (HMAC or JWT) on your own server. Left empty, one is generated.',
        },
      },
    ];
  }

  door(): null {
    return null;
  }

  parse(): InboundEvent[] {
    return [];
  }

  send(_channel: ConnectedChannel, message: OutboundMessage): Promise<SendOutcome> {
    return Promise.resolve({ status: 'sent', externalId: externalIdOf(message) });
  }

  lookup(_channel: ConnectedChannel, message: OutboundMessage): Promise<LookupOutcome> {
    return Promise.resolve({ status: 'found', externalIds: [externalIdOf(message)] });
  }

  moderate(): Promise<SendOutcome> {
    return Promise.resolve({
      status: 'failed',
      code: 'capability_missing',
      reason: 'Web chat is private: there is nothing to hide, delete or like.',
      fix: 'none',
    });
  }
}

const externalIdOf = (message: OutboundMessage) => `webchat:${message.id}`;
