import { room } from '../outbox/audience';
import type { Authentication } from '../identity/sessions';
import { type Principal, roomsOf } from '../identity/principal';
import type { DomainEvent } from '../outbox/domain-event';
import { clientEventOf } from './client-event';
import { type AgentSocket, socketRoom } from './protocol';

/**
 * silent: connected, has not said where it was. catching_up: is being read what it missed, hears nothing live.
 * live: in its rooms. lagging: did not read what it was sent; out of its rooms until it has, then told to resync.
 */
export type Phase = 'silent' | 'catching_up' | 'live' | 'lagging' | 'gone';

/** One agent's socket on this node: who it is, what it may hear, and whether it is hearing. */
export class Connection {
  phase: Phase = 'silent';
  laggingSince = 0;
  /** Tickets opened on it, each allowed when asked for. */
  readonly tickets = new Set<string>();
  /** The ticket on its screen. */
  shown: string | null = null;
  /** It tells of hands and keys, so what is merely on the screen is no sign of a person. */
  saysActive = false;
  /** Counts `resume` calls: an older one that is still at work stops. */
  turn = 0;

  constructor(
    readonly socket: AgentSocket,
    public authentication: Authentication,
    /** `RealtimeAccess.changes` when it was let in. */
    readonly admittedAt: number,
  ) {}

  get principal(): Principal {
    return this.authentication.principal;
  }

  get workspaceId(): string {
    return this.principal.workspaceId;
  }

  /** Everything it may hear, whether or not it is in the rooms yet. */
  get rooms(): string[] {
    return [...roomsOf(this.principal), ...[...this.tickets].map(room.ticket)];
  }

  /** Puts the socket into its rooms. Both adapters do it at once: no event falls between this call and the next. */
  goLive(): void {
    if (this.phase === 'gone') return;
    this.phase = 'live';
    void this.socket.join(this.rooms.map((each) => socketRoom(this.workspaceId, each)));
  }

  /** Out of all rooms: nothing live reaches it until `goLive`. */
  fallSilent(phase: Exclude<Phase, 'live' | 'gone'>): void {
    if (this.phase === 'gone') return;
    this.phase = phase;
    for (const joined of this.socket.rooms) if (joined !== this.socket.id) void this.socket.leave(joined);
  }

  openTicket(ticketId: string): void {
    this.tickets.add(ticketId);
    if (this.phase === 'live') void this.socket.join(socketRoom(this.workspaceId, room.ticket(ticketId)));
  }

  closeTicket(ticketId: string): void {
    this.tickets.delete(ticketId);
    void this.socket.leave(socketRoom(this.workspaceId, room.ticket(ticketId)));
  }

  /** Takes over who the caller is now. @returns whether what it may hear has changed */
  becomes(authentication: Authentication): boolean {
    const before = roomsOf(this.principal);
    this.authentication = authentication;
    const after = new Set(roomsOf(this.principal));
    if (before.length === after.size && before.every((each) => after.has(each))) return false;
    this.tickets.clear(); // to be allowed anew
    if (this.phase === 'live') {
      this.fallSilent('silent');
      this.goLive();
    }
    return true;
  }

  send(events: readonly DomainEvent[]): void {
    if (events.length > 0) this.socket.emit('events', events.map(clientEventOf));
  }

  /** Bytes sent and not yet taken by the network: what waits in the engine, and in the web socket below it. */
  get backlog(): number {
    const { writeBuffer, transport } = this.socket.conn as unknown as {
      writeBuffer: { data?: string | Buffer }[];
      transport?: { socket?: { bufferedAmount?: number } };
    };
    let bytes = transport?.socket?.bufferedAmount ?? 0;
    for (const packet of writeBuffer) bytes += packet.data?.length ?? 0;
    return bytes;
  }

  /** Ends the connection; what was sent before still arrives. */
  cut(): void {
    this.socket.disconnect(true);
  }

  /** Ends the connection of a reader that does not read: waiting for it to take the rest would keep the rest. */
  abandon(): void {
    this.socket.conn.close(true);
  }
}
