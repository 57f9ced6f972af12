import { Injectable } from '@nestjs/common';
import { SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import type { Tx } from '../../platform/database';
import { AttemptsRepository } from '../attempts.repository';
import type { CallAttempt, CallSettings } from '../call';
import { CallContacts } from '../call-contacts';
import { callEvent } from '../call.events';
import type { CallOutcome } from '../call-life';
import { CallOutcomes } from '../call-outcomes';
import { CallRecord, type OpenCall } from '../call-record';
import { CallSettingsStore } from '../call-settings';
import { progress, verdict, type VoiceFact } from './voice-progress';

/** What a provider tells, taken into attempts, and led to its end where the provider can tell that too. */
@Injectable()
export class VoiceCalls {
  constructor(
    private readonly attempts: AttemptsRepository,
    private readonly record: CallRecord,
    private readonly outcomes: CallOutcomes,
    private readonly settings: CallSettingsStore,
    private readonly contacts: CallContacts,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** An attempt with its promise, locked in order; undefined when it is not of this account. */
  async open(
    tx: Tx,
    account: { workspaceId: string; id: string },
    attemptId: string,
  ): Promise<{ call: OpenCall; attempt: CallAttempt } | undefined> {
    const found = await this.attempts.find(tx, account.workspaceId, attemptId);
    if (found?.accountId !== account.id) return undefined;
    const call = await this.record.open(tx, account.workspaceId, found.promiseId);
    return { call, attempt: (await this.attempts.find(tx, account.workspaceId, attemptId))! };
  }

  /** @returns the attempt as it stands then */
  async apply(tx: Tx, call: OpenCall, attempt: CallAttempt, facts: readonly VoiceFact[]): Promise<CallAttempt> {
    const now = this.clock.now();
    const next = facts.reduce((known, fact) => progress(known, fact, now), attempt);
    if (next === attempt) return attempt;
    const { promise } = call;
    if (facts.some(({ leg, deadNumber }) => leg === 'customer' && deadNumber))
      await this.contacts.wrong(tx, promise.workspaceId, promise.contactId, promise.phone, SYSTEM);
    const outcome = next.outcome === null ? verdict(next) : null;
    if (outcome !== null) {
      await this.end(tx, call, next, outcome, await this.settings.lock(tx, promise.workspaceId));
      return { ...next, outcome };
    }
    const known = { ...next, lookAt: next.durationMs !== null && next.stage === 'ended' ? null : next.lookAt };
    await this.record.save(tx, promise, known);
    if (telling(known) !== telling(attempt))
      this.outbox.record(tx, callEvent(promise, 'call.updated', SYSTEM, { attempt: known.n }, known.messageId));
    return known;
  }

  /** The customer is being dialled: from now on the attempt has two legs to end. */
  opened(tx: Tx, { promise }: OpenCall, attempt: CallAttempt): Promise<void> {
    return this.record.save(tx, promise, { ...attempt, stage: 'customer_ringing' });
  }

  async ticketNumber(tx: Tx, { promise }: OpenCall): Promise<number> {
    const sql = 'SELECT number FROM tickets WHERE workspace_id = $1 AND id = $2';
    const [row] = await tx.query<{ number: number }>(sql, [promise.workspaceId, promise.ticketId]);
    return row?.number ?? 0;
  }

  end(tx: Tx, call: OpenCall, attempt: CallAttempt, outcome: CallOutcome, settings: CallSettings): Promise<void> {
    return this.outcomes.settle(tx, call, attempt, outcome, SYSTEM, settings, this.clock.now());
  }

  /** It never came about: the agent has the call back in the queue, with what was wrong. */
  async notPlaced(tx: Tx, call: OpenCall, attempt: CallAttempt, code: string, reason: string): Promise<void> {
    if (attempt.outcome !== null) return;
    const settings = await this.settings.lock(tx, call.promise.workspaceId);
    await this.end(tx, call, { ...attempt, errorCode: code, errorMessage: reason }, 'agent_unavailable', settings);
  }

  /**
   * Nobody said how it went, and it is long over. Where the provider heard them speak the promise was kept; else the call
   * is back in the queue. Whoever had it in hand is free again.
   */
  async forget(tx: Tx, workspaceId: string, promiseId: string, attemptId: string): Promise<void> {
    const call = await this.record.open(tx, workspaceId, promiseId);
    const attempt = await this.attempts.find(tx, workspaceId, attemptId);
    if (!attempt || attempt.outcome !== null || call.promise.state !== 'dialing') return;
    const settings = await this.settings.lock(tx, workspaceId);
    const left = { ...attempt, errorCode: 'forgotten', errorMessage: 'Nobody said how this call went.' };
    await this.end(tx, call, left, attempt.answeredAt ? 'answered_follow_up' : 'agent_unavailable', settings);
  }
}

/** What a reader of the attempt would see change. */
const telling = (a: CallAttempt) => `${a.stage} ${a.durationMs} ${a.recordingUrl} ${a.errorCode}`;
