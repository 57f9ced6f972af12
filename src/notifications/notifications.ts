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
    const { to, kind, ticketId = null, data = {}, cause, actor = SYSTEM } = notification;
    const now = this.clock.now();
    const ringAt = notification.ringAt ?? now;
    const agentIds = await this.repository.agentsOf(tx, workspaceId, to);
    const rows = agentIds.map((agentId) => ({ id: uuidv7(now.getTime()), agentId }));
    const made = await this.repository.insert(tx, workspaceId, rows, { kind, ticketId, data, cause, at: now, ringAt });
    for (const { id, agentId } of made) {
      const told = { notificationId: id, kind, ringAt: ringAt.toISOString() };
      this.outbox.record(tx, event(workspaceId, 'agent.notified', actor, { ticketId }, [room.agent(agentId)], told));
    }
    return made.map(({ agentId }) => agentId);
  }
}
