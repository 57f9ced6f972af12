import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Principal } from '../../identity/principal';
import { JobQueue } from '../../jobs/job-queue';
import type { RunningJob } from '../../jobs/jobs';
import { Clock } from '../../platform/clock';
import { Config } from '../../platform/config';
import { Database, type Tx } from '../../platform/database';
import { DomainError, RetryLater } from '../../platform/errors';
import { LOGGER } from '../../platform/logger';
import { AttemptsRepository } from '../attempts.repository';
import { type CallAttempt, TEL } from '../call';
import { CallSettingsStore, invalid } from '../call-settings';
import { VoiceAccounts } from './voice-accounts';
import { VoiceAccountsRepository } from './voice-accounts.repository';
import { stepUrl } from './voice-address';
import { VoiceCalls } from './voice-calls';
import type { ListedCall, PlaceOutcome, VoiceAccount } from './voice-provider';
import { VoiceProviders } from './voice-providers';

const PLACE_JOB = 'calls.place';
const HANG_UP_JOB = 'calls.hang_up';
const LOOK_JOB = 'calls.look';
const TURN_MS = 1_000; // Twilio takes one call a second of an account by default
const PATIENCE_MS = 120_000; // an agent who clicked longer ago does not wait by the phone any more
const LOOK_AFTER_MS = 60_000; // callbacks come within seconds; what is open after a minute may have lost one
const LOOK_FOR_MS = 6 * 3_600_000; // longer than any call may be
const CLOCKS_MS = 5_000; // the provider's clock and ours
const MOST_TRIES = 200; // waiting for a turn is a try too; PATIENCE_MS is what ends it
const LOOKED_AT_ONCE = 50;

/**
 * Placing calls at a provider, ending them, and asking about those it stopped telling of. A call is asked for once: after
 * an answer that was lost, or a death in the middle, the provider's list says whether it came about.
 */
@Injectable()
export class VoiceDialling implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly attempts: AttemptsRepository,
    private readonly accounts: VoiceAccounts,
    private readonly repository: VoiceAccountsRepository,
    private readonly providers: VoiceProviders,
    private readonly settings: CallSettingsStore,
    private readonly calls: VoiceCalls,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(PLACE_JOB, (job) => this.place(job), { queue: 'calls' });
    this.jobs.handle(HANG_UP_JOB, (job) => this.end(job), { queue: 'calls' });
    this.jobs.handle(LOOK_JOB, (job) => this.look(job), { queue: 'calls' });
  }

  /** What an attempt goes through: the agent's own phone, or an account that works and a desk phone it can ring. */
  async lineFor(
    tx: Tx,
    who: Principal,
    via: string,
  ): Promise<Pick<CallAttempt, 'provider' | 'accountId' | 'agentPhone'>> {
    if (via === TEL) return { provider: TEL, accountId: null, agentPhone: null };
    const row = await this.repository.find(tx, who.workspaceId, via);
    if (!row) throw invalid('via', 'is no voice account of this workspace');
    if (row.state !== 'active')
      throw new DomainError('misconfigured', 'This voice account does not work; an admin must look at it.');
    if (!this.config.PUBLIC_URL)
      throw new DomainError('misconfigured', 'Set PUBLIC_URL: the provider must be able to reach us during a call.');
    const agentPhone = await this.settings.phoneOf(tx, who.workspaceId, who.agentId);
    if (!agentPhone) throw invalid('via', 'rings your desk phone first; say which that is (PUT /call-desk)');
    return { provider: row.provider, accountId: row.id, agentPhone };
  }

  dial(tx: Tx, attempt: CallAttempt): void {
    this.enqueue(tx, PLACE_JOB, attempt);
  }

  hangUp(tx: Tx, attempt: CallAttempt): void {
    this.enqueue(tx, HANG_UP_JOB, attempt);
  }

  private enqueue(tx: Tx, name: string, { workspaceId, id, accountId }: CallAttempt): void {
    this.jobs.enqueue(tx, {
      workspaceId,
      queue: 'calls',
      name,
      payload: { attemptId: id, accountId },
      dedupeKey: id,
      maxAttempts: MOST_TRIES,
    });
  }

  private async place(job: RunningJob): Promise<void> {
    const ready = await this.prepare(job);
    if (!ready) return;
    const { account, attempt, askedBefore } = ready;
    if (askedBefore && (await this.foundThere(account, attempt))) return;
    if (askedBefore && this.isLate(attempt)) return this.settle(account, attempt, LOST);
    const provider = this.providers.of(account.provider);
    const began = this.clock.now();
    const outcome = await provider.placeCall(account, attempt.agentPhone!, this.urlOf(account, attempt));
    this.log.info({
      event: 'calls.placed',
      workspaceId: account.workspaceId,
      accountId: account.id,
      attemptId: attempt.id,
      outcome: outcome.status,
      ms: this.clock.now().getTime() - began.getTime(),
    });
    await this.settle(account, attempt, outcome, began);
  }

  /** Notes that it is asked for, before it is: from then on the provider's list decides. Null when nothing is to be done. */
  private prepare(job: RunningJob) {
    const { workspaceId } = job;
    const { attemptId, accountId } = job.payload as { attemptId: string; accountId: string };
    return this.database.lean({ workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      const opened = await this.calls.open(tx, { workspaceId, id: accountId }, attemptId);
      if (!opened || opened.attempt.outcome !== null || opened.attempt.agentCallId !== null) return null;
      const { call, attempt } = opened;
      const account = await this.accounts.opening(tx, workspaceId, accountId);
      const now = this.clock.now();
      if (attempt.askedAt === null && this.isLate(attempt)) {
        await this.calls.notPlaced(tx, call, attempt, 'too_late', 'The line was busy for too long; begin again.');
        return null;
      }
      if (!(await this.repository.takeTurn(tx, workspaceId, accountId, now, TURN_MS)))
        throw new RetryLater('Another call goes out first.', TURN_MS);
      const askedBefore = attempt.askedAt !== null;
      const lookAt = new Date(now.getTime() + LOOK_AFTER_MS);
      const asked = { ...attempt, askedAt: attempt.askedAt ?? now, lookAt };
      await this.attempts.save(tx, asked);
      return { account, attempt: asked, askedBefore };
    });
  }

  private isLate = (attempt: CallAttempt) => this.clock.now().getTime() - attempt.startedAt.getTime() > PATIENCE_MS;

  /** Whether the call that was asked for before came about after all. @throws RetryLater while nobody can say */
  private async foundThere(account: VoiceAccount, attempt: CallAttempt): Promise<boolean> {
    const since = new Date(attempt.askedAt!.getTime() - CLOCKS_MS);
    const list = await this.providers.of(account.provider).listCalls(account, since, attempt.agentPhone!);
    if (list.status !== 'listed') throw new RetryLater(list.reason, list.status === 'retry' ? list.afterMs : undefined);
    return this.database.lean({ workspaceId: account.workspaceId }, async (tx) => {
      const opened = await this.calls.open(tx, account, attempt.id);
      if (!opened || opened.attempt.agentCallId !== null) return true; // a callback told meanwhile
      for (const { callId, status, to, from, createdAt, parentCallId } of list.calls) {
        const fits = parentCallId === null && to === attempt.agentPhone && from === account.phone;
        if (!fits || (createdAt !== null && createdAt < since)) continue;
        if (await this.attempts.byCall(tx, account.workspaceId, account.id, [callId])) continue; // another attempt's
        await this.calls.apply(tx, opened.call, opened.attempt, [{ leg: 'agent', callId, status }]);
        return true;
      }
      return false;
    });
  }

  private async settle(
    account: VoiceAccount,
    { id }: CallAttempt,
    outcome: PlaceOutcome,
    began = this.clock.now(),
  ): Promise<void> {
    const { workspaceId } = account;
    await this.database.lean({ workspaceId }, async (tx) => {
      const opened = await this.calls.open(tx, account, id);
      if (!opened) return;
      const { call, attempt } = opened;
      switch (outcome.status) {
        case 'placed':
          await this.calls.apply(tx, call, attempt, [{ leg: 'agent', callId: outcome.callId, status: 'queued' }]);
          return;
        case 'refused':
          return this.calls.notPlaced(tx, call, attempt, outcome.code, outcome.reason);
        case 'reconnect':
          await this.repository.needsAttention(tx, workspaceId, account.id, outcome.code, began);
          return this.calls.notPlaced(tx, call, attempt, outcome.code, outcome.reason);
        case 'retry': // certainly not placed
          return this.attempts.save(tx, { ...attempt, askedAt: attempt.agentCallId === null ? null : attempt.askedAt });
        case 'unknown':
          return;
      }
    });
    if (outcome.status === 'retry') throw new RetryLater(outcome.reason, outcome.afterMs ?? TURN_MS);
    if (outcome.status === 'unknown') throw new RetryLater(outcome.reason, TURN_MS);
  }

  private async end(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { attemptId, accountId } = job.payload as { attemptId: string; accountId: string };
    const found = await this.database.lean({ workspaceId }, async (tx) => ({
      attempt: await this.attempts.find(tx, workspaceId, attemptId),
      account: await this.accounts.opening(tx, workspaceId, accountId),
    }));
    const { attempt, account } = found;
    if (!attempt?.agentCallId || attempt.agentEnd !== null) return;
    const { done, reason } = await this.providers.of(account.provider).cancel(account, attempt.agentCallId);
    if (!done) throw new RetryLater(reason ?? 'The call could not be ended.', TURN_MS);
  }

  /** Finds attempts the provider stopped telling of, and has each account asked about its own. */
  lookAround(): Promise<void> {
    return this.database.lean('system', async (tx) => {
      for (const { workspaceId, accountId } of await this.attempts.accountsToLookAt(tx, this.clock.now()))
        this.jobs.enqueue(tx, {
          workspaceId,
          queue: 'calls',
          name: LOOK_JOB,
          payload: { accountId },
          dedupeKey: accountId,
        });
    });
  }

  private async look(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { accountId } = job.payload as { accountId: string };
    const now = this.clock.now();
    const { account, due } = await this.database.lean({ workspaceId }, async (tx) => ({
      account: await this.accounts.opening(tx, workspaceId, accountId),
      due: await this.attempts.toLookAt(tx, workspaceId, accountId, now, LOOKED_AT_ONCE),
    }));
    if (due.length === 0) return;
    const since = new Date(Math.min(...due.map((attempt) => attempt.startedAt.getTime())) - CLOCKS_MS);
    const list = await this.providers.of(account.provider).listCalls(account, since);
    if (list.status === 'retry') throw new RetryLater(list.reason, list.afterMs ?? LOOK_AFTER_MS);
    for (const { id } of due) {
      await this.database.lean({ workspaceId }, async (tx) => {
        const opened = await this.calls.open(tx, account, id);
        if (!opened) return;
        const { call, attempt } = opened;
        const facts = list.status === 'listed' ? factsOf(attempt, list.calls) : [];
        const known = await this.calls.apply(tx, call, attempt, facts);
        const silent = known.agentEnd !== null && known.customerEnd !== 'completed';
        const over = known.stage === 'ended' && (known.durationMs !== null || silent);
        const tired = now.getTime() - known.startedAt.getTime() > LOOK_FOR_MS;
        if (known.agentCallId === null && tired && known.outcome === null)
          return this.calls.notPlaced(tx, call, known, 'lost', 'The provider knows nothing of this call; begin again.');
        const lookAt = over || tired ? null : new Date(now.getTime() + LOOK_AFTER_MS);
        const fresh = await this.attempts.find(tx, workspaceId, id);
        await this.attempts.save(tx, { ...fresh!, lookAt });
      });
    }
  }

  private urlOf = (account: VoiceAccount, attempt: CallAttempt) =>
    stepUrl(this.config.PUBLIC_URL ?? '', account.id, attempt.id);
}

const LOST: PlaceOutcome = {
  status: 'refused',
  code: 'lost',
  reason: 'The provider did not say whether it took the call; begin again.',
  fix: 'agent',
};

/** What a list tells of an attempt's two legs. A customer's leg that was opened and is not in it never rang. */
function factsOf(attempt: CallAttempt, calls: readonly ListedCall[]) {
  const agent = calls.find(({ callId }) => callId === attempt.agentCallId);
  if (!agent) return [];
  const customer = calls.find(({ parentCallId }) => parentCallId === attempt.agentCallId);
  const { callId, status } = agent;
  const opened = attempt.stage === 'customer_ringing' || attempt.stage === 'talking';
  const over = status !== 'queued' && status !== 'initiated' && status !== 'ringing' && status !== 'in-progress';
  const never =
    opened && over && attempt.customerCallId === null
      ? [{ leg: 'customer' as const, callId: `none:${callId}`, status: 'canceled' as const }]
      : [];
  return [
    ...(customer
      ? [
          {
            leg: 'customer' as const,
            callId: customer.callId,
            status: customer.status,
            durationMs: customer.durationMs ?? undefined,
          },
        ]
      : never),
    { leg: 'agent' as const, callId, status },
  ];
}
