import { Injectable } from '@nestjs/common';
import type { BotAllowance, BotReplies, BotReply } from '../bot/bot-replies';
import type { Principal } from '../identity/principal';
import { type ConversationForReply, ConversationsRepository } from '../inbox/conversations/conversations.repository';
import { agent, ConversationsService, type Outgoing } from '../inbox/conversations/conversations.service';
import { type MessageDto, messageDto } from '../inbox/conversations/message-view';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { JobQueue } from '../jobs/job-queue';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { Idempotency } from '../platform/idempotency';
import { OutboundRepository } from './outbound.repository';
import { sendJob } from './send-job';
import { sendFacts, SendReadiness } from './send-readiness';
import { decideSend, decideVisibility } from './send-rules';

export interface ReplyInput {
  text: string;
  visibility: 'public' | 'private';
  seenMessageId: string;
  replyToMessageId?: string;
  attachments?: { kind: string; url: string; mimeType?: string }[];
  statusAfter?: 'pending' | 'solved';
}

/**
 * Replies, an agent's and the bot's by the same way: the rules of the network first, then message, delivery and job in
 * one transaction. Nothing is sent here; the job does that.
 */
@Injectable()
export class RepliesService implements BotReplies {
  constructor(
    private readonly database: Database,
    private readonly conversations: ConversationsService,
    private readonly messages: ConversationsRepository,
    private readonly repository: OutboundRepository,
    private readonly tickets: TicketsService,
    private readonly readiness: SendReadiness,
    private readonly idempotency: Idempotency,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws DomainError `stale_reply` with the messages the agent has not seen; sending again with the newest as
   * `seenMessageId` goes ahead. `send_refused` with the network's rule that stands in the way.
   */
  replyAsAgent(
    who: Principal,
    conversationId: string,
    input: ReplyInput,
    key: string | undefined,
  ): Promise<MessageDto> {
    return this.database.transaction({ workspaceId: who.workspaceId }, (tx) =>
      this.idempotency.once(tx, who.workspaceId, key, { conversationId, agentId: who.agentId, input }, async () => {
        const conversation = await this.conversations.lockVisible(tx, who, conversationId);
        await this.refuseStale(tx, who, conversation, input.seenMessageId);
        const author = { kind: 'agent' as const, id: who.agentId, name: who.name };
        const messageId = await this.write(tx, conversation, input, author);
        if (input.statusAfter && conversation.ticket)
          await this.tickets.setStatusIn(
            tx,
            who.workspaceId,
            conversation.ticket.id,
            input.statusAfter,
            agent(who),
            'with_reply',
          );
        return messageDto((await this.messages.message(tx, who.workspaceId, messageId))!);
      }),
    );
  }

  async allowance(tx: Tx, where: { workspaceId: string; conversationId: string }): Promise<BotAllowance> {
    const conversation = await this.messages.lock(tx, where.workspaceId, where.conversationId);
    const nothing: BotAllowance = { mayReply: false, textLimit: { max: 0, unit: 'characters' } };
    if (!conversation) return nothing;
    const ready = await this.readiness.of(tx, conversation, null).catch((error: unknown) => {
      if (error instanceof DomainError) return null; // a disabled channel is a reason to be silent, not to fail
      throw error;
    });
    if (!ready?.capabilities) return nothing;
    const decision = decideVisibility(
      sendFacts(conversation, ready, conversation.kind === 'comment' ? 'public' : 'private', 'bot'),
      this.clock.now(),
    );
    return {
      mayReply: 'window' in decision && decision.window === 'standard',
      textLimit: ready.capabilities.textLimit,
    };
  }

  async reply(tx: Tx, reply: BotReply): Promise<{ messageId: string }> {
    const conversation = await this.messages.lock(tx, reply.workspaceId, reply.conversationId);
    if (!conversation) throw notFound('conversation');
    const visibility = conversation.kind === 'comment' ? 'public' : 'private';
    const messageId = await this.write(
      tx,
      conversation,
      { text: reply.text, visibility, replyToMessageId: reply.questionMessageId },
      { kind: 'bot' },
    );
    return { messageId };
  }

  /** A reply written without having seen a newer message is held back once, with what was missed. */
  private async refuseStale(
    tx: Tx,
    who: Principal,
    conversation: ConversationForReply,
    seenMessageId: string,
  ): Promise<void> {
    const seen = await this.repository.seqOf(tx, who.workspaceId, conversation.id, seenMessageId);
    if (seen === undefined) {
      throw new DomainError(
        'validation_failed',
        'seenMessageId is not a message of this conversation; send the newest one you have on screen.',
        {
          fields: [{ path: 'seenMessageId', problem: 'is not a message of this conversation' }],
        },
      );
    }
    const newer = await this.messages.newerThan(tx, who.workspaceId, conversation.id, seen, who.agentId);
    if (newer.length === 0) return;
    throw new DomainError('stale_reply', 'There is a newer message that you have not seen; read it, then send again.', {
      newer: newer.map(messageDto),
    });
  }

  private async write(
    tx: Tx,
    conversation: ConversationForReply,
    input: Omit<ReplyInput, 'seenMessageId'>,
    author: Outgoing['author'],
  ): Promise<string> {
    const ready = await this.readiness.of(tx, conversation, input.replyToMessageId ?? null);
    const facts = sendFacts(conversation, ready, input.visibility, author.kind);
    const decision = decideSend({ ...facts, text: input.text, attachments: input.attachments ?? [] }, this.clock.now());
    if ('refusal' in decision) throw new DomainError('send_refused', decision.refusal.message, { ...decision.refusal });
    const { channel, answered } = ready;
    const { messageId, seq } = await this.conversations.writeOutgoing(
      tx,
      conversation,
      {
        text: input.text,
        visibility: input.visibility,
        attachments: input.attachments ?? [],
        author,
        replyTo: answered ? { messageId: answered.messageId, externalId: answered.externalId } : null,
      },
      channel,
    );
    await this.repository.queue(tx, {
      workspaceId: conversation.workspaceId,
      messageId,
      conversationId: conversation.id,
      channelId: conversation.channelId,
      seq,
      request: {
        threadKind: conversation.kind,
        recipientExternalId: conversation.recipientExternalId,
        replyToExternalId: answered?.externalId ?? undefined,
        replyToParentExternalId: answered?.parentExternalId ?? undefined,
        postExternalId: conversation.postExternalId ?? undefined,
        window: decision.window,
        author: author.kind,
        ...(input.attachments?.length ? { attachments: input.attachments } : {}),
      },
    });
    this.enqueueSend(tx, conversation.workspaceId, conversation.id);
    return messageId;
  }

  enqueueSend(tx: Tx, workspaceId: string, conversationId: string): void {
    this.jobs.enqueue(tx, sendJob(workspaceId, conversationId));
  }
}
