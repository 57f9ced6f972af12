import { simpleParser } from 'mailparser';
import { startMail } from '../simulators/mail/server';
import { eventually } from '../harness';
import { type OutboundWorld, startOutboundWorld, type Thread } from '../outbound-world';

export interface HandoffJson {
  id: string;
  state: string;
  addressState: string;
  address: string | null;
  confirmedBy: string | null;
  mailConversationId: string | null;
  mailMessageId: string | null;
  closingMessageId: string | null;
  closingRefusal: string | null;
  endReason: string | null;
  askedInConversationId: string | null;
  expiresAt: string | null;
}

export interface ErrorJson {
  error: { code: string; message: string; details: Record<string, unknown> };
}

export interface SaidJson {
  id: string;
  direction: string;
  authorKind: string;
  text: string;
  ticketId: string | null;
}

/** A private network, a mailbox of the same brand, and the people behind both. */
export class HandoffWorld {
  private constructor(
    readonly w: OutboundWorld,
    readonly mail: Awaited<ReturnType<typeof startMail>>,
    readonly mailbox: string,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<HandoffWorld> {
    const mail = await startMail({ ghosts: ['ghost@example.com'] });
    const w = await startOutboundWorld(env);
    const { id } = await w.api.post<{ id: string }>('/channels', {
      kind: 'email',
      name: 'Support',
      externalId: 'support@shop.example',
      settings: { ...mail.settings, backfillHours: 0 },
      credentials: { password: mail.account.password },
    });
    const world = new HandoffWorld(w, mail, id);
    world.reset();
    return world;
  }

  async close(): Promise<void> {
    await this.w.t.close();
    await this.mail.close();
  }

  reset(): void {
    this.w.network.reset();
    this.w.network.thread = { ...this.w.network.thread, textLimit: { max: 2_000, unit: 'characters' } };
  }

  handoff<T = HandoffJson & ErrorJson>(from: Thread, body: object, key?: string) {
    return this.w.api.request<T>(
      'POST',
      `/conversations/${from.conversationId}/handoff`,
      { to: 'email', ...body },
      key === undefined ? {} : { 'idempotency-key': key },
    );
  }

  async handoffs(from: { conversationId: string }): Promise<HandoffJson[]> {
    return (await this.w.api.get<{ items: HandoffJson[] }>(`/conversations/${from.conversationId}/handoffs`)).items;
  }

  becomes(from: Thread, like: Partial<HandoffJson>): Promise<HandoffJson> {
    return eventually(async () => {
      const [handoff] = await this.handoffs(from);
      const fits = Object.entries(like).every(([key, value]) => handoff?.[key as keyof HandoffJson] === value);
      return fits && handoff;
    }, 20_000);
  }

  async said(conversationId: string): Promise<SaidJson[]> {
    return (await this.w.api.get<{ items: SaidJson[] }>(`/conversations/${conversationId}/messages?limit=100`)).items;
  }

  /** What the network showed the customer, in order. */
  get shown(): string[] {
    return this.w.network.arrived.map(({ message }) => message.text);
  }

  mailTo(address: string, place = 0): Promise<string> {
    return eventually(() => {
      const mails = this.mail.effects.filter((effect) => effect.to === address);
      return Promise.resolve(mails[place]?.source.toString());
    }, 20_000);
  }

  mailsTo(address: string): number {
    return this.mail.effects.filter((effect) => effect.to === address).length;
  }

  async ticketOf(thread: { conversationId: string }): Promise<{ id: string; status: string; contact_id: string }> {
    return this.w.one(
      `SELECT t.id, t.status, t.contact_id FROM tickets t JOIN conversations c ON c.workspace_id = t.workspace_id
         AND t.id = coalesce(c.joined_ticket_id, (SELECT id FROM tickets l WHERE l.conversation_id = c.id ORDER BY position DESC LIMIT 1))
       WHERE c.id = $1`,
      [thread.conversationId],
    );
  }
}

/** The words of a mail as its reader sees them: its plain part, decoded. */
export async function wordsOf(source: string): Promise<{ subject: string; text: string }> {
  const mail = await simpleParser(source);
  return { subject: mail.subject ?? '', text: (mail.text ?? '').replaceAll('\r\n', '\n') };
}
