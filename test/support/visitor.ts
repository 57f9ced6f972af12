import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';

export interface VisitorMessage {
  id: string;
  seq: number;
  clientId: string | null;
  author: { type: 'visitor' | 'agent' | 'bot'; name: string | null };
  text: string;
  version: number;
  deleted: boolean;
}

export interface Page {
  items: VisitorMessage[];
  nextCursor: number | null;
  conversation: { lastSeq: number; handler: string } | null;
}

export interface WidgetAnswer<T> {
  status: number;
  body: T;
  headers: Headers;
}

interface Failure {
  error: { code: string; message: string; details: Record<string, unknown> };
}

interface Session {
  token: string;
  identified: boolean;
  conversation: { lastSeq: number; handler: string } | null;
}

/** A browser with the widget in it, as naive as allowed: it appends what its socket hears and sorts nothing out. */
export class VisitorBrowser {
  token = '';
  readonly heard: { type: string; message: VisitorMessage }[] = [];
  readonly handlers: string[] = [];
  readonly writing: boolean[] = [];
  cut = false;
  private socket?: Socket;

  constructor(
    private readonly url: string,
    readonly inboxId: string,
  ) {}

  async send<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${this.url}/widget/v1${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : {}) as T & Failure, headers: response.headers };
  }

  init() {
    return this.keep(this.send<Session>('POST', '/conversations/init', { inbox_id: this.inboxId }));
  }

  exchange(proof: object) {
    return this.keep(this.send<Session>('POST', '/auth/exchange', { inbox_id: this.inboxId, ...proof }));
  }

  write(text: string, clientId: string = randomUUID(), headers: Record<string, string> = {}) {
    return this.send<VisitorMessage>('POST', '/messages', { client_id: clientId, text }, headers);
  }

  read(query = '', headers: Record<string, string> = {}) {
    return this.send<Page>('GET', `/messages${query}`, undefined, headers);
  }

  async texts(query = ''): Promise<string[]> {
    return (await this.read(query)).body.items.map((message) => message.text);
  }

  /** Connects without saying who it is. */
  async connect(extraHeaders?: Record<string, string>): Promise<Socket> {
    const socket = io(`${this.url}/visitor`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      extraHeaders,
    });
    this.socket = socket;
    for (const type of ['message.created', 'message.updated', 'message.deleted']) {
      socket.on(type, (message: VisitorMessage) => this.heard.push({ type, message }));
    }
    socket.on('conversation.updated', ({ handler }: { handler: string }) => this.handlers.push(handler));
    socket.on('typing', ({ on }: { on: boolean }) => this.writing.push(on));
    socket.on('disconnect', () => (this.cut = true));
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return socket;
  }

  async join(inboxId = this.inboxId): Promise<{ seq?: number; error?: { code: string } }> {
    const socket = this.socket ?? (await this.connect());
    return (await socket.timeout(10_000).emitWithAck('join', { token: this.token, inboxId })) as { seq?: number };
  }

  drop(): void {
    this.socket?.disconnect();
    this.socket = undefined;
  }

  private async keep(asked: Promise<WidgetAnswer<Session & Failure>>) {
    const answer = await asked;
    if (answer.status === 201) this.token = answer.body.token;
    return answer;
  }
}
