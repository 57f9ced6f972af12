import { Injectable } from '@nestjs/common';
import { ChannelDirectory, type DirectoryChannel } from '../channels/channel-directory';
import { capabilitiesFor, type ThreadCapabilities } from '../channels/capabilities';
import { Connectors } from '../channels/connectors/registry';
import type { ConversationForReply } from '../inbox/conversations/conversations.repository';
import type { Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import type { Delivery } from './outbound.repository';
import { type CommentFacts, RepliesRepository } from './replies.repository';
import type { SendFacts } from './send-rules';

export interface Readiness {
  channel: DirectoryChannel;
  capabilities: ThreadCapabilities | undefined;
  /** The customer's message a reply would answer. */
  answered: CommentFacts | undefined;
}

/** Gathers what the sending rules decide on. */
@Injectable()
export class SendReadiness {
  constructor(
    private readonly repository: RepliesRepository,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
  ) {}

  /** @throws DomainError `send_refused` when the conversation's channel is disabled */
  async of(tx: Tx, conversation: ConversationForReply, replyToMessageId: string | null): Promise<Readiness> {
    const channel = await this.directory.channel(conversation.channelId);
    if (!channel || channel.workspaceId !== conversation.workspaceId) {
      throw new DomainError(
        'send_refused',
        'The channel of this conversation is disabled; ask an admin to connect it again.',
        {
          reason: 'channel_disabled',
        },
      );
    }
    const { workspaceId, id, kind } = conversation;
    const answered = await this.repository.answered(tx, workspaceId, id, replyToMessageId);
    const thread = this.connectors.of(channel.kind).capabilities(channel.kind, channel.settings)[kind];
    return { channel, capabilities: thread && answered ? capabilitiesFor(thread, answered) : thread, answered };
  }

  /** What deciding anew about a reply that waited needs to know. */
  async timing(
    tx: Tx,
    { workspaceId, conversationId, visibility, request, lastInboundAt, replyToMessageId }: Delivery,
    channel: DirectoryChannel,
  ): Promise<Omit<SendFacts, 'text' | 'attachments'>> {
    const { threadKind: kind, author, template } = request;
    const thread = this.connectors.of(channel.kind).capabilities(channel.kind, channel.settings)[kind];
    const asked = kind === 'comment' && visibility === 'private' && replyToMessageId !== null;
    const answered = asked
      ? await this.repository.answered(tx, workspaceId, conversationId, replyToMessageId)
      : undefined;
    return {
      capabilities: thread && answered ? capabilitiesFor(thread, answered) : thread,
      kind,
      author,
      visibility,
      lastInboundAt,
      comment: answered ?? null,
      template: template !== undefined,
    };
  }
}

export function sendFacts(
  conversation: ConversationForReply,
  ready: Readiness,
  visibility: 'public' | 'private',
  author: 'agent' | 'bot',
): Omit<SendFacts, 'text' | 'attachments'> {
  return {
    capabilities: ready.capabilities,
    kind: conversation.kind,
    author,
    visibility,
    lastInboundAt: conversation.lastInboundAt,
    recipientUnreachable: conversation.recipientUnreachable,
    recipientUnconfirmed: conversation.recipientUnconfirmed,
    comment: conversation.kind === 'comment' && ready.answered ? ready.answered : null,
  };
}
