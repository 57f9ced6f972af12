import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Sweeper, untilEmpty } from '../jobs/sweeper';
import { Notifications } from '../notifications/notifications';
import { ticketAudience } from '../outbox/audience';
import { event, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { EmailHandoffsRepository, type ExpiredHandoff } from './email-handoffs.repository';

const EVERY_MS = 10_000; // waits are days long
const GRACE_MS = 60_000; // what was said in the last moment is read by then
const BATCH = 100;

/** Ends the waiting for addresses that never came, each once; the agent who asked is told. */
@Injectable()
export class HandoffSweeper extends Sweeper {
  constructor(
    private readonly database: Database,
    private readonly handoffs: EmailHandoffsRepository,
    private readonly notifications: Notifications,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    config: Config,
    @Inject(LOGGER) log: Logger,
  ) {
    super(EVERY_MS, 'handoff.sweep_failed', config, log);
  }

  /** @returns how many ended */
  sweep(): Promise<number> {
    return untilEmpty(BATCH, () =>
      this.database.lean('system', async (tx) => {
        const now = this.clock.now();
        const expired = await this.handoffs.expire(tx, now, new Date(now.getTime() - GRACE_MS), BATCH);
        this.outbox.record(tx, ...expired.map(handoffExpired));
        for (const { workspaceId, id, ticketId, conversationId, agentId, assigneeId } of expired)
          await this.notifications.notify(tx, workspaceId, {
            to: { agentIds: [...new Set([agentId, ...(assigneeId ? [assigneeId] : [])])] },
            kind: 'handoff.expired',
            ticketId,
            data: { handoffId: id, conversationId },
            cause: `handoff.expired:${id}`,
          });
        return expired.length;
      }),
    );
  }
}

const handoffExpired = ({ workspaceId, id, conversationId, contactId, ticketId, ...ticket }: ExpiredHandoff) =>
  event(
    workspaceId,
    'conversation.handoff_expired',
    SYSTEM,
    { ticketId, conversationId, contactId },
    ticketAudience({ id: ticketId, ...ticket }),
    { to: 'email', handoffId: id },
  );
