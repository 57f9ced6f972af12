import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal';
import { agent, audienceOf, ConversationsService, subjectOf } from '../inbox/conversations/conversations.service';
import { mayMove } from '../inbox/conversations/delivery';
import { event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Database } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { OutboundRepository } from './outbound.repository';
import { RepliesService } from './replies.service';

const DECIDABLE = new Set(['failed', 'unknown']); // anything else is on its way, or has arrived

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
      const known = await this.repository.stateOf(tx, who.workspaceId, messageId);
      if (!known) throw notFound('message');
      const conversation = await this.conversations.lockVisible(tx, who, known.conversationId);
      const from = (await this.repository.stateOf(tx, who.workspaceId, messageId, 'FOR UPDATE'))!.state;
      if (from === state) return { state };
      if (!DECIDABLE.has(from) || !mayMove(from, state)) {
        throw new DomainError(
          'conflict',
          'Only a failed message, or one whose fate is unknown, can be sent again or given up.',
        );
      }
      await this.repository.decide(tx, who.workspaceId, messageId, state);
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
            from,
            to: state,
            reason: action === 'retry' ? 'retried_by_agent' : 'given_up_by_agent',
          },
        ),
      );
      return { state };
    });
  }
}
