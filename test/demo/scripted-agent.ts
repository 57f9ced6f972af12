import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { ApiClient } from '../support/api-client';
import { type Answer, answerTo } from './answers';
import type { Capabilities, Message, Page, Ticket } from './shapes';

const LEAST_THOUGHT_MS = 1_500; // real time, at any speed: the bot goes first

export interface Desk {
  url: string;
  email: string;
  password: string;
  /** Takes these from the queue by itself; what routing gives it answers anyway. */
  claims: (ticket: Ticket) => boolean;
  /** Waits so many seconds of the day; rejects when the day is over. */
  wait: (seconds: number) => Promise<void>;
}

/** A colleague who works through the API as the console would: online by socket, typing, replying, solving. */
export class ScriptedAgent {
  replies = 0;
  readonly refusals: string[] = [];
  private readonly done = new Set<string>();

  private constructor(
    private readonly desk: Desk,
    private readonly api: ApiClient,
    private readonly socket: Socket,
  ) {}

  static async start(desk: Desk): Promise<ScriptedAgent> {
    const api = await ApiClient.signIn(desk.url, desk.email, desk.password);
    const socket = io(`${desk.url}/agents`, {
      transports: ['websocket'],
      extraHeaders: { cookie: api.cookie, origin: desk.url },
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    await socket.emitWithAck('resume', { after: null });
    await socket.emitWithAck('presence', { state: 'online' });
    return new ScriptedAgent(desk, api, socket);
  }

  /** One look at what is there, and one answer. */
  async tend(): Promise<void> {
    const own = await this.open('mine');
    const ticket = own.find((each) => this.waits(each)) ?? (await this.takeOne());
    if (!ticket) return;
    await this.socket.emitWithAck('viewing', { ticketId: ticket.id });
    await this.socket.emitWithAck('typing', { ticketId: ticket.id, on: true });
    await Promise.all([this.desk.wait(4), new Promise((resolve) => setTimeout(resolve, LEAST_THOUGHT_MS))]);
    await this.answer(ticket);
    await this.socket.emitWithAck('typing', { ticketId: ticket.id, on: false });
    await this.socket.emitWithAck('viewing', { ticketId: null });
  }

  leave(): void {
    this.socket.disconnect();
  }

  private async open(view: string): Promise<Ticket[]> {
    return (await this.api.get<Page<Ticket>>(`/tickets?view=${view}&status=new,open&limit=100`)).items;
  }

  private waits(ticket: Ticket): boolean {
    return ticket.previewDirection === 'in' && !this.done.has(`${ticket.id} ${ticket.lastMessageAt}`);
  }

  private async takeOne(): Promise<Ticket | null> {
    for (const ticket of await this.open('unassigned')) {
      if (!this.desk.claims(ticket) || !this.waits(ticket)) continue;
      const { status, body } = await this.api.request<Ticket>('POST', `/tickets/${ticket.id}/claim`);
      if (status < 300) return body;
    }
    return null;
  }

  private async answer(ticket: Ticket): Promise<void> {
    this.done.add(`${ticket.id} ${ticket.lastMessageAt}`);
    const { items } = await this.api.get<Page<Message>>(`/conversations/${ticket.conversationId}/messages`);
    const asked = items.findLast(({ author, deletedAt }) => author.kind === 'contact' && deletedAt === null);
    const newest = items.at(-1);
    if (!asked || !newest) return void (await this.solve(ticket)); // taken back: nothing is left to answer
    if (newest.direction === 'out' && newest.seq > asked.seq) return; // the bot was quicker
    const { capabilities } = await this.api.get<{ capabilities: Capabilities | null }>(`/tickets/${ticket.id}`);
    if (!capabilities) return;
    await this.carryOut(answerTo(asked, ticket, capabilities), ticket, asked, newest);
  }

  private async carryOut(answer: Answer, ticket: Ticket, asked: Message, newest: Message): Promise<void> {
    if (answer.act === 'hide') {
      await this.tell('POST', `/messages/${asked.id}/moderation`, { action: 'hide', reason: answer.reason });
      await this.solve(ticket);
    } else if (answer.act === 'reply') {
      await this.reply(ticket, answer.text, answer.visibility, newest, answer.statusAfter);
    } else {
      const aside = await this.reply(ticket, answer.privateText, 'private', newest);
      if (aside) await this.reply(ticket, answer.publicText, 'public', aside, 'pending');
    }
  }

  private async reply(ticket: Ticket, text: string, visibility: string, seen: Message, statusAfter?: string) {
    const body = { text, visibility, seenMessageId: seen.id, statusAfter };
    const sent = await this.tell<Message>('POST', `/conversations/${ticket.conversationId}/replies`, body);
    if (sent) this.replies += 1;
    return sent;
  }

  private solve(ticket: Ticket): Promise<unknown> {
    return this.tell('PUT', `/tickets/${ticket.id}/status`, { status: 'solved' });
  }

  /** A refusal is part of the day: a newer message came first, or another agent did. */
  private async tell<T>(method: string, path: string, body: unknown): Promise<T | null> {
    const answer = await this.api.request<T>(method, path, body, { 'idempotency-key': randomUUID() });
    if (answer.status < 300) return answer.body;
    const { error } = answer.body as { error?: { code?: string } };
    this.refusals.push(`${method} ${path.replaceAll(/[0-9a-f-]{36}/g, ':id')}: ${answer.status} ${error?.code ?? ''}`);
    if (error?.code === 'stale_reply') this.done.clear();
    return null;
  }
}
