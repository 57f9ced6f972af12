import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { ImapSession, type ImapWorld } from './imap-session';
import type { MailTls } from './smtp';

export interface ImapFaults {
  /** `refuse`: the password is wrong from now on. `busy`: nobody gets in at the moment. */
  login?: 'refuse' | 'busy';
  /** Pushes nothing while clients idle; asked, it answers. */
  silent: boolean;
  /** Each answer comes this many milliseconds late. */
  slowMs: number;
  /** Cuts the connection at this command, after it was served so often. */
  dropOn?: { command: string; after: number };
  /** Never answers commands that begin like this; `DONE` is dead silence while idling. */
  hangOn?: string;
}

/** An IMAP server on loopback. */
export class ImapServer {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  /** True: connections are closed at once, as by a server that is down. */
  refusing = false;

  constructor(
    { how, certificate }: MailTls,
    private readonly world: ImapWorld,
  ) {
    const take = (socket: Socket) => this.take(socket, how === 'on_request' ? certificate : undefined);
    this.server = how === 'at_once' ? createTlsServer({ ...certificate }, take) : createServer(take);
    this.server.on('tlsClientError', () => undefined); // clients that trust nobody hang up
  }

  private take(socket: Socket, certificate: MailTls['certificate']): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
    if (this.refusing) socket.destroy();
    else ImapSession.serve(socket, this.world, certificate);
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.sockets.size;
  }

  /** What a restart or a firewall does. */
  dropAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.dropAll();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
