import type { QueryClient } from '@tanstack/react-query';
import { io, type Socket } from 'socket.io-client';
import { keys } from '../api/keys';
import type { ClientEvent, PresenceState, Viewer } from '../api/types';
import { EventApplier, patchPresence, type Scheduler } from './apply-event';

export type ConnectionState = 'connecting' | 'live' | 'lost';

interface ServerEvents {
  events(events: ClientEvent[]): void;
  resync(answer: { head: number }): void;
  viewers(answer: { ticketId: string; agents: Viewer[] }): void;
}

interface ClientMessages {
  resume(
    body: { after: number | null },
    ack: (answer: { head?: number; resync?: boolean; error?: { code: string } }) => void,
  ): void;
  subscribe(body: { ticketId: string }, ack: () => void): void;
  unsubscribe(body: { ticketId: string }, ack: () => void): void;
  presence(body: { state: PresenceState; takes?: readonly string[] | null }, ack: () => void): void;
  active(body: object, ack: () => void): void;
  viewing(body: { ticketId: string | null }, ack: () => void): void;
  typing(body: { ticketId: string; on: boolean }, ack: () => void): void;
}

// The server forgets a viewer after 30 s and a writer after 6 s.
const VIEWING_EVERY_MS = 20_000;
const TYPING_EVERY_MS = 4_000;
// Minutes without it make an agent away.
const ACTIVE_EVERY_MS = 15_000;
const ACTS = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

const browserScheduler: Scheduler = {
  soon: (run) => {
    if (document.hidden) setTimeout(run, 100);
    else requestAnimationFrame(run);
  },
  later: (run, ms) => void setTimeout(run, ms),
};

/**
 * The live line to the server. It keeps the highest event position it has applied and asks for everything after it on
 * every connection, so the cache converges whatever happened in between; told to resync, it reads everything again.
 */
export class Realtime {
  private readonly socket: Socket<ServerEvents, ClientMessages>;
  private readonly applier: EventApplier;
  private readonly listeners = new Set<() => void>();
  private readonly subscribed = new Map<string, number>();
  private state: ConnectionState = 'connecting';
  private position: number | null = null;
  private viewed: string | null = null;
  private typedAt = 0;
  private actedAt = -ACTIVE_EVERY_MS;
  private refusals = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly heartbeat: ReturnType<typeof setInterval>;

  constructor(private readonly client: QueryClient) {
    this.applier = new EventApplier(client, browserScheduler);
    this.socket = io('/agents', {
      path: '/socket.io',
      transports: ['websocket'],
      withCredentials: true,
      reconnectionDelay: FIRST_RETRY_MS,
      reconnectionDelayMax: LAST_RETRY_MS,
      randomizationFactor: 0.5,
      autoConnect: false,
    });
    this.socket.on('connect', this.resume);
    this.socket.on('disconnect', (reason) => {
      this.enter('lost');
      if (reason === 'io server disconnect') this.comeBack();
    });
    this.socket.on('connect_error', () => {
      this.enter('lost');
      if (this.socket.active) return;
      // Refused at the door: the session may have ended, or the server is not well. The session query finds out.
      void client.invalidateQueries({ queryKey: keys.session });
      this.comeBack();
    });
    this.socket.on('events', (events) => this.receive(events));
    this.socket.on('resync', ({ head }) => this.startOver(head));
    this.socket.on('viewers', ({ ticketId, agents }) => client.setQueryData(keys.viewers(ticketId), agents));
    this.heartbeat = setInterval(
      () => this.viewed && this.socket.emit('viewing', { ticketId: this.viewed }, noop),
      VIEWING_EVERY_MS,
    );
    window.addEventListener('online', this.hurry);
    window.addEventListener('focus', this.hurry);
    document.addEventListener('visibilitychange', this.tellViewing);
    for (const act of ACTS) window.addEventListener(act, this.tellActive, { passive: true, capture: true });
    this.socket.connect();
  }

  close(): void {
    clearTimeout(this.retry);
    clearInterval(this.heartbeat);
    window.removeEventListener('online', this.hurry);
    window.removeEventListener('focus', this.hurry);
    document.removeEventListener('visibilitychange', this.tellViewing);
    for (const act of ACTS) window.removeEventListener(act, this.tellActive, { capture: true });
    this.socket.disconnect();
  }

  getState = (): ConnectionState => this.state;

  onState = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** A list answered as of this position: events before it need not be replayed on the first connection. */
  noteRead(position: number | undefined): void {
    if (position !== undefined && this.position === null) this.position = position;
  }

  /** Joins a ticket's room (viewers, typing). Returns the way out; several parts of the page may ask for one ticket. */
  subscribe(ticketId: string): () => void {
    const users = this.subscribed.get(ticketId) ?? 0;
    this.subscribed.set(ticketId, users + 1);
    if (users === 0 && this.socket.connected) this.socket.emit('subscribe', { ticketId }, noop);
    return () => {
      const left = (this.subscribed.get(ticketId) ?? 1) - 1;
      if (left > 0) this.subscribed.set(ticketId, left);
      else {
        this.subscribed.delete(ticketId);
        if (this.socket.connected) this.socket.emit('unsubscribe', { ticketId }, noop);
      }
    };
  }

  /**
   * Shown at once; the server's `presence.changed` has the last word. `takes` names the types of work taken, null all of
   * them; left out, they stay as they are.
   */
  choosePresence(agentId: string, state: PresenceState, takes?: readonly string[] | null): void {
    if (!this.socket.connected) return;
    patchPresence(this.client, agentId, state);
    this.socket.emit('presence', { state, takes }, () => {
      void this.client.invalidateQueries({ queryKey: keys.agents });
      void this.client.invalidateQueries({ queryKey: keys.presence });
    });
  }

  setViewing(ticketId: string | null): void {
    this.viewed = ticketId;
    this.tellViewing();
  }

  typing(ticketId: string, on: boolean): void {
    if (!this.socket.connected) return;
    if (on && Date.now() - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = on ? Date.now() : 0;
    this.socket.emit('typing', { ticketId, on }, noop);
  }

  /** Somebody sits before the screen. */
  private readonly tellActive = (): void => {
    const now = performance.now();
    if (!this.socket.connected || now - this.actedAt < ACTIVE_EVERY_MS) return;
    this.actedAt = now;
    this.socket.emit('active', {}, noop);
  };

  private readonly tellViewing = (): void => {
    if (this.socket.connected) this.socket.emit('viewing', { ticketId: document.hidden ? null : this.viewed }, noop);
  };

  /** The library returns by itself from a broken line, but not after the server hung up or refused. */
  private comeBack(): void {
    this.refusals += 1;
    const delay = Math.min(FIRST_RETRY_MS * 2 ** this.refusals, LAST_RETRY_MS) * (0.5 + Math.random());
    clearTimeout(this.retry);
    this.retry = setTimeout(this.hurry, delay);
  }

  private readonly hurry = (): void => {
    if (!this.socket.connected) this.socket.connect();
  };

  private readonly resume = (): void => {
    const after = this.position;
    this.socket.emit('resume', { after }, ({ head, resync, error }) => {
      if (error || head === undefined) {
        // a line that hears nothing must not look alive: hang up and come back
        this.socket.disconnect();
        this.enter('lost');
        this.comeBack();
        return;
      }
      // Started at the head: whatever was read before that may miss events in between.
      if (resync || after === null) this.startOver(head);
      else this.position = Math.max(head, this.position ?? 0); // all up to it has been sent, heard of or not
      this.refusals = 0;
      this.enter('live');
    });
    for (const ticketId of this.subscribed.keys()) this.socket.emit('subscribe', { ticketId }, noop);
    this.tellViewing();
  };

  private receive(events: ClientEvent[]): void {
    const fresh = events.filter(({ position }) => this.position === null || position > this.position);
    const last = fresh.at(-1);
    if (!last) return;
    this.position = last.position;
    this.applier.apply(fresh);
  }

  private startOver(head: number): void {
    this.position = Math.max(head, this.position ?? 0);
    this.applier.forgetEverything();
  }

  private enter(state: ConnectionState): void {
    if (state === this.state) return;
    this.state = state;
    this.listeners.forEach((tell) => tell());
  }
}

const noop = (): void => {};
