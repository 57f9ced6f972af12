import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { ConnectedChannel } from '../../../src/channels/channel';
import type { PullOutcome, PullRequest } from '../../../src/channels/pulling';
import type { OutboundMessage } from '../../../src/channels/sending';
import { EmailConnector } from '../../../src/channels/connectors/email/email.connector';
import type { InboundEvent, InboundMessage } from '../../../src/inbox/conversations/inbound-event';
import type { MailSimulator } from './server';

export const CONVERSATION = '0193a1b2-77aa-7000-8000-00000000abcd';
export const MESSAGE = '0193a1b2-77aa-7000-8000-000000000001';
export const CREDENTIALS = { password: 'app-password', appSecret: 'hook-secret', threadKey: 'thread-key' };

export function message(over: Partial<OutboundMessage> = {}): OutboundMessage {
  return {
    id: MESSAGE,
    threadKind: 'dm',
    visibility: 'private',
    text: 'سفارش شما فردا می\u200cرسد 🚚',
    attachments: [],
    recipientExternalId: 'negar@example.com',
    window: 'standard',
    author: 'agent',
    thread: { conversationId: CONVERSATION, ticketNumber: 12045, subject: 'سفارش', externalIds: [] },
    ...over,
  };
}

/** The connector with one channel at the simulator, and what the core would keep for it between steps. */
export class Desk {
  readonly connector = new EmailConnector();
  cursor: unknown = null;
  readonly bodies: unknown[] = [];

  constructor(
    readonly sim: MailSimulator,
    private readonly settings: object = {},
    readonly credentials: Record<string, string> = CREDENTIALS,
  ) {}

  get channel(): ConnectedChannel {
    const settings = { ...this.sim.settings, authservId: 'mx.shop.example', timeoutMs: 2000, ...this.settings };
    return { id: 'mail', workspaceId: 'harbour', kind: 'email', externalId: 'support@shop.example', settings };
  }

  /** One step; keeps bodies and cursor as the core does. */
  async pull(over: Partial<PullRequest> = {}): Promise<PullOutcome> {
    const { signal } = new AbortController();
    const since = new Date(Date.now() - 3_600_000);
    const request = { reason: 'poll', cursor: this.cursor, since, signal, ...over } as const;
    const outcome = await this.connector.pull(this.channel, request, this.credentials);
    if (outcome.status !== 'pulled') return outcome;
    this.cursor = outcome.cursor;
    this.bodies.push(...outcome.bodies);
    return outcome;
  }

  /** Steps until there is no more, at most `steps`. @returns the events of all of them */
  async pullAll(over: Partial<PullRequest> = {}, steps = 20): Promise<InboundEvent[]> {
    const from = this.bodies.length;
    for (let step = 0; step < steps; step++) {
      const outcome = await this.pull(over);
      if (outcome.status !== 'pulled' || !outcome.more) break;
    }
    return this.events(this.bodies.slice(from));
  }

  async events(bodies: readonly unknown[]): Promise<InboundEvent[]> {
    const events = await Promise.all(
      bodies.map((body) =>
        this.connector.parse(body, { channel: { ...this.channel, tokenKey: this.credentials['threadKey'] } }),
      ),
    );
    return events.flat();
  }

  send(over: Partial<OutboundMessage> = {}) {
    return this.connector.send(this.channel, message(over), this.credentials);
  }

  lookup(over: Partial<OutboundMessage> = {}) {
    return this.connector.lookup(this.channel, message(over), new Date(0), this.credentials);
  }

  health() {
    return this.connector.health(this.channel, this.credentials);
  }
}

export const keysOf = (events: readonly InboundEvent[]): string[] => events.map(({ eventKey }) => eventKey);

export function theMessage(events: readonly InboundEvent[]): InboundMessage {
  const found = events.find((event) => event.type === 'message');
  if (!found) throw new Error('There is no message among the events.');
  return found;
}

/** The webhook route in small: verify, decode, collect; `status` plays an outage. */
export class Callback {
  readonly bodies: unknown[] = [];
  refused = 0;
  status = 200;
  private readonly server: Server;

  constructor(private readonly connector = new EmailConnector()) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const body = Buffer.concat(chunks);
        response.writeHead(this.receive({ method, url, headers, body })).end();
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhooks/email/mail`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private receive(request: Parameters<ReturnType<EmailConnector['door']>['verify']>[0]): number {
    const door = this.connector.door();
    if (!door.verify(request, CREDENTIALS.appSecret)) {
      this.refused += 1;
      return 401;
    }
    if (this.status === 200) this.bodies.push(door.decode?.(request.body));
    return this.status;
  }
}

/** An HTTP proxy on loopback that tunnels (CONNECT) and remembers where to. */
export async function startProxy(): Promise<{ url: string; tunnels: string[]; close(): Promise<void> }> {
  const tunnels: string[] = [];
  const server = createServer();
  const sockets = new Set<{ destroy(): unknown }>();
  server.on('connect', (request, client) => {
    const [host = '', port = ''] = (request.url ?? '').split(':');
    tunnels.push(request.url ?? '');
    const onward = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(client).pipe(onward);
    });
    for (const socket of [client, onward]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Resolves when it is so. @throws when it is not within five seconds */
export async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; !isSo(); await new Promise((resolve) => setTimeout(resolve, 5)))
    if (Date.now() > end) throw new Error(`It never came to this: ${isSo.toString()}`);
}
