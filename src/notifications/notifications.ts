import { Injectable } from '@nestjs/common';
import { room } from '../outbox/audience';
import { event, type Actor, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import type { Tx } from '../platform/database';
import { uuidv7 } from '../platform/ids';
import { NotificationsRepository, type Receivers } from './notifications.repository';

export interface NewNotification {
  /** Who hears of it; each agent once, whoever they are told as. Disabled agents hear nothing. */
  to: Receivers;
  /** What it is about: `sla.warned`, `call.promised`, `rule.notify` … the console has the words. */
  kind: string;
  ticketId?: string | null;
  /** Facts for its text; ids and names, never a customer's words. */
  data?: Record<string, unknown>;
  /** What made it, unique in the workspace: told twice, it is heard once. */
  cause: string;
  /** Shown at once, but rung only then: quiet hours. */
  ringAt?: Date;
  actor?: Actor;
}

/** Tells agents what they should hear of, in the transaction of what happened. */
@Injectable()
export class Notifications {
  constructor(
    private readonly repository: NotificationsRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @returns the agents who hear of it now, and had not before */
  async notify(tx: Tx, workspaceId: string, notification: NewNotification): Promise<string[]> {
    const [heard] = await this.notifyEach(tx, workspaceId, [notification]);
    return heard ?? [];
  }

  /** Many at once, in two statements. @returns for each the agents who hear of it now, and had not before */
  async notifyEach(tx: Tx, workspaceId: string, notifications: readonly NewNotification[]): Promise<string[][]> {
    if (notifications.length === 0) return [];
    const now = this.clock.now();
    const receivers = await this.repository.agentsOf(
      tx,
      workspaceId,
      notifications.map(({ to }) => to),
    );
    const rows = notifications.flatMap(({ kind, ticketId = null, data = {}, cause, ringAt = now }, place) =>
      receivers[place]!.map((agentId) => ({
        place,
        id: uuidv7(now.getTime()),
        agentId,
        kind,
        ticketId,
        data,
        cause,
        ringAt,
      })),
    );
    const fresh = await this.repository.insert(tx, workspaceId, rows, now);
    const heard: string[][] = notifications.map(() => []);
    for (const { place, id, agentId, kind, ticketId, ringAt } of rows) {
      if (!fresh.has(id)) continue;
      heard[place]!.push(agentId);
      const { actor = SYSTEM } = notifications[place]!;
      const told = { notificationId: id, kind, ringAt: ringAt.toISOString() };
      this.outbox.record(tx, event(workspaceId, 'agent.notified', actor, { ticketId }, [room.agent(agentId)], told));
    }
    return heard;
  }
}
