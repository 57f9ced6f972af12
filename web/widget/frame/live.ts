import { io, type Socket } from 'socket.io-client';
import { backoffMs } from './backoff';
import type { Message } from './thread';

export interface LiveListener {
  /** After every join: what came while nobody listened is read by HTTP. */
  joined(): void;
  message(message: Message): void;
  writing(on: boolean): void;
  /** The session is over. */
  refused(token: string): void;
  state(connected: boolean): void;
}

/** One socket for the tab, back after every loss; a quicker try when the network or the tab comes back. */
export class Live {
  private readonly socket: Socket;
  private failures = 0;
  private timer: number | undefined;
  private wanted = false;
  private connecting = false;

  constructor(
    private readonly inboxId: string,
    private readonly token: () => string | null,
    private readonly listener: LiveListener,
  ) {
    this.socket = io('/visitor', { transports: ['websocket'], reconnection: false, autoConnect: false });
    this.socket.on('connect', () => {
      this.connecting = false;
      void this.join();
    });
    this.socket.on('connect_error', () => this.lost());
    this.socket.on('disconnect', () => this.lost());
    for (const event of ['message.created', 'message.updated', 'message.deleted']) {
      this.socket.on(event, (message: Message) => this.listener.message(message));
    }
    this.socket.on('typing', ({ on }: { on: boolean }) => this.listener.writing(on));
    this.socket.on('resync', () => this.listener.joined());
    addEventListener('online', () => this.hurry());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.hurry();
    });
  }

  /** Connects, or joins anew on the open connection when the session has changed. */
  start(): void {
    this.wanted = true;
    if (this.socket.connected) void this.join();
    else this.hurry();
  }

  /** What was read after the join is not all: from the connection on, once more. */
  again(): void {
    this.socket.disconnect();
  }

  stop(): void {
    this.wanted = false;
    this.connecting = false;
    clearTimeout(this.timer);
    this.socket.disconnect();
  }

  private async join(): Promise<void> {
    const token = this.token();
    if (!token) return this.stop();
    try {
      const answer = (await this.socket.timeout(10_000).emitWithAck('join', { token, inboxId: this.inboxId })) as {
        error?: { code: string };
      };
      if (answer.error?.code === 'unauthenticated') return this.listener.refused(token);
      if (answer.error?.code === 'conflict') return; // a later join of ours took over
      if (answer.error) throw new Error(answer.error.code);
      this.failures = 0;
      this.listener.state(true);
      this.listener.joined();
    } catch {
      this.socket.disconnect(); // and back again
    }
  }

  private lost(): void {
    this.connecting = false;
    if (!this.wanted) return;
    this.failures += 1;
    this.listener.state(false);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.connect(), backoffMs(this.failures));
  }

  private hurry(): void {
    if (this.wanted) this.connect();
  }

  private connect(): void {
    clearTimeout(this.timer);
    if (this.connecting || this.socket.connected) return;
    this.connecting = true;
    this.socket.connect();
  }
}
