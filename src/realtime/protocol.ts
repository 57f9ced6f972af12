import type { Namespace, Socket } from 'socket.io';
import { DomainError } from '../platform/errors';
import { isUuid } from '../platform/ids';
import type { ClientEvent } from './client-event';
import type { Connection } from './connection';
import type { Watch, WatchedTicket } from './watching';

export const PRESENCE_STATES = ['online', 'away', 'offline'] as const;
export type PresenceState = (typeof PRESENCE_STATES)[number];

/** What the server says on `/agents`. Presence comes among the events, as `presence.changed`. */
export interface ServerEvents {
  events: (events: ClientEvent[]) => void;
  /** Too much was missed, or what may be seen has changed: fetch anew; live events go on after `head`. */
  resync: (at: { head: number }) => void;
  viewers: (ticket: WatchedTicket) => void;
}

/** What nodes tell each other through the adapter: ephemeral things only, nothing anyone relies on. */
export interface NodeEvents {
  watch: (watch: Watch) => void;
}

type Ack = (answer: unknown) => void;
/** What a client may say; every message is answered, with `{ error: { code, message } }` when refused. */
export type ClientMessages = Record<
  'resume' | 'subscribe' | 'unsubscribe' | 'presence' | 'viewing' | 'typing',
  (body: unknown, ack: Ack) => void
>;

/** `connection` is there from the handshake on. */
export interface SocketData {
  connection: Connection;
}

export type AgentsNamespace = Namespace<ClientMessages, ServerEvents, NodeEvents, SocketData>;
export type AgentSocket = Socket<ClientMessages, ServerEvents, NodeEvents, SocketData>;

/** A room of one workspace, as the adapter knows it. */
export const socketRoom = (workspaceId: string, room: string) => `w:${workspaceId}:${room}`;

type Body = Record<string, unknown>;
const bodyOf = (value: unknown): Body => (typeof value === 'object' && value !== null ? (value as Body) : {});

const refuse = (path: string, problem: string) =>
  new DomainError('validation_failed', `Please correct: ${path}.`, { fields: [{ path, problem }] });

/** @returns the last position seen, null to start at the head */
export function readAfter(body: unknown): number | null {
  const { after } = bodyOf(body);
  if (after === null) return null;
  if (typeof after === 'number' && Number.isSafeInteger(after) && after >= 0) return after;
  throw refuse('after', 'must be a position (a whole number from 0) or null');
}

export function readTicketId(body: unknown): string {
  const { ticketId } = bodyOf(body);
  if (isUuid(ticketId)) return ticketId.toLowerCase();
  throw refuse('ticketId', 'must be the id of a ticket');
}

export const readOptionalTicketId = (body: unknown): string | null =>
  bodyOf(body)['ticketId'] === null ? null : readTicketId(body);

export function readOn(body: unknown): boolean {
  const { on } = bodyOf(body);
  if (typeof on === 'boolean') return on;
  throw refuse('on', 'must be true or false');
}

export function readPresence(body: unknown): PresenceState {
  const { state } = bodyOf(body);
  const known = PRESENCE_STATES.find((each) => each === state);
  if (known) return known;
  throw refuse('state', `must be one of ${PRESENCE_STATES.join(', ')}`);
}
