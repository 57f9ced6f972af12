import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import type { ConnectedChannel } from '../../../src/channels/channel';
import type { PullRequest } from '../../../src/channels/pulling';
import type { OutboundMessage } from '../../../src/channels/sending';
import type { InboundEvent, InboundMessage } from '../../../src/inbox/conversations/inbound-event';
import { XConnector } from '../../../src/channels/connectors/x/x.connector';
import { startX, type XOptions, type XSimulator } from './server';
import { SEED } from './world';

export const NOON = Date.UTC(2026, 10, 21, 12);

export const CREDENTIALS = {
  accessToken: SEED.accessToken,
  refreshToken: SEED.refreshToken,
  accessTokenExpiresAt: new Date(NOON + 7_200_000).toISOString(),
  clientId: SEED.clientId,
  clientSecret: SEED.clientSecret,
  appSecret: SEED.appSecret,
  bearerToken: SEED.bearerToken,
};

/** The connector and a webhook route in small: handshake, verify, parse, collect. */
export class XHarness {
  sim!: XSimulator;
  connector!: XConnector;
  events: InboundEvent[] = [];
  refused = 0;
  webhookUrl = '';
  /** While true the address answers the challenge with 503. */
  deaf = false;
  private now = NOON;
  private callback!: Server;

  async start(options: XOptions & { connected?: boolean } = {}): Promise<void> {
    this.callback = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const [status, body] = this.receive(
          request.method ?? '',
          request.url ?? '',
          request.headers,
          Buffer.concat(chunks),
        );
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => this.callback.listen(0, '127.0.0.1', resolve));
    this.webhookUrl = `http://127.0.0.1:${(this.callback.address() as AddressInfo).port}/webhooks/x`;
    this.events = [];
    this.refused = 0;
    this.deaf = false;
    this.connector = new XConnector(() => this.now);
    const { connected = true, ...rest } = options;
    this.sim = await startX(rest);
    this.setClock(NOON);
    this.sim.app.tokens[0]!.expiresAt = NOON + 7_200_000;
    if (connected) this.sim.connect(this.webhookUrl);
  }

  async stop(): Promise<void> {
    await this.sim.close();
    this.callback.closeAllConnections();
    await new Promise<void>((resolve) => this.callback.close(() => resolve()));
  }

  setClock(at: number): void {
    this.now = at;
    this.sim.world.setClock(at);
  }

  wait(ms: number): void {
    this.setClock(this.now + ms);
  }

  private receive(
    method: string,
    url: string,
    headers: Record<string, string | string[] | undefined>,
    body: Buffer,
  ): [number, unknown] {
    const door = this.connector.door();
    if (method === 'GET') {
      if (this.deaf) return [503, {}];
      const answer = door.handshake?.(new URL(url, 'http://host').searchParams, CREDENTIALS);
      if (!answer) return [403, {}];
      return typeof answer === 'object' && 'malformed' in answer ? [400, {}] : [200, answer];
    }
    if (!door.verify({ method, url, headers, body }, SEED.appSecret)) {
      this.refused += 1;
      return [401, {}];
    }
    this.events.push(...this.connector.parse(JSON.parse(body.toString('utf8')), {}));
    return [200, {}];
  }

  channel(settings: object = {}): ConnectedChannel {
    return {
      id: 'x-channel',
      workspaceId: 'harbour',
      kind: 'x',
      externalId: SEED.brandId,
      settings: { apiBaseUrl: this.sim.url, ...settings },
    };
  }

  message(over: Partial<OutboundMessage> = {}): OutboundMessage {
    return {
      id: '01JD0001',
      threadKind: 'dm',
      visibility: 'private',
      text: 'سفارش شما فردا می‌رسد 🚚',
      attachments: [],
      recipientExternalId: SEED.negarId,
      window: 'standard',
      author: 'agent',
      ...over,
    };
  }

  send(over: Partial<OutboundMessage> = {}, settings: object = {}) {
    return this.connector.send(this.channel(settings), this.message(over), CREDENTIALS);
  }

  lookup(over: Partial<OutboundMessage> = {}, sentAfter = new Date(NOON - 60_000)) {
    return this.connector.lookup(this.channel(), this.message(over), sentAfter, CREDENTIALS);
  }

  /** Pulls until there is no more, and parses what came as the core would. */
  async pullAll(reason: PullRequest['reason'], over: { cursor?: unknown; since?: Date; settings?: object } = {}) {
    const channel = this.channel(over.settings);
    const { externalId, settings, kind } = channel;
    const events: InboundEvent[] = [];
    const bodies: unknown[] = [];
    let cursor: unknown = over.cursor ?? null;
    let cost = 0;
    for (let step = 0; step < 60; step++) {
      const request = {
        reason,
        cursor,
        since: over.since ?? new Date(NOON - 3_600_000),
        signal: new AbortController().signal,
      };
      const outcome = await this.connector.pull(channel, request, CREDENTIALS);
      if (outcome.status !== 'pulled') return { outcome, events, bodies, cursor, cost };
      bodies.push(...outcome.bodies);
      for (const body of outcome.bodies)
        events.push(
          ...this.connector.parse(JSON.parse(JSON.stringify(body)), { channel: { externalId, settings, kind } }),
        );
      cursor = JSON.parse(JSON.stringify(outcome.cursor)) as unknown;
      cost += outcome.cost?.amount ?? 0;
      if (!outcome.more) return { outcome, events, bodies, cursor, cost };
    }
    throw new Error('The reading does not end.');
  }
}

export const keysOf = (events: readonly InboundEvent[]) =>
  [...new Set(events.map(({ eventKey }) => eventKey))].toSorted();

export const messagesIn = (events: readonly InboundEvent[]) =>
  events.filter((event): event is InboundMessage => event.type === 'message');
