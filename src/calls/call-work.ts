import { Injectable } from '@nestjs/common';
import { agent } from '../inbox/conversations/conversations.service';
import type { Principal } from '../identity/principal';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { AttemptsRepository } from './attempts.repository';
import { type CallAttempt, type CallPromise, TEL } from './call';
import { CallContacts } from './call-contacts';
import { callEvent } from './call.events';
import { beingMade, MEANING, moveCall } from './call-life';
import { CallOutcomes } from './call-outcomes';
import { CallPromises } from './call-promises';
import { CallRecord, type OpenCall } from './call-record';
import { CallSettingsStore, invalid } from './call-settings';
import { Calls } from './calls.service';
import type { CallOutcomeBody, StartCallBody } from './calls.dto';
import { CallsRepository } from './calls.repository';
import { VoiceDialling } from './voice/voice-dialling';

/** What an agent does with a call: take it, give it back, begin, say how it went. */
@Injectable()
export class CallWork {
  constructor(
    private readonly database: Database,
    private readonly calls: CallsRepository,
    private readonly attempts: AttemptsRepository,
    private readonly record: CallRecord,
    private readonly settings: CallSettingsStore,
    private readonly contacts: CallContacts,
    private readonly outcomes: CallOutcomes,
    private readonly promises: CallPromises,
    private readonly dialling: VoiceDialling,
    private readonly outbox: Outbox,
    private readonly views: Calls,
    private readonly clock: Clock,
  ) {}

  /** Takes it for a while; claimed again, it is held for longer. @throws DomainError `already_claimed`, `capacity_full` */
  claim(who: Principal, id: string) {
    return this.within(who, id, async (tx, { promise }) => {
      const settings = await this.settings.read(tx, who.workspaceId);
      const leaseUntil = new Date(this.clock.now().getTime() + settings.leaseMs);
      if (promise.state === 'dialing' && promise.claimedBy === who.agentId) return;
      if (promise.state === 'claimed' && promise.claimedBy === who.agentId)
        return this.calls.save(tx, { ...promise, leaseUntil });
      refuseAnothers(promise, who);
      const claimed = { ...promise, state: moveCall(promise.state, 'claimed'), claimedBy: who.agentId, leaseUntil };
      await this.calls.save(tx, claimed);
      this.outbox.record(tx, callEvent(claimed, 'call.claimed', agent(who), { agentId: who.agentId }));
    });
  }

  release(who: Principal, id: string) {
    return this.within(who, id, async (tx, { promise }) => {
      if (promise.state === 'scheduled') return;
      this.refuseUnlessMine(promise, who);
      if (promise.state === 'dialing') throw beingMade();
      const back = { ...promise, state: moveCall(promise.state, 'scheduled'), claimedBy: null, leaseUntil: null };
      await this.calls.save(tx, back);
      const by = { agentId: promise.claimedBy!, why: 'agent' as const };
      this.outbox.record(tx, callEvent(promise, 'call.released', agent(who), by));
    });
  }

  /**
   * Begins an attempt: at once with the agent's own phone, which we hear nothing of until they say how it went, or
   * through a voice account, which rings the agent first. Begun twice, it is one attempt.
   */
  start(who: Principal, id: string, body: StartCallBody) {
    return this.within(who, id, async (tx, call) => {
      const { promise } = call;
      refuseAnothers(promise, who);
      if (promise.state === 'dialing') return;
      const state = moveCall(promise.state, 'dialing');
      const contact = await this.contacts.find(tx, who.workspaceId, promise.contactId);
      if (contact.noCallsAt)
        throw new DomainError('send_refused', 'They asked not to be called; write to them instead.');
      const overrideReason = this.outsideWindow(promise, body.overrideReason);
      const line = await this.dialling.lineFor(tx, who, body.via ?? TEL);
      const before = await this.attempts.of(tx, who.workspaceId, id);
      const now = this.clock.now();
      const attempt: CallAttempt = {
        ...NEW_ATTEMPT,
        ...line,
        workspaceId: who.workspaceId,
        id: uuidv7(now.getTime()),
        promiseId: id,
        n: before.length + 1,
        agentId: who.agentId,
        stage: line.provider === TEL ? 'talking' : 'placing',
        overrideReason,
        startedAt: now,
      };
      const dialing = { ...promise, state, leaseUntil: null };
      await this.calls.save(tx, dialing);
      const begun = await this.record.begin(tx, { ...call, promise: dialing }, attempt, who);
      if (attempt.provider !== TEL) this.dialling.dial(tx, begun);
      const told = { attempt: attempt.n, provider: attempt.provider };
      this.outbox.record(tx, callEvent(dialing, 'call.started', agent(who), told, begun.messageId));
    });
  }

  /** How it went; said twice, it is said once. */
  outcome(who: Principal, id: string, body: CallOutcomeBody) {
    return this.within(who, id, async (tx, call) => {
      const { promise } = call;
      const attempt = (await this.attempts.of(tx, who.workspaceId, id)).at(-1);
      if (attempt?.outcome === body.outcome && attempt.agentId === who.agentId) return;
      if (!attempt || attempt.outcome !== null)
        throw new DomainError('invalid_transition', 'Nothing is being called here; begin the call first.');
      this.refuseUnlessMine(promise, who);
      if (MEANING[body.outcome].noted && !body.note?.trim())
        throw invalid('note', 'is needed: what was said, for whoever reads this ticket next');
      if (body.followUpAt !== undefined && body.outcome !== 'answered_follow_up')
        throw invalid('followUpAt', 'belongs to answered_follow_up');
      const now = this.clock.now();
      const told: CallAttempt = {
        ...attempt,
        note: body.note?.trim() ?? attempt.note,
        durationMs: attempt.durationMs ?? body.durationMs ?? null,
        answeredAt: MEANING[body.outcome].reached ? (attempt.answeredAt ?? attempt.startedAt) : attempt.answeredAt,
      };
      const settings = await this.settings.lock(tx, who.workspaceId);
      await this.outcomes.settle(tx, call, told, body.outcome, agent(who), settings, now);
      if (body.outcome === 'refused' && body.noMoreCalls)
        await this.contacts.noMoreCalls(tx, who.workspaceId, promise.contactId);
      if (body.followUpAt !== undefined)
        await this.promises.followUp(tx, who, promise, settings, new Date(body.followUpAt));
    });
  }

  /** Ends a provider's call that is under way. */
  hangUp(who: Principal, id: string) {
    return this.within(who, id, async (tx, { promise }) => {
      this.refuseUnlessMine(promise, who);
      const attempt = (await this.attempts.of(tx, who.workspaceId, id)).at(-1);
      if (attempt && attempt.stage !== 'ended' && attempt.provider !== TEL) this.dialling.hangUp(tx, attempt);
    });
  }

  private within(who: Principal, id: string, change: (tx: Tx, call: OpenCall) => Promise<void>) {
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      await change(tx, await this.record.open(tx, who.workspaceId, id, who));
      return this.views.viewIn(tx, who, id);
    });
  }

  /** The agent who has it, or whoever leads when that agent is gone. */
  private refuseUnlessMine(promise: CallPromise, who: Principal): void {
    if (promise.claimedBy === null) throw new DomainError('invalid_transition', 'Claim this call first.');
    if (promise.claimedBy !== who.agentId && !who.permissions.has('routing.manage')) refuseAnothers(promise, who);
  }

  /** @returns why it is made outside its window; null inside */
  private outsideWindow(promise: CallPromise, reason: string | undefined): string | null {
    const now = this.clock.now();
    const from = promise.nextAttemptAt ?? promise.windowStart!;
    if (now >= from && now < promise.windowEnd!) return null;
    if (reason) return reason;
    throw invalid('overrideReason', 'is needed: it is not the time that was promised', {
      windowStart: promise.windowStart,
      windowEnd: promise.windowEnd,
      nextAttemptAt: promise.nextAttemptAt,
    });
  }
}

function refuseAnothers(promise: CallPromise, who: Principal): void {
  if (promise.claimedBy !== null && promise.claimedBy !== who.agentId)
    throw new DomainError('already_claimed', 'Another agent has this call in hand.', { claimedBy: promise.claimedBy });
}

const NEW_ATTEMPT = {
  askedAt: null,
  agentCallId: null,
  customerCallId: null,
  agentEnd: null,
  customerEnd: null,
  outcome: null,
  note: null,
  errorCode: null,
  errorMessage: null,
  messageId: null,
  recordingUrl: null,
  recordingId: null,
  durationMs: null,
  answeredAt: null,
  endedAt: null,
  lookAt: null,
} as const;
