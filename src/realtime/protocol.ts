import type { Namespace, Socket } from 'socket.io';
import { DomainError } from '../platform/errors';
import { isUuid } from '../platform/ids';
import type { ClientEvent } from './client-event';
import type { Connection } from './connection';
import type { Watch, WatchedTicket } from './watching';

/**
 * online: takes work. away: not now. break: away by choice, and what was not answered goes back. draining: finishes what
 * is in hand, gets nothing new, and turns to break when the hands are empty.
 */
export const PRESENCE_STATES = ['online', 'away', 'break', 'draining', 'offline'] as const;
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
  'resume' | 'subscribe' | 'unsubscribe' | 'presence' | 'active' | 'viewing' | 'typing',
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

/** What agents say of themselves: where they are, and what they take there. */
export interface Stance {
  state: PresenceState;
  /** Types of work, null for all; undefined leaves it as it was. */
  takes?: readonly string[] | null;
}

const WORK_TYPE = /^[a-z][a-z0-9_]{0,29}$/;
const MOST_TYPES = 20;

export function readPresence(body: unknown): Stance {
  const { state, takes } = bodyOf(body);
  const known = PRESENCE_STATES.find((each) => each === state);
  if (!known) throw refuse('state', `must be one of ${PRESENCE_STATES.join(', ')}`);
  if (takes === undefined || takes === null) return { state: known, takes };
  const types = Array.isArray(takes) ? (takes as unknown[]) : [];
  const named = types.filter((type): type is string => typeof type === 'string' && WORK_TYPE.test(type));
  if (named.length === 0 || named.length !== types.length || named.length > MOST_TYPES)
    throw refuse('takes', 'must be a list of types of work, such as dm, comment, call; or null for all');
  return { state: known, takes: [...new Set(named)].sort() };
}
