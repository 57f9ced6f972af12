import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Sweeper, untilEmpty } from '../jobs/sweeper';
import { Notifications } from '../notifications/notifications';
import { SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Config } from '../platform/config';
import { Database, type Tx } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { AttemptsRepository } from './attempts.repository';
import { callEvent } from './call.events';
import { CallTimes, type TimedCall } from './call-times.repository';
import { VoiceCalls } from './voice/voice-calls';
import { VoiceDialling } from './voice/voice-dialling';

const EVERY_MS = 1_000;
const BATCH = 200;

/**
 * What time does to promised calls: their windows begin and pass, claims run out, what was missed expires. All of it by
 * stored instants; any number of nodes may sweep, and each fact is told once.
 */
@Injectable()
export class CallsSweeper extends Sweeper {
  constructor(
    private readonly database: Database,
    private readonly times: CallTimes,
    private readonly attempts: AttemptsRepository,
    private readonly voice: VoiceCalls,
    private readonly notifications: Notifications,
    private readonly dialling: VoiceDialling,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(EVERY_MS, 'calls.sweep_failed', config, logger);
  }

  async sweep(): Promise<void> {
    await this.all((tx, now) => this.freeLeases(tx, now));
    await this.all((tx, now) => this.tellDue(tx, now));
    await this.all((tx, now) => this.tellMissed(tx, now));
    await this.all((tx, now) => this.expire(tx, now));
    await this.dialling.lookAround();
    await this.forget();
  }

  private all(step: (tx: Tx, now: Date) => Promise<number>): Promise<number> {
    return untilEmpty(BATCH, () => this.database.lean('system', (tx) => step(tx, this.clock.now())));
  }

  /** Each in a transaction of its own: its thread is locked before it. One that cannot be ended holds up no other. */
  private async forget(): Promise<void> {
    const forgotten = await this.database.lean('system', (tx) => this.attempts.forgotten(tx, this.clock.now(), BATCH));
    for (const { workspaceId, promiseId, attemptId } of forgotten)
      await this.database
        .lean({ workspaceId }, (tx) => this.voice.forget(tx, workspaceId, promiseId, attemptId))
        .catch((error: unknown) =>
          this.logger.error({ event: 'calls.not_ended', workspaceId, promiseId, attemptId, err: error }, 'tried again'),
        );
  }

  private async freeLeases(tx: Tx, now: Date): Promise<number> {
    const freed = await this.times.freeLeases(tx, now, BATCH);
    for (const call of freed)
      this.outbox.record(tx, callEvent(call, 'call.released', SYSTEM, { agentId: call.wasClaimedBy!, why: 'lease' }));
    return freed.length;
  }

  private async tellDue(tx: Tx, now: Date): Promise<number> {
    const due = await this.times.markDue(tx, now, BATCH);
    for (const call of due)
      await this.notify(tx, call, 'call.due', {
        agentIds: list(call.assigneeId),
        teamIds: call.assigneeId ? [] : list(call.teamId),
      });
    return due.length;
  }

  private async tellMissed(tx: Tx, now: Date): Promise<number> {
    const missed = await this.times.markMissed(tx, now, BATCH);
    for (const call of missed) {
      this.outbox.record(tx, callEvent(call, 'call.missed', SYSTEM, {}));
      await this.notify(tx, call, 'call.missed', {
        agentIds: [...list(call.assigneeId), ...list(call.claimedBy)],
        leads: true,
      });
    }
    return missed.length;
  }

  private async expire(tx: Tx, now: Date): Promise<number> {
    const expired = await this.times.expire(tx, now, BATCH);
    for (const call of expired) this.outbox.record(tx, callEvent(call, 'call.failed', SYSTEM, { reason: 'expired' }));
    return expired.length;
  }

  private notify(
    tx: Tx,
    call: TimedCall,
    kind: string,
    to: { agentIds?: string[]; teamIds?: string[]; leads?: boolean },
  ) {
    const { workspaceId, id, ticketId } = call;
    const windowStart = call.windowStart?.toISOString() ?? null;
    const windowEnd = call.windowEnd?.toISOString() ?? null;
    const data = { callId: id, windowStart, windowEnd };
    return this.notifications.notify(tx, workspaceId, {
      to,
      kind,
      ticketId,
      data,
      cause: `${kind}:${id}:${windowEnd}`,
    });
  }
}

const list = (id: string | null): string[] => (id === null ? [] : [id]);
