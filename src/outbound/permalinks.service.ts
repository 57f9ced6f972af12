import { Injectable } from '@nestjs/common';
import { ChannelDirectory } from '../channels/channel-directory';
import { Connectors } from '../channels/connectors/registry';
import { canSeeTicket, type Principal } from '../identity/principal';
import { ConversationsRepository } from '../inbox/conversations/conversations.repository';
import { Database } from '../platform/database';
import { notFound } from '../platform/errors';
import { RepliesRepository } from './replies.repository';

/** Where a conversation can be seen at the network itself. */
@Injectable()
export class PermalinksService {
  constructor(
    private readonly database: Database,
    private readonly conversations: ConversationsRepository,
    private readonly repository: RepliesRepository,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
  ) {}

  /** @returns null where the network has no address for it */
  of(who: Principal, conversationId: string): Promise<{ url: string | null }> {
    return this.database.lean(who, async (tx) => {
      const conversation = await this.conversations.read(tx, who.workspaceId, conversationId);
      if (!conversation || !canSeeTicket(who, conversation.ticket ?? { teamId: null, assigneeId: null }))
        throw notFound('conversation');
      const channel = await this.directory.channel(conversation.channelId);
      const { messageExternalId, postPermalink } = await this.repository.latestPlace(
        tx,
        who.workspaceId,
        conversationId,
      );
      const made =
        channel &&
        this.connectors.of(channel.kind).permalink?.(channel, {
          threadKind: conversation.kind,
          messageExternalId,
          postExternalId: conversation.postExternalId ?? undefined,
          recipientExternalId: conversation.recipientExternalId,
        });
      return { url: made ?? postPermalink };
    });
  }
}
