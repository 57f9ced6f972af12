import type { Namespace, Socket } from 'socket.io';
import { DomainError } from '../../../platform/errors';
import { isUuid } from '../../../platform/ids';
import type { VisitorMessage } from './visitor';

/** What the server says on `/visitor`. A shortcut only: after each join the client reads `GET /widget/v1/messages`. */
export interface ServerEvents {
  'message.created': (message: VisitorMessage) => void;
  'message.updated': (message: VisitorMessage) => void;
  'message.deleted': (message: VisitorMessage) => void;
  'conversation.updated': (conversation: { handler: 'bot' | 'human' }) => void;
  /** Somebody on our side writes; good for a few seconds. */
  typing: (writing: { on: boolean }) => void;
  /** Something could not be told; read the messages again. */
  resync: () => void;
}

export interface ClientMessages {
  join: (body: unknown, ack: (answer: unknown) => void) => void;
}

/** What a socket stands for, from its join on. */
export interface Joined {
  sessionId: string;
  workspaceId: string;
  channelId: string;
  threadKey: string;
}

export interface SocketData {
  joined?: Joined;
  /** Counts joins: an older one that is still at work stops. */
  turn: number;
}

export type VisitorNamespace = Namespace<ClientMessages, ServerEvents, Record<string, never>, SocketData>;
export type VisitorSocket = Socket<ClientMessages, ServerEvents, Record<string, never>, SocketData>;

export function readJoin(body: unknown): { token: string; inboxId: string } {
  const { token, inboxId } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const fields = [
    ...(typeof token === 'string' && token.length <= 200
      ? []
      : [{ path: 'token', problem: 'must be the session’s token' }]),
    ...(isUuid(inboxId) ? [] : [{ path: 'inboxId', problem: 'must be the public id of the widget' }]),
  ];
  if (fields.length > 0) throw new DomainError('validation_failed', 'Please correct the join.', { fields });
  return { token: token as string, inboxId: inboxId as string };
}
