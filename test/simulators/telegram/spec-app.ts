import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConnectedChannel, Credentials } from '../../../src/channels/channel';
import type { HealthReport } from '../../../src/channels/health';
import type { PullOutcome } from '../../../src/channels/pulling';
import type { OutboundMessage } from '../../../src/channels/sending';
import { TelegramConnector } from '../../../src/channels/connectors/telegram/telegram.connector';
import type { InboundEvent } from '../../../src/inbox/conversations/inbound-event';
import { SEED } from './seed';
import { startTelegram, type TelegramOptions, type TelegramSimulator } from './server';

/** The app in small: a webhook that verifies and parses, and the connector, both against a simulated network. */
export class SpecApp {
  readonly connector: TelegramConnector;
  readonly events: InboundEvent[] = [];
  /** Deliveries that came unsigned. */
  refused = 0;
  /** 503 while it is down. */
  down = false;
  credentials: Credentials = { accessToken: SEED.token, appSecret: SEED.secret };
  settings: Record<string, unknown> = {};
  private readonly callback: Server;

  static async start(options: TelegramOptions = {}): Promise<SpecApp> {
    const app = new SpecApp(await startTelegram({ idBase: 100, ...options }));
    await new Promise<void>((resolve) => app.callback.listen(0, '127.0.0.1', resolve));
    return app;
  }

  private constructor(readonly sim: TelegramSimulator) {
    this.connector = new TelegramConnector(() => sim.world.now());
    this.callback = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        response.writeHead(this.receive({ method, url, headers, body: Buffer.concat(chunks) })).end('EVENT_RECEIVED');
      });
    });
  }

  async close(): Promise<void> {
    await this.sim.close();
    this.callback.closeAllConnections();
    await new Promise<void>((resolve) => this.callback.close(() => resolve()));
  }

  get channel(): ConnectedChannel {
    return {
      id: 'channel-1',
      workspaceId: 'harbour',
      kind: this.sim.flavour,
      externalId: String(SEED.botId),
      settings: { apiBaseUrl: this.sim.url, ...this.settings },
    };
  }

  get webhookUrl(): string {
    const { port } = this.callback.address() as AddressInfo;
    return `http://127.0.0.1:${port}/webhooks/${this.sim.flavour}/channel-1`;
  }

  get keys(): string[] {
    return this.events.map(({ eventKey }) => eventKey);
  }

  send(over: Partial<OutboundMessage> = {}) {
    return this.connector.send(this.channel, message(over), this.credentials);
  }

  subscribe(): Promise<HealthReport> {
    return this.connector.subscribe(this.channel, this.credentials, this.webhookUrl);
  }

  health(): Promise<HealthReport> {
    return this.connector.health(this.channel, this.credentials, this.webhookUrl);
  }

  pull(cursor: unknown, signal = new AbortController().signal): Promise<PullOutcome> {
    const request = { reason: 'poll' as const, cursor, since: new Date(0), signal };
    return this.connector.pull(this.channel, request, this.credentials);
  }

  /** What a pull brought, read as the app reads it. */
  read(outcome: PullOutcome): InboundEvent[] {
    if (outcome.status !== 'pulled') throw new Error(`Nothing was pulled: ${JSON.stringify(outcome)}`);
    return outcome.bodies.flatMap((body) => this.connector.parse(body, { channel: this.channel }));
  }

  private receive(request: Parameters<ReturnType<TelegramConnector['door']>['verify']>[0]): number {
    if (this.down) return 503;
    const door = this.connector.door(this.sim.flavour);
    if (!door.verify(request, this.credentials['appSecret'] ?? '')) {
      this.refused += 1;
      return 401;
    }
    const body = JSON.parse(request.body.toString('utf8')) as unknown;
    this.events.push(...this.connector.parse(body, { channel: this.channel }));
    return 200;
  }
}

export function message(over: Partial<OutboundMessage> = {}): OutboundMessage {
  return {
    id: '01JD0001',
    threadKind: 'dm',
    visibility: 'private',
    text: 'سفارش شما فردا می‌رسد 🚚',
    attachments: [],
    recipientExternalId: String(SEED.negarId),
    window: 'standard',
    author: 'agent',
    ...over,
  };
}

export const states = (report: HealthReport): Record<string, string> =>
  Object.fromEntries(report.checks.map(({ name, state }) => [name, state]));

/** Looks until it is so, two seconds at most. */
export async function eventually(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('It did not come about.');
}

/** An address on loopback where nobody listens. */
export async function nobodysUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return `http://127.0.0.1:${port}`;
}
