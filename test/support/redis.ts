import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { freePort } from '../../src/platform/embedded-postgres';
import { endsWithUs } from './ends-with-us';

/** A Redis of a program's own, without persistence: killed, it comes back empty on the same port. */
export class ThrowAwayRedis {
  private child: ChildProcess | null = null;

  private constructor(private readonly port: number) {}

  static async start(): Promise<ThrowAwayRedis> {
    const redis = new ThrowAwayRedis(await freePort());
    await redis.up();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** @throws when there is no redis-server on the PATH */
  async up(): Promise<void> {
    const args = ['--port', String(this.port), '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'];
    const child = endsWithUs(spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] }));
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      child.once('error', () =>
        reject(new Error('redis-server must be on the PATH (Debian: apt-get install redis-server).')),
      );
      child.once('exit', () => reject(new Error('redis-server ended while it was starting.')));
      child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('Ready to accept') && resolve());
    });
  }

  /** `FLUSHALL`, spoken over a plain socket. */
  empty(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write('FLUSHALL\r\n'));
      socket.once('data', () => {
        socket.end();
        resolve();
      });
      socket.once('error', reject);
    });
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
}
