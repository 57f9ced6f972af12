import { Injectable } from '@nestjs/common';
import { ConversationsRepository } from '../inbox/conversations/conversations.repository';
import type { ReplyCapabilities, ReplyCapabilitySource } from '../inbox/tickets/reply-capabilities';
import { Clock } from '../platform/clock';
import type { Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { actionsNow } from './moderation-rules';
import { sendFacts, SendReadiness } from './send-readiness';
import { decideVisibility, privateReplyEndsAt, windowOf } from './send-rules';

const NOTHING: Omit<ReplyCapabilities, 'refusals'> = {
  reply: [],
  textLimit: { max: 0, unit: 'characters' },
  window: { kind: 'none', closesAt: null },
  privateReply: null,
  moderation: [],
  attachments: [],
  templates: false,
};

/** What the console offers in a conversation, by the very rules the reply route holds to. */
@Injectable()
export class ReplyCapabilitiesService implements ReplyCapabilitySource {
  constructor(
    private readonly conversations: ConversationsRepository,
    private readonly readiness: SendReadiness,
    private readonly clock: Clock,
  ) {}

  async of(tx: Tx, workspaceId: string, conversationId: string): Promise<ReplyCapabilities> {
    const conversation = await this.conversations.read(tx, workspaceId, conversationId);
    if (!conversation) throw notFound('conversation');
    const ready = await this.readiness.of(tx, conversation, null).catch((error: unknown) => {
      if (error instanceof DomainError) return null;
      throw error;
    });
    if (!ready?.capabilities)
      return { ...NOTHING, refusals: { public: 'channel_disabled', private: 'channel_disabled' } };
    const now = this.clock.now();
    const refusals: ReplyCapabilities['refusals'] = {};
    for (const visibility of ['public', 'private'] as const) {
      const decision = decideVisibility(sendFacts(conversation, ready, visibility, 'agent'), now);
      if ('refusal' in decision) refusals[visibility] = decision.refusal.reason;
    }
    const { capabilities, answered } = ready;
    const rule = capabilities.privateReply;
    return {
      reply: capabilities.reply,
      textLimit: capabilities.textLimit,
      window: windowOf(capabilities, conversation.kind, conversation.lastInboundAt, now),
      privateReply:
        conversation.kind === 'comment' && rule
          ? {
              available: refusals.private === undefined,
              reason: refusals.private ?? null,
              expiresAt: answered ? privateReplyEndsAt(capabilities, answered) : null,
              ...(capabilities.underBroadcast ? { whileLive: true as const } : {}),
              textLimit: rule.textLimit,
            }
          : null,
      moderation: actionsNow(capabilities, conversation.lastInboundAt, now),
      moderationOwnOnly: capabilities.moderationOwnOnly,
      attachments: capabilities.attachments,
      partsTogether: capabilities.partsTogether,
      captionLimit: capabilities.captionLimit,
      templates: capabilities.templates ?? false,
      editSentMs: capabilities.editSentMs,
      refusals,
    };
  }
}
