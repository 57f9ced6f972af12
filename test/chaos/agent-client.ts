import type { Socket as TcpSocket } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import type { SeededAgent } from '../support/seed-workspace';
import { sleep } from '../support/post-bytes';
import { some } from './scenario';
import type { World } from './world';

interface Received {
  position: number;
  workspaceId: string;
}

/** An agent's screen: keeps where it was, comes back after every loss and asks for the rest; writes down all it hears. */
export class AgentClient {
  /** Positions in the order they came. */
  readonly heard: number[] = [];
  readonly troubles: string[] = [];
  /** Everything after this is owed. */
  startedAt = -1;
  resyncs = 0;
  connects = 0;
  private last = -1;
  private socket: Socket | null = null;
  private wanted = true;

  constructor(
    readonly agent: SeededAgent,
    private readonly url: () => string,
  ) {}

  get live(): boolean {
    return this.socket !== null;
  }

  /** Connects and goes on connecting until `close`; resolves when it is live for the first time. */
  async start(): Promise<void> {
    while (this.wanted && !(await this.connect())) await sleep(200);
  }

  private async connect(): Promise<boolean> {
    const socket = io(`${this.url()}/agents`, {
      transports: ['websocket'],
      auth: { token: this.agent.token },
      reconnection: false,
      forceNew: true,
      timeout: 10_000,
    });
    this.connects += 1;
    socket.on('events', (events: Received[]) => {
      for (const event of events) this.hear(event);
    });
    socket.on('resync', () => (this.resyncs += 1));
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('connect_error', reject);
        socket.io.once('close', () => reject(new Error('closed'))); // the app died between opening and admitting
        setTimeout(() => reject(new Error('no answer')), 10_000).unref();
      });
      const after = this.startedAt < 0 ? null : this.last;
      const answer = (await socket.timeout(15_000).emitWithAck('resume', { after })) as {
        head?: number;
        error?: unknown;
      };
      if (answer.head === undefined) throw new Error(JSON.stringify(answer));
      if (this.startedAt < 0) {
        this.startedAt = answer.head;
        this.last = Math.max(this.last, answer.head);
      }
    } catch {
      socket.disconnect();
      return false;
    }
    if (!socket.connected) return false;
    this.socket = socket;
    socket.once('disconnect', () => {
      this.socket = null;
      if (this.wanted) void this.start();
    });
    return true;
  }

  private hear(event: Received): void {
    if (event.workspaceId !== this.agent.workspaceId) this.troubles.push(`heard another workspace's event`);
    if (event.position <= this.last)
      this.troubles.push(`heard ${event.position} after ${this.last}: twice, or out of order`);
    this.last = Math.max(this.last, event.position);
    this.heard.push(event.position);
  }

  /** Loses the connection: cut with RST, with FIN, or frozen for a while and then cut. */
  drop(how: 'reset' | 'close' | 'freeze', ms: number): void {
    const tcp = tcpOf(this.socket);
    if (!tcp) return;
    if (how === 'reset') tcp.resetAndDestroy();
    else if (how === 'close') tcp.destroy();
    else {
      tcp.pause();
      setTimeout(() => tcp.resetAndDestroy(), ms);
    }
  }

  close(): void {
    this.wanted = false;
    this.socket?.disconnect();
  }

  /** The rooms whose events it must hear, worked out here from its role and teams. */
  get rooms(): string[] {
    const { id, role, teamIds } = this.agent;
    return [`agent:${id}`, 'lobby', ...teamIds.map((team) => `team:${team}`), ...(role === 'agent' ? [] : ['leads'])];
  }
}

function tcpOf(socket: Socket | null): TcpSocket | undefined {
  const transport = socket?.io.engine?.transport as unknown as { ws?: { _socket?: TcpSocket } } | undefined;
  return transport?.ws?._socket;
}

/** Compares what each client heard with what the table says its rooms were told, until they agree or time is up. */
export async function checkClients(
  world: World,
  clients: readonly AgentClient[],
  withinMs: number,
): Promise<{ broken: string[]; ms: number }> {
  const started = Date.now();
  const tables = new Map<string, { position: number; audience: string[] }[]>();
  for (const workspaceId of new Set(clients.map((client) => client.agent.workspaceId))) {
    const rows = await world.query<{ position: string; audience: string[] }>(
      `SELECT position, audience FROM domain_events WHERE workspace_id = $1 ORDER BY position`,
      [workspaceId],
    );
    tables.set(
      workspaceId,
      rows.map((row) => ({ position: Number(row.position), audience: row.audience })),
    );
  }
  const owed = clients.map((client) => {
    const rooms = new Set(client.rooms);
    return tables
      .get(client.agent.workspaceId)!
      .filter((e) => e.position > client.startedAt && e.audience.some((room) => rooms.has(room)))
      .map((e) => e.position);
  });
  const upTo = new Map([...tables].map(([id, rows]) => [id, rows.at(-1)?.position ?? 0]));
  const heardUpTo = (client: AgentClient) => client.heard.filter((p) => p <= upTo.get(client.agent.workspaceId)!);
  const complete = (client: AgentClient, i: number) =>
    client.heard.at(-1)! >= (owed[i]!.at(-1) ?? 0) || owed[i]!.length === 0;
  while (Date.now() - started < withinMs && !clients.every(complete)) await sleep(50);
  const ms = Date.now() - started;

  const broken: string[] = [];
  clients.forEach((client, i) => {
    const heard = heardUpTo(client);
    const missing = owed[i]!.filter((p) => !heard.includes(p));
    const others = heard.filter((p) => !owed[i]!.includes(p));
    if (missing.length > 0)
      broken.push(`client ${i} (${client.agent.role}) never heard ${missing.length} events, first ${missing[0]}`);
    if (others.length > 0)
      broken.push(
        `client ${i} (${client.agent.role}) heard ${others.length} events not for its rooms, first ${others[0]}`,
      );
    if (client.resyncs > 0) broken.push(`client ${i} was told to fetch anew ${client.resyncs} times`);
    broken.push(...some(client.troubles, 2).map((trouble) => `client ${i}: ${trouble}`));
  });
  return { broken: some(broken, 10), ms };
}
