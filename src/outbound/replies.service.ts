import { Injectable } from '@nestjs/common';
import type { BotAllowance, BotReplies, BotReply } from '../bot/bot-replies';
import type { OutboundTemplate } from '../channels/sending';
import type { Principal } from '../identity/principal';
import { type ConversationForReply, ConversationsRepository } from '../inbox/conversations/conversations.repository';
import { agent, ConversationsService, type Outgoing, type Speaker } from '../inbox/conversations/conversations.service';
import { type MessageDto, messageDto } from '../inbox/conversations/message-view';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { JobQueue } from '../jobs/job-queue';
import { UploadsService } from '../media/uploads.service';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { Idempotency } from '../platform/idempotency';
import type { QueuedAttachment } from './attachment-source';
import { RepliesRepository } from './replies.repository';
import { sendJob } from './send-job';
import { sendFacts, SendReadiness } from './send-readiness';
import { decideSend, decideVisibility, partsOf } from './send-rules';

/** Something uploaded here, or something the network fetches itself. */
export type AskedAttachment = { uploadId: string } | { kind: string; url: string; mimeType?: string; name?: string };

/** What is written, without what an agent had seen when writing it. */
export type Content = Omit<ReplyInput, 'seenMessageId' | 'attachments'> & { attachments: QueuedAttachment[] };

export interface ReplyInput {
  /** What is sent; of a template, how it reads. */
  text: string;
  visibility: 'public' | 'private';
  seenMessageId: string;
  replyToMessageId?: string;
  attachments?: AskedAttachment[];
  /** The agent agreed to several messages where one cannot carry all of it. */
  split?: boolean;
  template?: OutboundTemplate;
  statusAfter?: 'pending' | 'solved';
}

/** The first message, and all of them where it took several. */
export type ReplyView = MessageDto & { parts?: MessageDto[] };

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
    private readonly repository: RepliesRepository,
    private readonly tickets: TicketsService,
    private readonly readiness: SendReadiness,
    private readonly uploads: UploadsService,
    private readonly idempotency: Idempotency,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws DomainError `stale_reply` with the messages the agent has not seen; sending again with the newest as
   * `seenMessageId` goes ahead. `send_refused` with the network's rule that stands in the way.
   */
  replyAsAgent(who: Principal, conversationId: string, input: ReplyInput, key: string | undefined): Promise<ReplyView> {
    return this.database.transaction({ workspaceId: who.workspaceId }, (tx) =>
      this.idempotency.once(tx, who.workspaceId, key, { conversationId, agentId: who.agentId, input }, async () => {
        const ids = await this.replyIn(tx, who, conversationId, input);
        const sent: MessageDto[] = [];
        for (const id of ids) sent.push(messageDto((await this.messages.message(tx, who.workspaceId, id))!));
        return sent.length === 1 ? sent[0]! : { ...sent[0]!, parts: sent };
      }),
    );
  }

  /** The same in the caller's transaction, which has to settle that it is done once. @returns what was written, in order */
  async replyIn(tx: Tx, who: Speaker, conversationId: string, input: ReplyInput): Promise<string[]> {
    const conversation = await this.conversations.lockVisible(tx, who, conversationId);
    await this.refuseStale(tx, who, conversation, input.seenMessageId);
    const author = { kind: 'agent' as const, id: who.agentId, name: who.name };
    const content = { ...input, attachments: await this.queued(tx, who.workspaceId, input.attachments ?? []) };
    const ids: string[] = [];
    for (const part of await this.parts(tx, conversation, content))
      ids.push(await this.write(tx, conversation, { ...content, ...part }, author));
    if (input.statusAfter && conversation.ticket)
      await this.tickets.setStatusIn(
        tx,
        who.workspaceId,
        conversation.ticket.id,
        input.statusAfter,
        agent(who),
        'with_reply',
      );
    return ids;
  }

  /** The messages a reply takes: one, unless the agent agreed to more. */
  private async parts(tx: Tx, conversation: ConversationForReply, input: Content) {
    const { text, attachments, visibility, split, template } = input;
    if (!split || template) return [{ text, attachments }];
    const { capabilities } = await this.readiness.of(tx, conversation, input.replyToMessageId ?? null);
    if (!capabilities) return [{ text, attachments }];
    return partsOf(capabilities, { kind: conversation.kind, visibility, text, attachments });
  }

  /** @throws DomainError `validation_failed` when an upload is not there */
  private async queued(tx: Tx, workspaceId: string, asked: readonly AskedAttachment[]): Promise<QueuedAttachment[]> {
    const queued: QueuedAttachment[] = [];
    for (const attachment of asked) {
      if (!('uploadId' in attachment)) {
        queued.push(attachment);
        continue;
      }
      const [file] = await this.uploads.take(tx, workspaceId, [attachment.uploadId]);
      const { id: uploadId, kind, name, mimeType, sizeBytes } = file!;
      queued.push({ uploadId, kind, name, mimeType, sizeBytes, url: this.uploads.urlOf(workspaceId, uploadId) });
    }
    return queued;
  }

  async allowance(tx: Tx, where: { workspaceId: string; conversationId: string }): Promise<BotAllowance> {
    const conversation = await this.messages.lock(tx, where.workspaceId, where.conversationId);
    const nothing: BotAllowance = { mayReply: false, amongMachines: false, textLimit: { max: 0, unit: 'characters' } };
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
      amongMachines: ready.capabilities.machinesAnswer === true,
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
      { text: reply.text, attachments: [], visibility, replyToMessageId: reply.questionMessageId },
      reply.rule ? { kind: 'rule', ...reply.rule } : { kind: 'bot' },
    );
    return { messageId };
  }

  /** A reply written without having seen a newer message is held back once, with what was missed. */
  private async refuseStale(
    tx: Tx,
    who: Speaker,
    conversation: ConversationForReply,
    seenMessageId: string,
  ): Promise<void> {
    const seen = await this.repository.seqOf(tx, who.workspaceId, conversation.id, seenMessageId);
    if (seen === undefined) {
      throw new DomainError(
        'validation_failed',
        'seenMessageId is not a message of this conversation; send the one you have on screen that arrived last (`arrival`).',
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

  /**
   * Writes into a locked conversation and queues it, in the caller's transaction; the caller has settled that the author
   * may. What the product itself says is held to the bot's rules.
   * @throws DomainError `send_refused` before anything is written
   */
  async write(tx: Tx, conversation: ConversationForReply, input: Content, author: Outgoing['author']): Promise<string> {
    const ready = await this.readiness.of(tx, conversation, input.replyToMessageId ?? null);
    const facts = sendFacts(conversation, ready, input.visibility, spokenAs(author));
    const { text, attachments, template } = input;
    const decision = decideSend({ ...facts, text, attachments, template: template !== undefined }, this.clock.now());
    if ('refusal' in decision) throw new DomainError('send_refused', decision.refusal.message, { ...decision.refusal });
    const { channel, answered } = ready;
    const { messageId, seq } = await this.conversations.writeOutgoing(
      tx,
      conversation,
      {
        text,
        visibility: input.visibility,
        attachments,
        author,
        replyTo: answered ? { messageId: answered.messageId, externalId: answered.externalId } : null,
      },
      channel,
    );
    await this.repository.keepUploads(tx, conversation.workspaceId, messageId, attachments);
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
        ...(ready.capabilities?.underBroadcast ? { underBroadcast: true as const } : {}),
        window: decision.window,
        author: spokenAs(author),
        ...(attachments.length > 0 ? { attachments } : {}),
        ...(template ? { template } : {}),
      },
    });
    this.enqueueSend(tx, conversation.workspaceId, conversation.id);
    return messageId;
  }

  enqueueSend(tx: Tx, workspaceId: string, conversationId: string): void {
    this.jobs.enqueue(tx, sendJob(workspaceId, conversationId));
  }
}

/** Networks know humans and machines. */
const spokenAs = (author: Outgoing['author']): 'agent' | 'bot' => (author.kind === 'agent' ? 'agent' : 'bot');
