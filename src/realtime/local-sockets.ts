import { Injectable } from '@nestjs/common';
import type { Connection } from './connection';
import { type AgentsNamespace, type ServerEvents, socketRoom } from './protocol';
import { socketsConnected } from './realtime.metrics';

/** The agents' sockets of this node. */
@Injectable()
export class LocalSockets {
  private namespace?: AgentsNamespace;
  private readonly byWorkspace = new Map<string, Set<Connection>>();

  attach(namespace: AgentsNamespace): void {
    this.namespace = namespace;
  }

  add(connection: Connection): void {
    const there = this.byWorkspace.get(connection.workspaceId) ?? new Set();
    there.add(connection);
    this.byWorkspace.set(connection.workspaceId, there);
    socketsConnected.inc();
  }

  remove(connection: Connection): void {
    const there = this.byWorkspace.get(connection.workspaceId);
    if (!there?.delete(connection)) return;
    if (there.size === 0) this.byWorkspace.delete(connection.workspaceId);
    socketsConnected.dec();
  }

  of(workspaceId: string): Iterable<Connection> {
    return this.byWorkspace.get(workspaceId) ?? [];
  }

  ofAgent(workspaceId: string, agentId: string): Connection[] {
    return [...this.of(workspaceId)].filter((each) => each.principal.agentId === agentId);
  }

  *all(): Generator<Connection> {
    for (const there of this.byWorkspace.values()) yield* there;
  }

  has(workspaceId: string): boolean {
    return this.byWorkspace.has(workspaceId);
  }

  /** To the sockets of this node in any of the rooms, each once. No rooms means nobody, where socket.io would say all. */
  emit<E extends keyof ServerEvents>(
    workspaceId: string,
    rooms: readonly string[],
    event: E,
    ...payload: Parameters<ServerEvents[E]>
  ): void {
    if (!this.namespace || rooms.length === 0) return;
    this.namespace.local.to(rooms.map((each) => socketRoom(workspaceId, each))).emit(event, ...payload);
  }
}
