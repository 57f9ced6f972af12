import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ConnectedApp } from './auth';
import { seed } from './control';
import { Exchange } from './exchange';
import type { Faults } from './faults';
import type { Journal } from './journal';
import { Org, type OrgOptions } from './org';
import type { Row } from './schema';

export interface SalesforceOptions extends OrgOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Apps registered from the start; more by `registerApp` or the control plane. */
  apps?: ConnectedApp[];
}

/** A Salesforce org on loopback. */
export interface SalesforceEmulator {
  /** My Domain, instance and login URL in one: `http://127.0.0.1:<port>`. */
  url: string;
  org: Org;
  faults: Faults;
  journal: Journal;
  registerApp(app: ConnectedApp): void;
  /** Creates rows as a CRM user would, past faults and limits; gives their ids. */
  seed(object: string, records: readonly Record<string, unknown>[]): string[];
  /** Rows whose fields have these values; live ones unless `IsDeleted` is asked for. */
  find(object: string, where?: Row): Row[];
  /** Stops the org's clock at this instant; undefined lets it follow the machine's again. */
  setClockMs(ms: number | undefined): void;
  close(): Promise<void>;
}

const MAX_HEADER_BYTES = 65_536; // above Salesforce's own 16,384, so that its 414 and 431 come from us

/** Starts an org; it answers when the promise resolves. */
export async function startSalesforce(options: SalesforceOptions = {}): Promise<SalesforceEmulator> {
  const org = new Org(options);
  for (const app of options.apps ?? []) org.auth.register(app);
  const closing = new AbortController();
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    void serve(org, request, response, closing.signal);
  });
  org.url = await listen(server, options.port ?? 0);
  return {
    url: org.url,
    org,
    faults: org.faults,
    journal: org.journal,
    registerApp: (app) => org.auth.register(app),
    seed: (object, records) => seed(org, object, records),
    find: (object, where) => org.find(object, where),
    setClockMs: (ms) => org.setClockMs(ms),
    close: () => close(server, closing),
  };
}

async function serve(org: Org, request: IncomingMessage, response: ServerResponse, closing: AbortSignal) {
  try {
    await new Exchange(org, request, response, closing).run();
  } catch (cause) {
    if (closing.aborted || response.headersSent) {
      response.destroy();
      return;
    }
    const detail = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end(`The emulator failed: ${detail}`);
  }
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address && typeof address === 'object') resolve(`http://127.0.0.1:${address.port}`);
      else reject(new Error('The emulator got no TCP port.'));
    });
  });
}

function close(server: Server, closing: AbortController): Promise<void> {
  closing.abort();
  return new Promise((resolve, reject) => {
    server.close((cause) => (cause ? reject(cause) : resolve()));
    server.closeAllConnections();
  });
}
