import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../src/platform/embedded-postgres';
import { endsWithUs } from './ends-with-us';

export const OWNER = { email: 'owner@harbour.test', password: 'correct horse battery' };
export const SESSION_SECRET = 'a secret of the proofs, long enough to be one';
export const ENCRYPTION_KEY = '5'.repeat(64);

const MAIN = [
  join(__dirname, '..', '..', 'src', 'main.js'),
  join(__dirname, '..', '..', 'dist', 'src', 'main.js'),
].find((file) => existsSync(file))!; // from the build, or from the sources beside it
/** `PROOF_LOG=warn npm run chaos …` shows what the app says. */
const LOG_LEVEL = process.env['PROOF_LOG'] ?? 'silent';
const READY_WITHIN_MS = 120_000;

/** The product as a process of its own, that may be killed and started again on its port. */
export class AppProcess {
  private child: ChildProcess | null = null;
  private lastWords = '';
  /** How often it ended without having been told to. */
  deaths = 0;

  private constructor(
    private readonly port: number,
    private readonly env: Record<string, string>,
  ) {}

  /** @param databaseUrl empty for the product's own, embedded one */
  static async start(databaseUrl: string, env: Record<string, string> = {}): Promise<AppProcess> {
    const app = new AppProcess(await freePort(), { DATABASE_URL: databaseUrl, ...env });
    await app.up();
    return app;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /**
   * @param env over its own, for this start
   * @returns milliseconds from the start of the process until it was ready
   */
  async up(env: Record<string, string> = {}): Promise<number> {
    const started = performance.now();
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', LOG_LEVEL === 'silent' ? 'ignore' : 2, 'pipe'], // its log goes to our stderr
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        HOST: '127.0.0.1',
        PORT: String(this.port),
        LOG_LEVEL,
        ENCRYPTION_KEY,
        SESSION_SECRET,
        ADMIN_EMAIL: OWNER.email,
        ADMIN_PASSWORD: OWNER.password,
        ...this.env,
        ...env,
      },
    });
    this.child = endsWithUs(child);
    child.stderr?.on('data', (chunk: Buffer) => (this.lastWords = (this.lastWords + chunk.toString()).slice(-2_000)));
    child.once('exit', () => {
      if (this.child === child) this.deaths += 1;
    });
    const end = Date.now() + READY_WITHIN_MS;
    while (!(await isReady(this.url))) {
      if (this.child !== child || child.exitCode !== null || child.signalCode !== null)
        throw new Error(`The app ended: ${this.lastWords}`);
      if (Date.now() > end) throw new Error(`The app was not ready within a minute: ${this.lastWords}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return performance.now() - started;
  }

  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** Lets it finish what is under way. */
  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}

export async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
