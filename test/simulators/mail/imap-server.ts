import { type AddressInfo, createServer, type Socket } from 'node:net';
import { ImapSession, type ImapWorld } from './imap-session';

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

/** An IMAP server on loopback, without TLS. */
export class ImapServer {
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    if (this.refusing) socket.destroy();
    else ImapSession.serve(socket, this.world);
  });
  /** True: connections are closed at once, as by a server that is down. */
  refusing = false;

  constructor(private readonly world: ImapWorld) {}

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
