import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';

export interface AccessChange {
  workspaceId: string;
  agentId: string;
}

/**
 * Says, in this process and after commit, that what an agent may do has changed: a session or token ended, a role or
 * teams changed, the agent disabled. Open sockets ask `Sessions.recheck` then; those of other nodes at their next round.
 */
@Injectable()
export class AccessChanges {
  private readonly listeners = new Set<(change: AccessChange) => void>();

  onChanged(listener: (change: AccessChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  announce(tx: Tx, change: AccessChange): void {
    tx.afterCommit(() => {
      for (const listener of this.listeners) listener(change);
    });
  }
}
