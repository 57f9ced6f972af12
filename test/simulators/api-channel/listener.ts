import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { json } from '../meta/http';

export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** An HTTP server on loopback; a bug in `handle` is loud in the answer, so that a test sees it. */
export class Listener {
  url = '';
  private readonly server: Server;

  constructor(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
    this.server = createServer((request, response) => {
      handle(request, response).catch((error: unknown) => {
        const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
        if (response.headersSent) response.destroy();
        else json(response, 500, { simulator_bug: bug });
      });
    });
  }

  async listen(port = 0, host = '127.0.0.1'): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    this.url = `http://${host}:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

/** @returns whether the fault ended the request: nothing more is to be answered */
export function misbehave(response: ServerResponse, answer: unknown): boolean {
  if (answer === 'hang') return true;
  if (answer === 'reset') {
    response.destroy();
    return true;
  }
  if (typeof answer === 'number') {
    response.writeHead(answer, { 'content-type': 'text/html' }).end('<h1>Sorry, something went wrong.</h1>');
    return true;
  }
  return false;
}
