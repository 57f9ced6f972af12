import { Injectable } from '@nestjs/common';
import { room } from '../outbox/audience';
import { type Actor, event, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import type { Tx } from '../platform/database';
import { type PresenceChange, PresenceRepository } from './presence.repository';
import type { PresenceState } from './protocol';

/** Changes of presence in the transaction of their cause, told as `presence.changed`. */
@Injectable()
export class PresenceStates {
  constructor(
    private readonly repository: PresenceRepository,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Turns those of the agents who are in one of `from` to another state, until they say otherwise.
   * @returns who was turned
   */
  async turn(
    tx: Tx,
    workspaceId: string,
    agentIds: readonly string[],
    from: readonly PresenceState[],
    to: PresenceState,
    why: string,
  ): Promise<string[]> {
    if (agentIds.length === 0) return [];
    const changes = await this.repository.turn(tx, workspaceId, agentIds, from, to);
    this.record(tx, changes, () => SYSTEM, why);
    return changes.map((change) => change.agentId);
  }

  record(tx: Tx, changes: readonly PresenceChange[], by: (change: PresenceChange) => Actor, why?: string): void {
    const events = changes.map((change) => {
      const { agentId, from, to, takes, teamIds } = change;
      const audience = [room.leads, ...(teamIds.length > 0 ? teamIds.map(room.team) : [room.agent(agentId)])];
      const data = { agentId, from, to, ...(takes && { takes }), ...(why && { why }) };
      return event(change.workspaceId, 'presence.changed', by(change), {}, audience, data);
    });
    // when hundreds come at once, those told to the same rooms are neighbours and travel in one packet
    events.sort((a, b) => (a.audience.join() < b.audience.join() ? -1 : 1));
    if (events.length > 0) this.outbox.record(tx, ...events);
  }
}
