import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { freePort, holdDataDir } from '../../src/platform/embedded-postgres';
import { type MetaSimulator, startMeta } from '../simulators/meta/server';
import { INTEGRATION_USER } from '../simulators/salesforce/org';
import { type SalesforceEmulator, startSalesforce } from '../simulators/salesforce/server';
import { startVoice, type VoiceSimulator } from '../simulators/voice/server';
import { isReady } from '../support/app-process';
import { CRM_CONTACTS, invitePeople, OWNER, SHOP } from './cast';
import type { LiveNetwork } from './live-network';
import { liveMeta, type Networks, startNetworks } from './networks';
import { openShop, type Shop } from './shop';

const MAIN = join(__dirname, '..', '..', 'src', 'main.js');
const READY_WITHIN_MS = 90_000; // a first start makes a database
const STOPS_WITHIN_MS = 25_000;
const CLIENT_ID = 'pasokh-demo';
const MARK = '.pasokh-demo';

export interface World extends Shop {
  url: string;
  meta: MetaSimulator;
  /** Meta's and all the others. */
  networks: readonly LiveNetwork[];
  sims: Networks;
  voice: VoiceSimulator;
  salesforce: SalesforceEmulator;
  /** Resolves when the app ends by itself, with its last words. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** The networks, the CRM and the product, connected. `port` 0 takes free ports; otherwise they follow each other. */
export async function startWorld(options: { port: number; dataDir: string }): Promise<World> {
  const port = options.port === 0 ? await freePort() : options.port;
  await mustBeFree(port);
  const dataDir = freshDir(options.dataDir);
  const meta = await startMeta({
    port: options.port === 0 ? 0 : port + 1,
    requireProof: true,
    echo: 'random',
    delivery: { callbackUrl: `http://127.0.0.1:${port}/webhooks/meta` },
  });
  const here = `http://127.0.0.1:${port}`;
  const voice = await startVoice({ reach: { public: here, actual: here }, numbers: [SHOP.phone], callsPerSecond: 0 });
  let networks: Networks | undefined;
  let salesforce: SalesforceEmulator | undefined;
  let app: App | undefined;
  const stop = async () => {
    await app?.stop();
    await Promise.all([meta.close(), networks?.close(), voice.close(), salesforce?.close()]);
  };
  try {
    invitePeople(meta.world);
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    salesforce = await startSalesforce({ port: options.port === 0 ? 0 : port + 2 });
    networks = await startNetworks(options.port === 0 ? 0 : port + 3);
    salesforce.registerApp({
      clientId: CLIENT_ID,
      publicKeyPem: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      approvedUsers: [INTEGRATION_USER],
    });
    salesforce.seed('Contact', CRM_CONTACTS);
    app = await App.start(port, dataDir);
    const shop = await openShop(app.url, {
      metaUrl: meta.url,
      networks,
      voice,
      crm: {
        loginUrl: salesforce.url,
        clientId: CLIENT_ID,
        username: INTEGRATION_USER,
        privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      },
    });
    const live = [liveMeta(meta), ...networks.live];
    return { ...shop, url: app.url, meta, networks: live, sims: networks, voice, salesforce, ended: app.ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Otherwise whoever listens there would be taken for the app. */
function mustBeFree(port: number): Promise<void> {
  const probe = createServer();
  return new Promise((done, refuse) => {
    probe.once('error', (cause) => refuse(new Error(`Port ${port} is taken; choose another with --port.`, { cause })));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done()));
  });
}

/** Empties the directory, if it is ours to empty. */
function freshDir(path: string): string {
  const dir = resolve(path);
  if (existsSync(dir) && readdirSync(dir).length > 0) {
    if (!existsSync(join(dir, MARK))) {
      throw new Error(`${dir} holds something else than an earlier demo; name another directory with --data.`);
    }
    holdDataDir(dir)(); // refused while another demo lives in it
    rmSync(dir, { recursive: true, force: true });
  }
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, MARK), `The demo of ${SHOP.brand}; emptied at its next start.\n`);
  return dir;
}

/** The product as a person would start it, with a Postgres of its own. */
class App {
  readonly ended: Promise<string>;
  private lastWords = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    logFile: string,
  ) {
    const log = createWriteStream(logFile);
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        log.write(chunk);
        this.lastWords = (this.lastWords + chunk.toString()).slice(-2_000);
      });
    }
    this.ended = new Promise((resolveEnd) => child.once('close', () => log.end(() => resolveEnd(this.lastWords))));
  }

  static async start(port: number, dataDir: string): Promise<App> {
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // Ctrl-C comes to us, and we end it when its work is done
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'development',
        HOST: '127.0.0.1',
        PORT: String(port),
        PUBLIC_URL: `http://127.0.0.1:${port}`, // what the networks are told to deliver to
        DATA_DIR: dataDir,
        LOG_LEVEL: 'info',
        ADMIN_EMAIL: OWNER.email,
        ADMIN_PASSWORD: OWNER.password,
      },
    });
    const app = new App(child, `http://127.0.0.1:${port}`, join(dataDir, 'app.log'));
    const end = Date.now() + READY_WITHIN_MS;
    while (!(await isReady(app.url))) {
      if (child.exitCode !== null) throw new Error(`The app ended while it was starting: ${await app.ended}`);
      if (Date.now() > end) {
        await app.stop();
        throw new Error(`The app was not ready in time: ${app.lastWords}`);
      }
      await new Promise((next) => setTimeout(next, 50));
    }
    return app;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    const hard = setTimeout(() => this.child.kill('SIGKILL'), STOPS_WITHIN_MS);
    await this.ended;
    clearTimeout(hard);
  }
}
