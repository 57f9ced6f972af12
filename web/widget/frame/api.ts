import type { PageUser } from '../bridge';
import type { Message } from './thread';

export interface Settings {
  inboxId: string;
  name: string;
  locale: 'fa' | 'en' | null;
  color: string;
  onColor: string;
  greeting: { fa: string | null; en: string | null };
  identity: 'off' | 'verify' | 'required';
  online: boolean;
  textLimit: number;
}

export interface Session {
  token: string;
  identified: boolean;
}

export interface MessagePage {
  items: Message[];
  nextCursor: number | null;
}

/** An answer that is no success; `status` 0 when there was none at all. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    readonly retryAfterMs: number | null = null,
  ) {
    super(reason);
  }

  /** Time may heal it. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const TIMEOUT_MS = 20_000;

export class Api {
  constructor(readonly inboxId: string) {}

  settings = () => this.ask<Settings>('GET', `settings?inbox_id=${this.inboxId}`);
  init = () => this.ask<Session>('POST', 'conversations/init', { inbox_id: this.inboxId });
  exchange = (user: PageUser, previous?: string) =>
    this.ask<Session>('POST', 'auth/exchange', { inbox_id: this.inboxId, ...user }, previous);
  newest = (token: string) => this.ask<MessagePage>('GET', 'messages', undefined, token);
  after = (token: string, seq: number) =>
    this.ask<MessagePage>('GET', `messages?after_seq=${seq}&limit=100`, undefined, token);
  before = (token: string, seq: number) => this.ask<MessagePage>('GET', `messages?before_seq=${seq}`, undefined, token);
  post = (token: string, clientId: string, text: string) =>
    this.ask<Message>('POST', 'messages', { client_id: clientId, text }, token);
  leaveAddress = (token: string, email: string) => this.ask<object>('POST', 'offline', { email }, token);
  logout = (token: string) => this.ask<object>('POST', 'logout', {}, token);

  private async ask<T>(method: string, path: string, body?: object, token?: string): Promise<T> {
    const response = await fetch(`/widget/v1/${path}`, {
      method,
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        'x-inbox-id': this.inboxId,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body: body && JSON.stringify(body),
    }).catch(() => {
      throw new Refused(0, 'unreachable');
    });
    const answer = (await response.json().catch(() => ({}))) as T & {
      error?: { code?: string; details?: { reason?: string } };
    };
    if (response.ok) return answer;
    const seconds = Number(response.headers.get('retry-after'));
    const { code = 'unknown', details } = answer.error ?? {};
    throw new Refused(response.status, details?.reason ?? code, seconds > 0 ? seconds * 1_000 : null);
  }
}
