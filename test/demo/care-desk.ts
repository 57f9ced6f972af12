import { randomUUID } from 'node:crypto';
import { ApiClient } from '../support/api-client';
import type { VoiceSimulator } from '../simulators/voice/server';
import type { Message, Page, PromisedCall, Ticket } from './shapes';

const SLOT_MS = 1_800_000;
const WINDOW_SLOTS = 2;
const SLEEP_S = 600; // of the day
const DESK_PHONE = '+982188776655';
const ON_THE_PHONE_S = 95;
const ADDRESS = /[^\s<>]+@[^\s<>]+\.\w+/;
const ASKS_FOR_INVOICE = /فاکتور/;
const ASKS_FOR_CALL = /call me|تماس بگیرید/i;
const REGULARS = /رستمی|رضایی/;

interface Handoff {
  id: string;
  state: string;
  mailConversationId: string | null;
}

export interface CareDeskOf {
  url: string;
  email: string;
  password: string;
  voice: VoiceSimulator;
  /** The account calls go out by. */
  accountId: string;
  wait: (seconds: number) => Promise<void>;
  until: (look: () => boolean | Promise<boolean>) => Promise<void>;
  /** How many times faster than life it is. */
  speed: number;
}

/**
 * The colleague for what takes longer than a message: goes on by e-mail, keeps promised calls, puts what is one matter
 * into one ticket, lays aside what has to wait, and knows the regulars.
 */
export class CareDesk {
  readonly refusals: string[] = [];
  /** What was done, as this colleague knows it. */
  readonly promised: string[] = [];
  readonly mailThreads: string[] = [];
  merged = 0;
  snoozed = 0;
  regulars = 0;
  private readonly done = new Set<string>();

  private constructor(
    private readonly desk: CareDeskOf,
    private readonly api: ApiClient,
  ) {}

  static async open(desk: CareDeskOf): Promise<CareDesk> {
    const api = await ApiClient.signIn(desk.url, desk.email, desk.password);
    await api.ok('PUT', '/call-desk', { phone: DESK_PHONE });
    desk.voice.people.set(DESK_PHONE, { does: 'answers', presses: '1' });
    return new CareDesk(desk, api);
  }

  /** One round through what is there, at most one errand of each kind. */
  async tend(): Promise<void> {
    const direct = await this.open('kind=dm');
    const complaints = [...direct, ...(await this.open('tag=complaint&kind=comment'))];
    await this.first('regular', direct, ({ contact }) => REGULARS.test(contact.name ?? ''), this.markRegular);
    await this.first('call', direct, ({ preview }) => ASKS_FOR_CALL.test(preview), this.callBack);
    await this.first('mail', direct, ({ preview }) => ASKS_FOR_INVOICE.test(preview), this.goOnByMail);
    await this.first(
      'merge',
      complaints,
      (ticket) => this.twinOf(ticket, complaints) !== undefined,
      (ticket) => this.merge(ticket, this.twinOf(ticket, complaints)!),
    );
    await this.first('snooze', await this.open('status=pending&kind=dm'), isLeftToWait, this.layAside);
    for (const thread of this.mailThreads) await this.answerMail(thread);
  }

  private async open(those: string): Promise<Ticket[]> {
    return (await this.api.get<Page<Ticket>>(`/tickets?view=all&sort=recent&limit=100&${those}`)).items;
  }

  private async first(
    errand: string,
    tickets: readonly Ticket[],
    calls: (ticket: Ticket) => boolean,
    go: (ticket: Ticket) => Promise<unknown>,
  ): Promise<void> {
    const ticket = tickets.find((each) => calls(each) && !this.done.has(`${errand} ${each.contact.id}`));
    if (!ticket) return;
    this.done.add(`${errand} ${ticket.contact.id}`);
    await this.desk.wait(2);
    await go(ticket);
  }

  private readonly markRegular = async ({ contact }: Ticket): Promise<void> => {
    if (await this.tell('PATCH', `/contacts/${contact.id}`, { tier: 'gold' })) this.regulars += 1;
  };

  private readonly goOnByMail = async ({ conversationId }: Ticket): Promise<void> => {
    const said = await this.messages(conversationId);
    const address = said.map(({ text, direction }) => (direction === 'in' ? ADDRESS.exec(text)?.[0] : undefined));
    const known = address.findLast((each) => each !== undefined);
    if (known === undefined) return;
    const place = `/conversations/${conversationId}`;
    const proof = 'خودش در همین گفتگو نوشت.';
    if (!(await this.tell('PUT', `${place}/email-handoff/address`, { address: known, proof }))) return;
    const text = 'سلام، فاکتور رسمی سفارش شما پیوست نامهٔ بعدی است؛ لطفاً شناسهٔ ملی شرکت را در پاسخ بنویسید.';
    const handoff = await this.tell<Handoff>('POST', `${place}/handoff`, {
      to: 'email',
      text,
      subject: 'فاکتور رسمی سیب‌سرخ',
      reason: 'official_invoice',
      sendAfterSeconds: 0,
    });
    if (!handoff) return;
    let thread: string | null = null;
    await this.desk.until(async () => {
      const { items } = await this.api.get<{ items: Handoff[] }>(`${place}/handoffs`);
      thread = items.find(({ id }) => id === handoff.id)?.mailConversationId ?? null;
      return thread !== null;
    });
    if (thread === null) return;
    this.mailThreads.push(thread);
  };

  private async answerMail(thread: string): Promise<void> {
    if (this.done.has(`answer ${thread}`)) return;
    const asked = (await this.messages(thread)).findLast(({ direction }) => direction === 'in');
    if (!asked) return;
    this.done.add(`answer ${thread}`);
    await this.tell('POST', `/conversations/${thread}/replies`, {
      text: 'ممنون؛ فاکتور با همین شناسه صادر شد و با سفارش می‌رسد.',
      visibility: 'private',
      seenMessageId: asked.id,
      statusAfter: 'solved',
    });
  }

  /** Promises the half hour that runs, since the customer is waiting, and keeps it. */
  private readonly callBack = async ({ conversationId }: Ticket): Promise<void> => {
    const start = Math.floor(Date.now() / SLOT_MS) * SLOT_MS;
    const made = await this.tell<{ call: PromisedCall }>('POST', `/conversations/${conversationId}/handoff`, {
      to: 'phone',
      windowStart: new Date(start).toISOString(),
      windowEnd: new Date(start + WINDOW_SLOTS * SLOT_MS).toISOString(),
      reason: 'asked_by_customer',
      brief: 'نشانی سفارش عوض شده است.\nپیک در راه است.',
      consent: { given: true, text: 'خودش نوشت: تماس بگیرید.' },
    });
    if (!made) return;
    const { id } = made.call;
    this.promised.push(id);
    const inHand = await this.tell<PromisedCall>('POST', `/calls/${id}/claim`);
    if (!inHand) return;
    this.desk.voice.people.set(inHand.phone, { does: 'answers', talksSeconds: ON_THE_PHONE_S });
    if (!(await this.tell('POST', `/calls/${id}/start`, { via: this.desk.accountId }))) return;
    let attempt: PromisedCall['attempts'][number] | undefined;
    await this.desk.until(async () => {
      attempt = (await this.api.get<PromisedCall>(`/calls/${id}`)).attempts.at(-1);
      return attempt?.stage === 'ended';
    });
    if (attempt?.stage !== 'ended' || attempt.outcome !== null) return; // the line has told how it went
    await this.tell('POST', `/calls/${id}/outcome`, {
      outcome: 'answered_resolved',
      note: 'نشانی تازه را گرفتم و به پیک گفتم؛ تا عصر می‌رسد.',
    });
  };

  /** The private thread of somebody who complained in public too: one matter. */
  private twinOf(ticket: Ticket, tickets: readonly Ticket[]): Ticket | undefined {
    if (ticket.kind !== 'comment' || ticket.mergedInto !== null || !ticket.tags.includes('complaint')) return undefined;
    return tickets.find(({ kind, contact, mergedInto }) => {
      return kind === 'dm' && contact.id === ticket.contact.id && mergedInto === null;
    });
  }

  private async merge(ticket: Ticket, into: Ticket): Promise<void> {
    if (await this.tell('POST', `/tickets/${ticket.id}/merge`, { into: into.id })) this.merged += 1;
  }

  private readonly layAside = async ({ id }: Ticket): Promise<void> => {
    const until = new Date(Date.now() + (SLEEP_S * 1_000) / this.desk.speed).toISOString();
    if (await this.tell('PUT', `/tickets/${id}/snooze`, { until, on: ['reply'] })) this.snoozed += 1;
  };

  private async messages(conversationId: string): Promise<Message[]> {
    return (await this.api.get<Page<Message>>(`/conversations/${conversationId}/messages?limit=100`)).items;
  }

  /** A refusal is part of the day: somebody else was there first. */
  private async tell<T>(method: string, path: string, body?: unknown): Promise<T | null> {
    const answer = await this.api.request<T>(method, path, body, { 'idempotency-key': randomUUID() });
    if (answer.status < 300) return answer.body;
    const { error } = answer.body as { error?: { code?: string; message?: string } };
    this.refusals.push(
      `${method} ${path.replaceAll(/[0-9a-f-]{36}/g, ':id')}: ${answer.status} ${error?.code ?? ''} ${error?.message ?? ''}`,
    );
    return null;
  }
}

/** Answered, and nothing to do until they write again. */
const isLeftToWait = ({ status, kind, snoozedUntil }: Ticket): boolean =>
  status === 'pending' && kind === 'dm' && snoozedUntil === null;
