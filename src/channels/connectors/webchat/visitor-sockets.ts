import { Injectable } from '@nestjs/common';
import type { Joined, ServerEvents, VisitorSocket } from './visitor-protocol';

const WAITING_PACKETS = 500; // a socket that does not read that many fills our memory, not its own

/**
 * The visitors' sockets of this node: by conversation, or waiting for a thread that has none yet. Nothing goes through
 * the socket adapter: each node reads the events itself.
 */
@Injectable()
export class VisitorSockets {
  private readonly byWorkspace = new Map<string, Set<VisitorSocket>>();
  private readonly byConversation = new Map<string, Set<VisitorSocket>>();
  private readonly waiting = new Map<string, Set<VisitorSocket>>();
  private readonly placeOf = new Map<VisitorSocket, { workspaceId: string; thread: string; conversationId?: string }>();

  /** From now on the socket is attached as soon as its thread has a conversation. */
  add(socket: VisitorSocket, joined: Joined): void {
    this.remove(socket);
    const thread = threadName(joined.channelId, joined.threadKey);
    socket.data.joined = joined;
    this.placeOf.set(socket, { workspaceId: joined.workspaceId, thread });
    put(this.byWorkspace, joined.workspaceId, socket);
    put(this.waiting, thread, socket);
  }

  remove(socket: VisitorSocket): void {
    const place = this.placeOf.get(socket);
    if (!place) return;
    this.placeOf.delete(socket);
    socket.data.joined = undefined;
    take(this.byWorkspace, place.workspaceId, socket);
    take(this.waiting, place.thread, socket);
    if (place.conversationId) take(this.byConversation, place.conversationId, socket);
  }

  /** The thread has a conversation: whoever waited for it hears of it from now on. */
  attach(channelId: string, threadKey: string, conversationId: string): void {
    const thread = threadName(channelId, threadKey);
    for (const socket of this.waiting.get(thread) ?? []) {
      this.placeOf.get(socket)!.conversationId = conversationId;
      put(this.byConversation, conversationId, socket);
    }
    this.waiting.delete(thread);
  }

  get anybodyWaiting(): boolean {
    return this.waiting.size > 0;
  }

  has(workspaceId: string): boolean {
    return this.byWorkspace.has(workspaceId);
  }

  hears(conversationId: string): boolean {
    return this.byConversation.has(conversationId);
  }

  emit<E extends keyof ServerEvents>(conversationId: string, event: E, ...payload: Parameters<ServerEvents[E]>): void {
    for (const socket of this.byConversation.get(conversationId) ?? []) {
      if (backlog(socket) > WAITING_PACKETS) socket.disconnect(true);
      else socket.emit(event, ...payload);
    }
  }

  /** To all sockets of a workspace: what they show may lack something. */
  resync(workspaceId: string): void {
    for (const socket of this.byWorkspace.get(workspaceId) ?? []) socket.emit('resync');
  }

  sessions(): Set<string> {
    return new Set([...this.placeOf.keys()].flatMap((socket) => socket.data.joined?.sessionId ?? []));
  }

  /** Ends the sockets of sessions that are over. */
  cut(over: (sessionId: string) => boolean): void {
    for (const socket of this.placeOf.keys()) {
      if (socket.data.joined && over(socket.data.joined.sessionId)) socket.disconnect(true);
    }
  }
}

const threadName = (channelId: string, threadKey: string) => `${channelId}\n${threadKey}`;

const backlog = (socket: VisitorSocket) => (socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length;

function put<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}

function take<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  if (set?.delete(value) && set.size === 0) sets.delete(key);
}
