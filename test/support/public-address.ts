import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The address others know an app by, open before the app is: passes everything on to wherever the app listens. */
export class PublicAddress {
  private target = '';
  /** While true nothing gets through: the connection is cut. */
  cut = false;

  private constructor(private readonly server: Server) {}

  static async open(): Promise<PublicAddress> {
    const server = createServer();
    const address = new PublicAddress(server);
    server.on('request', (incoming, outgoing) => {
      if (address.cut || address.target === '') {
        incoming.socket.destroy();
        return;
      }
      const to = new URL(incoming.url ?? '/', address.target);
      const onward = request(to, { method: incoming.method, headers: incoming.headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => incoming.socket.destroy());
      incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return address;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  leadTo(url: string): void {
    this.target = url;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
