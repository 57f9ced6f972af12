import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { Broadcasts } from '../channels/broadcasts';
import { ChannelDirectory, type DirectoryChannel } from '../channels/channel-directory';
import { SendingTrouble } from '../channels/care/sending-trouble';
import { ChannelsService } from '../channels/channels.service';
import type { ChannelConnector } from '../channels/connector';
import { BROADCAST_OVER } from '../channels/describing';
import type { OutboundMessage, OutboundThread, SendOutcome } from '../channels/sending';
import { Connectors } from '../channels/connectors/registry';
import { isForward, LOOKS_AT_MOST, mayMove, patience } from '../inbox/conversations/delivery';
import { ConversationIntake } from '../inbox/conversations/intake';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { room, ticketAudience } from '../outbox/audience';
import { event, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { RetryLater } from '../platform/errors';
import { LOGGER } from '../platform/logger';
import { AttachmentSource } from './attachment-source';
import { type Attempt, attemptOf, brokenOff, ECHO_GRACE_MS, isHeld, SECRETS_CLOSED } from './attempt';
import { CallsUnderWay } from './calls-under-way';
import { ChannelBudgets, RESUME_JOB } from './channel-budgets';
import { type Delivery, type DeliveryResult, OutboundRepository, shownAs } from './outbound.repository';
import { SEND_JOB, sendJob } from './send-job';
import { SendReadiness } from './send-readiness';
import { decideTiming } from './send-rules';

const LEASE_MS = 90_000; // longer than any connector call may take
const CALL_ENDS_MS = LEASE_MS; // a message found half-sent may still be on its way for as long
const CALLS_AT_ONCE = 64; // of this process: they wait for networks nearly all their time
const CALLS_A_CHANNEL = 8;
const SHARE_TAKEN_MS = 1_000;
const WORTH_WAITING_MS = 250; // for a slot as near as that the job is not put back

/**
 * Delivers the queued messages of one conversation in order, one at a time.
 *
 * A message is marked `sending` before the network is called. Whoever finds it so later, after a crash or a time-out,
 * does not know whether the customer has it: it becomes `unknown` and is looked for (the echo, the thread read back)
 * before it may be sent again. Only "certainly absent" leads to a second call. While its channel waits (a token being
 * repaired, a pause the network asked for) nothing is tried and no try is counted; `HeldWork` goes on from there.
 */
@Injectable()
export class Sender implements OnModuleInit {
  private readonly underWay = new CallsUnderWay(CALLS_A_CHANNEL);

  constructor(
    private readonly database: Database,
    private readonly repository: OutboundRepository,
    private readonly readiness: SendReadiness,
    private readonly directory: ChannelDirectory,
    private readonly channels: ChannelsService,
    private readonly broadcasts: Broadcasts,
    private readonly connectors: Connectors,
    private readonly budgets: ChannelBudgets,
    private readonly trouble: SendingTrouble,
    private readonly attachments: AttachmentSource,
    private readonly intake: ConversationIntake,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(SEND_JOB, (job) => this.drain(job), {
      queue: 'outbound',
      concurrency: CALLS_AT_ONCE,
      leaseMs: LEASE_MS,
    });
  }

  private async drain(job: RunningJob): Promise<void> {
    const { conversationId } = job.payload as { conversationId: string };
    for (;;) {
      const step = await this.prepare(job, conversationId);
      if (step.kind === 'done') return;
      if (step.kind === 'wait') throw new RetryLater(step.reason, step.afterMs, { counts: false });
      const { delivery, channel, connector, thread } = step;
      const started = Date.now();
      let result: Attempt;
      try {
        if (step.kind === 'send' && step.afterMs > 0) await sleep(step.afterMs);
        result =
          step.kind === 'look'
            ? await this.lookFor(delivery, channel, connector, thread)
            : await this.send(delivery, channel, connector, thread);
      } finally {
        this.underWay.release(channel.id);
      }
      this.log.info({
        event: step.kind === 'look' ? 'outbound.looked_for' : 'outbound.sent',
        workspaceId: delivery.workspaceId,
        channelId: channel.id,
        messageId: delivery.messageId,
        attempt: delivery.attempts + 1,
        outcome: result.result.state,
        code: 'code' in result.result ? result.result.code : undefined,
        ms: Date.now() - started,
      });
      let held = false;
      await this.database.transaction({ workspaceId: delivery.workspaceId }, async (tx) => {
        await this.jobs.holds(tx, job);
        if (step.kind === 'look') await this.repository.countLook(tx, delivery);
        const settled = { ...result, result: await this.ours(tx, delivery, result) };
        await this.settle(tx, delivery, settled, step.kind === 'send' && isHeld(result));
        if (settled.result.state === 'sent') await this.intake.applyEarly(tx, channel, [settled.result.externalId]);
        if (settled.result.state === 'sent' && delivery.pausedLately)
          await this.jobs.hurry(tx, delivery.workspaceId, RESUME_JOB, channel.id); // for what else waited
        if (settled.result.state === 'failed' && settled.result.code === BROADCAST_OVER)
          await this.broadcasts.toldOver(tx, delivery.workspaceId, delivery.conversationId);
        if (result.forAdmin && result.result.state === 'failed')
          await this.trouble.refused(tx, delivery.workspaceId, channel.id, result.result);
        held = result.reconnect !== undefined && (await this.channels.needsReconnect(tx, channel, result.reconnect));
        if (result.pause === undefined) return;
        await this.budgets.pause(tx, delivery.workspaceId, channel.id, result.pause, reasonOf(result.result));
        held = true;
      });
      if (held) return; // until the channel works again
      if (result.waitMs !== undefined) throw new RetryLater(reasonOf(result.result), result.waitMs, { counts: false });
    }
  }

  /** Decides what to do with the next message and, when it is to be sent, writes that down before anything leaves. */
  private prepare(job: RunningJob, conversationId: string) {
    return this.database.transaction({ workspaceId: job.workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      const delivery = await this.repository.next(tx, job.workspaceId, conversationId);
      if (!delivery) return { kind: 'done' as const };
      if (delivery.messageExternalId) {
        await this.settle(tx, delivery, { result: { state: 'sent', externalId: delivery.messageExternalId } });
        return this.again(tx, job, conversationId);
      }
      // it was put back, and reached the customer nevertheless: the word of that is ahead of the delivery
      if (HAS_ARRIVED.has(delivery.shown)) {
        await this.repository.follow(tx, job.workspaceId, delivery.messageId, { to: delivery.shown, code: null });
        return this.again(tx, job, conversationId);
      }
      const worksNow = delivery.channelState === 'active' && !delivery.paused;
      if (!worksNow && !delivery.deleted) return { kind: 'done' as const }; // held until it does
      const waitMs = (delivery.waitUntil?.getTime() ?? 0) - this.clock.now().getTime();
      if (waitMs > 0) {
        // what is on its way now ends long before its last moment, and this run may be the one that goes on from there
        const afterMs = delivery.state === 'sending' ? Math.min(waitMs, ECHO_GRACE_MS) : waitMs;
        return { kind: 'wait' as const, reason: 'It is not its time yet.', afterMs };
      }
      if (delivery.deleted) {
        await this.settle(tx, delivery, {
          result: { state: 'cancelled', code: 'deleted', reason: 'It was deleted before it was sent.' },
        });
        return this.again(tx, job, conversationId);
      }
      const channel = await this.directory.since(delivery.channelId, delivery.channelUpdatedAt);
      if (!channel) return { kind: 'wait' as const, ...SECRETS_CLOSED };
      if (!this.underWay.take(channel.id))
        return this.again(tx, job, conversationId, new Date(this.clock.now().getTime() + SHARE_TAKEN_MS));
      tx.afterRollback(() => this.underWay.release(channel.id));
      const leave = (runAt?: Date) => {
        tx.afterCommit(() => this.underWay.release(channel.id));
        return this.again(tx, job, conversationId, runAt);
      };
      const connector = this.connectors.of(channel.kind);
      const now = this.clock.now();
      if (delivery.state === 'queued') {
        // it may have waited: the window it was written in may be over, and another open
        const timing = decideTiming(await this.readiness.timing(tx, delivery, channel), now);
        if ('refusal' in timing) {
          const { reason: code, message: reason } = timing.refusal;
          await this.settle(tx, delivery, { result: { state: 'failed', code, reason } });
          return leave();
        }
        delivery.request = { ...delivery.request, window: timing.window };
      }
      const thread = await this.repository.thread(tx, delivery);
      if (delivery.state === 'queued') {
        const { pace } = connector.capabilities(channel.kind, channel.settings)[delivery.request.threadKind] ?? {};
        const turn = await this.budgets.turn(tx, delivery, pace);
        if (turn && turn.waitMs > WORTH_WAITING_MS) return leave(turn.at);
        const until = new Date(now.getTime() + CALL_ENDS_MS);
        if (!(await this.repository.startSending(tx, delivery, now, until))) return leave();
        return { kind: 'send' as const, delivery, channel, connector, thread, afterMs: turn?.waitMs ?? 0 };
      }
      const since = delivery.sendingSince ?? now;
      return { kind: 'look' as const, delivery: { ...delivery, sendingSince: since }, channel, connector, thread };
    });
  }

  /** Goes on in a run of its own: so transactions stay short, and waiting for a turn uses up no tries. */
  private again(tx: Tx, job: RunningJob, conversationId: string, runAt?: Date): { kind: 'done' } {
    this.jobs.enqueue(tx, { ...sendJob(job.workspaceId, conversationId), runAt });
    return { kind: 'done' };
  }

  private async send(
    delivery: Delivery,
    channel: DirectoryChannel,
    connector: ChannelConnector,
    thread: OutboundThread,
  ): Promise<Attempt> {
    let outcome: SendOutcome;
    try {
      outcome = await connector.send(channel, this.messageOf(delivery, thread), channel.credentials);
    } catch (error) {
      outcome = brokenOff(error);
    }
    return attemptOf(outcome, delivery.attempts);
  }

  private messageOf(delivery: Delivery, thread: OutboundThread): OutboundMessage {
    const { attachments = [], ...request } = delivery.request;
    return {
      ...request,
      id: delivery.messageId,
      visibility: delivery.visibility,
      text: delivery.text,
      attachments: attachments.map((file) => this.attachments.open(delivery.workspaceId, file)),
      thread,
    };
  }

  private async lookFor(
    delivery: Delivery,
    channel: DirectoryChannel,
    connector: ChannelConnector,
    thread: OutboundThread,
  ): Promise<Attempt> {
    const found = await connector
      .lookup(channel, this.messageOf(delivery, thread), delivery.sendingSince!, channel.credentials)
      .catch((error: unknown) => ({
        status: 'cannot_tell' as const,
        reason: error instanceof Error ? error.message : 'The thread could not be read.',
      }));
    if (found.status === 'found') return { candidates: found.externalIds, result: ABSENT };
    if (found.status === 'absent') return { result: ABSENT };
    if (delivery.looks >= LOOKS_AT_MOST) {
      return {
        result: {
          state: 'failed',
          code: 'outcome_unknown',
          reason: `Nobody can say whether it arrived: ${found.reason} Look at the network, then send it again or give it up.`,
        },
      };
    }
    return {
      result: { state: 'unknown', reason: found.reason, code: 'cannot_tell' },
      waitMs: patience(delivery.looks),
    };
  }

  /** Of the messages that look like this one, the first that is not another message of ours with the same words. */
  private async ours(tx: Tx, delivery: Delivery, { candidates, result }: Attempt): Promise<DeliveryResult> {
    if (!candidates) return result;
    const taken = await this.repository.takenByOthers(tx, delivery, candidates);
    const externalId = candidates.find((id) => !taken.has(id));
    return externalId === undefined ? result : { state: 'sent', externalId };
  }

  private async settle(tx: Tx, delivery: Delivery, { result, waitMs }: Attempt, held = false): Promise<void> {
    if (result.state === 'sent') {
      await this.repository.claimExternalId(tx, delivery, result.externalId);
      if (result.recipientExternalId) await this.repository.learnRecipient(tx, delivery, result.recipientExternalId);
    }
    const at = this.clock.now();
    const waitUntil = waitMs === undefined ? null : new Date(at.getTime() + waitMs);
    const before = await this.repository.settle(tx, delivery, result, { at, waitUntil, held });
    const to = shownAs(result.state);
    const changed = to === 'queued' ? mayMove(before, to) : isForward(before, to);
    if (!changed) return;
    this.outbox.record(
      tx,
      event(
        delivery.workspaceId,
        'message.delivery_changed',
        SYSTEM,
        {
          ticketId: delivery.ticketId,
          conversationId: delivery.conversationId,
          contactId: delivery.contactId,
          messageId: delivery.messageId,
        },
        delivery.ticketId
          ? ticketAudience({ id: delivery.ticketId, teamId: delivery.teamId, assigneeId: delivery.assigneeId })
          : [room.leads],
        {
          from: before,
          to,
          reason: 'reason' in result ? result.reason : undefined,
          code: 'code' in result ? result.code : undefined,
        },
      ),
    );
  }
}

const HAS_ARRIVED: ReadonlySet<string> = new Set(['sent', 'delivered', 'read']);

const ABSENT: DeliveryResult = {
  state: 'queued',
  reason: 'It is certainly not there; sending it again.',
  code: 'absent',
};

const reasonOf = (result: DeliveryResult): string => ('reason' in result ? result.reason : 'not yet');
