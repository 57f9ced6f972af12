import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal';
import { agent, audienceOf, ConversationsService, subjectOf } from '../inbox/conversations/conversations.service';
import { event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Database } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { OutboundRepository } from './outbound.repository';
import { RepliesService } from './replies.service';

/** What a person decides about a message that failed or whose fate nobody knows. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly database: Database,
    private readonly repository: OutboundRepository,
    private readonly conversations: ConversationsService,
    private readonly replies: RepliesService,
    private readonly outbox: Outbox,
  ) {}

  decide(who: Principal, messageId: string, action: 'retry' | 'give_up'): Promise<{ state: 'queued' | 'failed' }> {
    const state = action === 'retry' ? 'queued' : 'failed';
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      const [row] = await tx.query<{ conversation_id: string; state: string }>(
        `SELECT conversation_id, state FROM outbound_deliveries WHERE workspace_id = $1 AND message_id = $2`,
        [who.workspaceId, messageId],
      );
      if (!row) throw notFound('message');
      const conversation = await this.conversations.lockVisible(tx, who, row.conversation_id);
      if (!(await this.repository.decide(tx, who.workspaceId, messageId, state))) {
        throw new DomainError(
          'conflict',
          'Only a failed message, or one whose fate is unknown, can be sent again or given up.',
        );
      }
      if (state === 'queued') this.replies.enqueueSend(tx, who.workspaceId, conversation.id);
      this.outbox.record(
        tx,
        event(
          who.workspaceId,
          'message.delivery_changed',
          agent(who),
          { ...subjectOf(conversation), messageId },
          audienceOf(conversation),
          {
            from: row.state,
            to: state,
            reason: action === 'retry' ? 'retried_by_agent' : 'given_up_by_agent',
          },
        ),
      );
      return { state };
    });
  }
}
