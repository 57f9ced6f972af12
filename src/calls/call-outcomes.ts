import { Injectable } from '@nestjs/common';
import { Notifications } from '../notifications/notifications';
import { type Actor, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import type { Tx } from '../platform/database';
import { atWindow, type CallAttempt, type CallPromise, type CallSettings, ended, TEL } from './call';
import { CallContacts } from './call-contacts';
import { callEvent, windowOf } from './call.events';
import { afterTry, type CallOutcome, MEANING } from './call-life';
import { CallRecord, type OpenCall } from './call-record';
import { CallSlots } from './call-slots';
import { CallsRepository } from './calls.repository';

/** What an outcome leads to, whoever tells it: the agent, or the voice provider. */
@Injectable()
export class CallOutcomes {
  constructor(
    private readonly calls: CallsRepository,
    private readonly record: CallRecord,
    private readonly slots: CallSlots,
    private readonly contacts: CallContacts,
    private readonly notifications: Notifications,
    private readonly outbox: Outbox,
  ) {}

  /** @param settings as locked, so that a retry's place is nobody else's */
  async settle(
    tx: Tx,
    call: OpenCall,
    attempt: CallAttempt,
    outcome: CallOutcome,
    actor: Actor,
    settings: CallSettings,
    now: Date,
  ): Promise<void> {
    const { promise } = call;
    const { leads, reached } = MEANING[outcome];
    const settled: CallAttempt = {
      ...attempt,
      outcome,
      stage: 'ended',
      endedAt: attempt.endedAt ?? now,
      // a provider may still have a duration and a recording to tell
      lookAt: attempt.agentCallId && attempt.durationMs === null ? attempt.lookAt : null,
    };
    await this.record.save(tx, promise, settled);
    const told = { attempt: attempt.n, outcome, reached };
    this.outbox.record(tx, callEvent(promise, 'call.ended', actor, told, attempt.messageId));
    const tried: CallPromise = { ...promise, attempts: promise.attempts + (leads === 'back' ? 0 : 1) };
    if (outcome === 'answered_wrong_person')
      await this.contacts.wrong(tx, promise.workspaceId, promise.contactId, promise.phone, actor);
    else if (leads === 'completed')
      await this.contacts.answered(tx, promise.workspaceId, promise.contactId, promise.phone, actor);
    switch (leads) {
      case 'completed':
        return this.calls.save(tx, ended(tried, 'completed', outcome, now));
      case 'cancelled':
        await this.calls.save(tx, ended(tried, 'cancelled', outcome, now));
        this.outbox.record(tx, callEvent(promise, 'call.cancelled', actor, { reason: outcome }));
        return;
      case 'failed':
        return this.fail(tx, call, tried, 'wrong_number', actor, now);
      case 'back':
        await this.calls.save(tx, { ...tried, state: 'scheduled', claimedBy: null, leaseUntil: null });
        this.outbox.record(
          tx,
          callEvent(promise, 'call.released', actor, { agentId: attempt.agentId, why: whoLetGo(attempt, actor) }),
        );
        return;
      case 'again':
        return this.again(tx, call, tried, outcome, actor, settings, now);
    }
  }

  private async again(
    tx: Tx,
    call: OpenCall,
    promise: CallPromise,
    outcome: CallOutcome,
    actor: Actor,
    settings: CallSettings,
    now: Date,
  ): Promise<void> {
    const window = { start: promise.windowStart!.getTime(), end: promise.windowEnd!.getTime() };
    const free = await this.slots.coming(tx, promise.workspaceId, settings, promise.id);
    const next = afterTry(outcome, promise.attempts, now.getTime(), window, settings, free);
    if (next.kind === 'give_up') return this.fail(tx, call, promise, 'not_reached', actor, now);
    const moved = next.window.start !== window.start || next.window.end !== window.end;
    const waiting = moved
      ? atWindow(promise, next.window)
      : {
          ...promise,
          state: 'scheduled' as const,
          claimedBy: null,
          leaseUntil: null,
          nextAttemptAt: new Date(next.at),
        };
    await this.calls.save(tx, waiting);
    if (moved)
      this.outbox.record(tx, callEvent(waiting, 'call.rescheduled', SYSTEM, { ...windowOf(waiting), reason: outcome }));
  }

  /** It will not be made; what is left is to write, which whoever has the ticket is told. */
  private async fail(
    tx: Tx,
    call: OpenCall,
    promise: CallPromise,
    reason: 'not_reached' | 'wrong_number',
    actor: Actor,
    now: Date,
  ): Promise<void> {
    const { workspaceId, id, ticketId, assigneeId } = promise;
    await this.calls.save(tx, ended(promise, 'failed', reason, now));
    await this.record.remark(tx, { ...call, promise }, SYSTEM, `${reason}_write_instead`);
    this.outbox.record(tx, callEvent(promise, 'call.failed', actor, { reason }));
    await this.notifications.notify(tx, workspaceId, {
      to: assigneeId ? { agentIds: [assigneeId] } : { leads: true },
      kind: 'call.failed',
      ticketId,
      data: { callId: id, reason, attempts: promise.attempts },
      cause: `call.failed:${id}`,
    });
  }
}

const whoLetGo = ({ provider }: CallAttempt, { kind }: Actor): 'agent' | 'lease' | 'provider' =>
  kind === 'agent' ? 'agent' : provider === TEL ? 'lease' : 'provider';
