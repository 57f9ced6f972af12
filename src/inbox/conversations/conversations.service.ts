import { Injectable } from '@nestjs/common';
import { canSeeTicket, type Principal } from '../../identity/principal';
import { room, ticketAudience } from '../../outbox/audience';
import { type Actor, event, type EventSubject } from '../../outbox/domain-event';
import { EventReader } from '../../outbox/event-reader';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { notFound } from '../../platform/errors';
import { uuidv7 } from '../../platform/ids';
import { cleanText } from '../../text/clean';
import { RepeatsService } from '../repeats/repeats.service';
import { TicketIntake } from '../tickets/ticket-intake';
import { type ConversationForReply, ConversationsRepository } from './conversations.repository';
import { type MessageDto, messageDto } from './message-view';

/** What is written into a conversation by our side. */
export interface Outgoing {
  text: string;
  visibility: 'public' | 'private';
  attachments: readonly { kind: string; url: string; mimeType?: string; name?: string }[];
  /** A rule, and the product itself (a survey say), answer nothing: the ticket stays as it is. */
  author:
    | { kind: 'agent'; id: string; name: string }
    | { kind: 'bot' }
    | { kind: 'rule'; id: string; name: string; chain: readonly string[] }
    | { kind: 'system' };
  /** The customer's message being answered, and its id at the network. */
  replyTo: { messageId: string; externalId: string | null } | null;
}

/** An agent as far as it takes to write in their name, now or in a job of theirs. */
export type Speaker = Omit<Principal, 'email' | 'locale' | 'via'>;

/** What is written for agents only. */
export interface NewNote {
  /** An agent, or the product itself. */
  author: Actor;
  authorName: string | null;
  text: string;
  /** What it tells of, where it is more than words: `call`. */
  subtype?: string;
  meta?: Record<string, unknown>;
}

@Injectable()
export class ConversationsService {
  constructor(
    private readonly database: Database,
    private readonly repository: ConversationsRepository,
    private readonly tickets: TicketIntake,
    private readonly repeats: RepeatsService,
    private readonly events: EventReader,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Locks a conversation the caller may see; the same 404 for what is not there. */
  async lockVisible(tx: Tx, who: Speaker, id: string): Promise<ConversationForReply> {
    return seen(who, await this.repository.lock(tx, who.workspaceId, id));
  }

  /** One the caller may see, as it is now, for reading: nobody waits for it. The same 404 for what is not there. */
  async readVisible(tx: Tx, who: Speaker, id: string): Promise<ConversationForReply> {
    return seen(who, await this.repository.read(tx, who.workspaceId, id));
  }

  messages(who: Principal, id: string, bounds: { before?: number; after?: number }, limit: number) {
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      // the position first: what is read after it is at least as new
      const position = await this.events.headIn(tx, who.workspaceId);
      const thread = seen(who, await this.repository.read(tx, who.workspaceId, id));
      const rows = await this.repository.page(tx, who.workspaceId, thread.id, bounds, limit + 1);
      const more = rows.length > limit;
      const forward = bounds.after !== undefined;
      const shown = forward ? rows.slice(0, limit) : rows.slice(-limit);
      const words = shown.filter((row) => row.direction === 'in').map((row) => row.id);
      const repeats = await this.repeats.ofMessages(tx, who, words);
      const items = shown.map((row) => ({
        ...messageDto(row),
        ...(repeats.get(row.id) ?? { repeats: null, wave: null }),
      }));
      const edge = forward ? items.at(-1) : items[0];
      return { items, nextCursor: more && edge ? String(edge.seq) : null, position };
    });
  }

  /** What a message says in whole, where `original` tells that there is more than its text. */
  original(who: Principal, id: string, messageId: string): Promise<{ text: string | null; html: string | null }> {
    return this.database.lean(who, async (tx) => {
      const thread = seen(who, await this.repository.read(tx, who.workspaceId, id));
      const original = await this.repository.original(tx, who.workspaceId, thread.id, messageId);
      if (!original) throw notFound('message');
      return original;
    });
  }

  /** A note is seen by agents only and silences nobody. */
  note(who: Principal, id: string, text: string): Promise<MessageDto> {
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      const conversation = await this.lockVisible(tx, who, id);
      const messageId = await this.writeNote(tx, conversation, { author: agent(who), authorName: who.name, text });
      return messageDto((await this.repository.message(tx, who.workspaceId, messageId))!);
    });
  }

  /** Writes a note into a locked conversation. @returns its id */
  async writeNote(tx: Tx, conversation: ConversationForReply, note: NewNote): Promise<string> {
    const { workspaceId } = conversation;
    const now = this.clock.now();
    const messageId = uuidv7(now.getTime());
    conversation.lastSeq += 1;
    await this.repository.insert(tx, {
      workspaceId,
      id: messageId,
      conversationId: conversation.id,
      ticketId: conversation.ticket?.id ?? null,
      channelId: conversation.channelId,
      seq: conversation.lastSeq,
      direction: 'note',
      visibility: 'internal',
      authorKind: note.author.kind === 'agent' ? 'agent' : 'system',
      authorId: note.author.kind === 'agent' ? (note.author.id ?? null) : null,
      authorName: note.authorName,
      parentExternalId: null,
      replyToMessageId: null,
      text: cleanText(note.text),
      at: now,
      deliveryState: null,
      subtype: note.subtype,
      meta: note.meta,
    });
    await this.repository.advance(tx, conversation, now, conversation.handler, false);
    const subject = { ...subjectOf(conversation), messageId };
    const noted = { seq: conversation.lastSeq };
    this.outbox.record(tx, event(workspaceId, 'message.noted', note.author, subject, audienceOf(conversation), noted));
    return messageId;
  }

  /** Who answers from now on. Taking it from the bot silences it in this very transaction. */
  setHandler(
    who: Principal,
    id: string,
    handler: 'bot' | 'human',
    reason: string,
  ): Promise<{ handler: 'bot' | 'human' }> {
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      const conversation = await this.lockVisible(tx, who, id);
      await this.changeHandler(tx, conversation, handler, agent(who), reason);
      return { handler };
    });
  }

  /** Asks for a human from wherever the conversation stands; routing hears of it. */
  handoffToAgent(who: Principal, id: string, reason: string): Promise<{ handler: 'human' }> {
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      const conversation = await this.lockVisible(tx, who, id);
      await this.requestHandoff(tx, conversation, agent(who), 'agent', reason);
      return { handler: 'human' };
    });
  }

  /** A locked conversation goes on with a human, here or by phone or e-mail: the bot is silent from now on. */
  async requestHandoff(
    tx: Tx,
    conversation: ConversationForReply,
    actor: Actor,
    to: 'agent' | 'phone' | 'email',
    reason: string,
  ): Promise<void> {
    await this.changeHandler(tx, conversation, 'human', actor, reason);
    const { workspaceId } = conversation;
    const [subject, audience] = [subjectOf(conversation), audienceOf(conversation)];
    this.outbox.record(
      tx,
      event(workspaceId, 'conversation.handoff_requested', actor, subject, audience, { to, reason }),
    );
  }

  /**
   * Writes an outgoing message into a locked conversation: message, ticket, events. A human's word silences the bot.
   * Whether it may be sent was decided by the caller; sending it is a job.
   */
  async writeOutgoing(
    tx: Tx,
    conversation: ConversationForReply,
    outgoing: Outgoing,
    channel: { brandId: string; teamId: string | null },
  ) {
    const now = this.clock.now();
    const messageId = uuidv7(now.getTime());
    const { author } = outgoing;
    const actor = actorOf(author);
    const answers = author.kind === 'agent' || author.kind === 'bot';
    const ticket = answers ? await this.answerTicket(tx, conversation, outgoing, channel, now) : conversation.ticket;
    conversation.lastSeq += 1;
    await this.repository.insert(tx, {
      workspaceId: conversation.workspaceId,
      id: messageId,
      conversationId: conversation.id,
      ticketId: ticket?.id ?? null,
      channelId: conversation.channelId,
      seq: conversation.lastSeq,
      direction: 'out',
      visibility: outgoing.visibility,
      authorKind: author.kind,
      authorId: 'id' in author ? author.id : null,
      authorName: 'name' in author ? author.name : null,
      parentExternalId: outgoing.replyTo?.externalId ?? null,
      replyToMessageId: outgoing.replyTo?.messageId ?? null,
      text: cleanText(outgoing.text),
      at: now,
      deliveryState: 'queued',
    });
    await this.repository.attach(tx, conversation.workspaceId, messageId, outgoing.attachments);
    const handler = author.kind === 'agent' ? 'human' : conversation.handler;
    await this.repository.advance(tx, conversation, now, handler, answers);
    const subject = { ...subjectOf(conversation), messageId };
    const audience = audienceOf(conversation);
    this.outbox.record(
      tx,
      event(conversation.workspaceId, 'message.sent', actor, subject, audience, {
        seq: conversation.lastSeq,
        visibility: outgoing.visibility,
        author: author.kind,
      }),
    );
    if (handler !== conversation.handler) {
      this.outbox.record(
        tx,
        event(conversation.workspaceId, 'conversation.handler_changed', actor, subject, audience, {
          from: 'bot',
          to: 'human',
          reason: 'replied',
        }),
      );
    }
    return { messageId, seq: conversation.lastSeq, ticketId: ticket?.id ?? null };
  }

  private async answerTicket(
    tx: Tx,
    conversation: ConversationForReply,
    { text, attachments }: Outgoing,
    channel: { brandId: string; teamId: string | null },
    now: Date,
  ) {
    const refs = await this.tickets.apply(
      tx,
      [
        {
          ...conversation,
          conversationId: conversation.id,
          brandId: channel.brandId,
          teamId: channel.teamId,
          ticketCount: 0,
          calls: [],
          spokeAt: now,
          lastSpokeAt: now,
          answered: true,
          lastMessageAt: now,
          preview: text || `[${attachments[0]?.kind ?? 'message'}]`,
          previewDirection: 'out',
          subject: null,
        },
      ],
      now,
    );
    return refs.get(conversation.id) ?? null;
  }

  private async changeHandler(
    tx: Tx,
    conversation: ConversationForReply,
    to: 'bot' | 'human',
    actor: Actor,
    reason: string,
  ): Promise<void> {
    if (conversation.handler === to) return;
    await tx.execute(
      `UPDATE conversations SET handler = $3, handler_changed_at = $4, version = version + 1 WHERE workspace_id = $1 AND id = $2`,
      [conversation.workspaceId, conversation.id, to, this.clock.now()],
    );
    this.outbox.record(
      tx,
      event(
        conversation.workspaceId,
        'conversation.handler_changed',
        actor,
        subjectOf(conversation),
        audienceOf(conversation),
        {
          from: conversation.handler,
          to,
          reason,
        },
      ),
    );
  }
}

function seen(who: Speaker, conversation: ConversationForReply | undefined): ConversationForReply {
  if (!conversation || !canSeeTicket(who, conversation.ticket ?? { teamId: null, assigneeId: null }))
    throw notFound('conversation');
  return conversation;
}

export const agent = (who: Pick<Principal, 'agentId'>): Actor => ({ kind: 'agent', id: who.agentId });

export const subjectOf = (conversation: ConversationForReply): EventSubject => ({
  conversationId: conversation.id,
  ticketId: conversation.ticket?.id ?? null,
  contactId: conversation.contactId,
});

export const audienceOf = (conversation: ConversationForReply): string[] =>
  conversation.ticket ? ticketAudience(conversation.ticket) : [room.leads, room.lobby];

function actorOf(author: Outgoing['author']): Actor {
  if (author.kind === 'agent') return { kind: 'agent', id: author.id };
  return author.kind === 'rule' ? { kind: 'rule', id: author.id, chain: author.chain } : { kind: author.kind };
}
