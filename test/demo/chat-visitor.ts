import { createHmac, randomUUID } from 'node:crypto';
import { SHOP, type Visitor } from './cast';

/** What only a survey asks. */
export const SURVEY_WORDS = /چقدر راضی بودید|How satisfied were you/;

/** Somebody at the web chat of the shop's site, speaking as the widget does. */
export class ChatVisitor {
  /** How many messages of this visitor were accepted. */
  written = 0;

  private constructor(
    private readonly url: string,
    private readonly inboxId: string,
    private readonly token: string,
    /** Whether the shop's site said who this is. */
    readonly vouchedFor: boolean,
  ) {}

  static async arrive(url: string, inboxId: string): Promise<ChatVisitor> {
    const { token } = await call('POST', `${url}/widget/v1/conversations/init`, { inbox_id: inboxId });
    return new ChatVisitor(url, inboxId, token!, false);
  }

  /** The shop's site knows who is signed in there, and vouches for it. */
  static async signedIn(url: string, inboxId: string, visitor: Visitor): Promise<ChatVisitor> {
    const now = Math.floor(Date.now() / 1_000);
    const { id, name, email, phone } = visitor;
    const claims = { external_user_id: id, name, email, phone_number: phone, aud: inboxId, iat: now, exp: now + 600 };
    const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    const jwt = `${signed}.${createHmac('sha256', SHOP.webchatSecret).update(signed).digest('base64url')}`;
    const { token } = await call('POST', `${url}/widget/v1/auth/exchange`, { inbox_id: inboxId, jwt });
    return new ChatVisitor(url, inboxId, token!, true);
  }

  /** Sends twice what a shaky connection would send twice: the same id is the same message. */
  async write(text: string, times = 1): Promise<void> {
    const body = { client_id: randomUUID(), text };
    for (let time = 0; time < times; time++) await call('POST', `${this.url}/widget/v1/messages`, body, this.headers());
    this.written += 1;
  }

  /** Whether somebody of the shop has written the last word. */
  async isAnswered(): Promise<boolean> {
    const { items = [] } = await call('GET', `${this.url}/widget/v1/messages`, undefined, this.headers());
    return items.at(-1)?.author.type !== 'visitor';
  }

  /** Whether the shop has asked how it was. */
  async isAsked(): Promise<boolean> {
    const { items = [] } = await call('GET', `${this.url}/widget/v1/messages`, undefined, this.headers());
    return items.some(({ author, text }) => author.type !== 'visitor' && SURVEY_WORDS.test(text ?? ''));
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}`, 'x-inbox-id': this.inboxId };
  }
}

interface WidgetAnswer {
  token?: string;
  items?: { author: { type: string }; text: string | null }[];
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function call(
  method: 'GET' | 'POST',
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<WidgetAnswer> {
  const init: RequestInit = { method, headers: { 'content-type': 'application/json', ...headers } };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await fetch(url, init);
  const answer = (await response.json()) as WidgetAnswer;
  if (response.status >= 300)
    throw new Error(`${method} ${url} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer;
}
