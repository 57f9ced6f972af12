import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Sweeper, untilEmpty } from '../jobs/sweeper';
import { ticketAudience } from '../outbox/audience';
import { event, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { type DueTimer, RuleTimersRepository } from './timers.repository';

const EVERY_MS = 1_000; // silences are minutes long
const BATCH = 200;

/** Tells silences that have lasted long enough, each once; the rules hear of it as of any other event. */
@Injectable()
export class RulesSweeper extends Sweeper {
  constructor(
    private readonly database: Database,
    private readonly timers: RuleTimersRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    config: Config,
    @Inject(LOGGER) log: Logger,
  ) {
    super(EVERY_MS, 'rules.sweep_failed', config, log);
  }

  /** @returns how many silences were told */
  sweep(): Promise<number> {
    return untilEmpty(BATCH, () => this.sweepBatch());
  }

  private sweepBatch(): Promise<number> {
    return this.database.lean('system', async (tx) => {
      const due = await this.timers.takeDue(tx, this.clock.now(), BATCH);
      this.outbox.record(tx, ...due.map(idled));
      return due.length;
    });
  }
}

function idled({ workspaceId, ticketId, conversationId, contactId, teamId, assigneeId, since, ...timer }: DueTimer) {
  const { ruleId, ruleVersion, side, minutes } = timer;
  const audience = ticketAudience({ id: ticketId, teamId, assigneeId });
  const data = { ruleId, ruleVersion, side, minutes, since: since.toISOString() };
  return event(workspaceId, 'ticket.idled', SYSTEM, { ticketId, conversationId, contactId }, audience, data);
}
