import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { ChannelDirectory, type DirectoryChannel } from '../channels/channel-directory';
import { ChannelsService } from '../channels/channels.service';
import type { ChannelConnector, OutboundMessage, SendOutcome } from '../channels/connector';
import { Connectors } from '../channels/connectors/registry';
import { isForward } from '../inbox/conversations/delivery';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { room, ticketAudience } from '../outbox/audience';
import { event, isEvent, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Subscriptions } from '../outbox/subscriptions';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { RetryLater } from '../platform/errors';
import { LOGGER } from '../platform/logger';
import { type Delivery, type DeliveryResult, OutboundRepository } from './outbound.repository';
import { SEND_JOB, sendJob } from './send-job';

const LEASE_MS = 90_000; // longer than any connector call may take
const CALL_ENDS_MS = LEASE_MS; // a message found half-sent may still be on its way for as long
const ECHO_GRACE_MS = 8_000; // how long after a doubtful call its echo may still be on the way; asking earlier proves nothing
const RETRY_MS = 5_000;
const RETRY_AT_MOST_MS = 10 * 60_000;
const GIVE_UP_LOOKING_AFTER = 6; // then a person decides: the window is written down in README

/**
 * Delivers the queued messages of one conversation in order, one at a time.
 *
 * A message is marked `sending` before the network is called. Whoever finds it so later, after a crash or a time-out,
 * does not know whether the customer has it: it becomes `unknown` and is looked for (the echo, the thread read back)
 * before it may be sent again. Only "certainly absent" leads to a second call.
 */
@Injectable()
export class Sender implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: OutboundRepository,
    private readonly directory: ChannelDirectory,
    private readonly channels: ChannelsService,
    private readonly connectors: Connectors,
    private readonly jobs: JobQueue,
    private readonly subscriptions: Subscriptions,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(SEND_JOB, (job) => this.drain(job), { queue: 'outbound', leaseMs: LEASE_MS });
    this.subscriptions.subscribe({
      name: 'outbound.follow',
      types: ['message.delivery_changed', 'channel.state_changed'],
      handle: async (tx, events) => {
        for (const e of events) {
          if (isEvent(e, 'message.delivery_changed') && e.messageId)
            await this.repository.follow(tx, e.workspaceId, [e.messageId]);
          if (isEvent(e, 'channel.state_changed') && e.data.to === 'active')
            await this.release(tx, e.workspaceId, e.data.channelId);
        }
      },
    });
  }

  /** A channel works again: what was held goes on its way. */
  private async release(tx: Tx, workspaceId: string, channelId: string): Promise<void> {
    for (const conversationId of await this.repository.release(tx, workspaceId, channelId))
      this.enqueue(tx, workspaceId, conversationId);
  }

  private async drain(job: RunningJob): Promise<void> {
    const { conversationId } = job.payload as { conversationId: string };
    for (;;) {
      const step = await this.prepare(job, conversationId);
      if (step.kind === 'done') return;
      if (step.kind === 'wait') throw new RetryLater(step.reason, step.afterMs);
      const { delivery, channel, connector } = step;
      const started = Date.now();
      const result =
        step.kind === 'look'
          ? await this.lookFor(delivery, channel, connector)
          : await this.send(delivery, channel, connector);
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
        await this.settle(tx, delivery, await this.ours(tx, delivery, result), result.waitMs);
        held = result.reconnect !== undefined && (await this.channels.needsReconnect(tx, channel, result.reconnect));
      });
      if (held) return; // until the channel is active again
      if (result.waitMs !== undefined)
        throw new RetryLater('reason' in result.result ? result.result.reason : 'not yet', result.waitMs);
    }
  }

  /** Decides what to do with the next message and, when it is to be sent, writes that down before anything leaves. */
  private prepare(job: RunningJob, conversationId: string) {
    return this.database.transaction({ workspaceId: job.workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      const delivery = await this.repository.next(tx, job.workspaceId, conversationId);
      if (!delivery) return { kind: 'done' as const };
      if (delivery.messageExternalId) {
        await this.settle(tx, delivery, { state: 'sent', externalId: delivery.messageExternalId });
        return this.again(tx, job, conversationId);
      }
      const waitMs = (delivery.waitUntil?.getTime() ?? 0) - this.clock.now().getTime();
      if (waitMs > 0) {
        // what is on its way now ends long before its last moment, and this run may be the one that goes on from there
        const afterMs = delivery.state === 'sending' ? Math.min(waitMs, ECHO_GRACE_MS) : waitMs;
        return { kind: 'wait' as const, reason: 'It is not its time yet.', afterMs };
      }
      if (delivery.deleted) {
        await this.settle(tx, delivery, {
          state: 'cancelled',
          code: 'deleted',
          reason: 'It was deleted before it was sent.',
        });
        return this.again(tx, job, conversationId);
      }
      if (delivery.channelState !== 'active') return { kind: 'done' as const }; // held until it is
      const channel = await this.directory.since(delivery.channelId, delivery.channelUpdatedAt);
      if (!channel) return { kind: 'done' as const }; // its credentials do not open: held until they are entered again
      const connector = this.connectors.of(channel.kind);
      if (delivery.state === 'queued') {
        const now = this.clock.now();
        await this.repository.startSending(tx, delivery, now, new Date(now.getTime() + CALL_ENDS_MS));
        return { kind: 'send' as const, delivery, channel, connector };
      }
      const since = delivery.sendingSince ?? this.clock.now();
      return { kind: 'look' as const, delivery: { ...delivery, sendingSince: since }, channel, connector };
    });
  }

  /** One settled without a call: the next one is for the next run, so that transactions stay short. */
  private again(tx: Tx, job: RunningJob, conversationId: string): { kind: 'done' } {
    this.enqueue(tx, job.workspaceId, conversationId);
    return { kind: 'done' };
  }

  private enqueue(tx: Tx, workspaceId: string, conversationId: string): void {
    this.jobs.enqueue(tx, sendJob(workspaceId, conversationId));
  }

  private async send(delivery: Delivery, channel: DirectoryChannel, connector: ChannelConnector): Promise<Attempt> {
    let outcome: SendOutcome;
    try {
      outcome = await connector.send(channel, messageOf(delivery), channel.credentials);
    } catch (error) {
      outcome = { status: 'unknown', reason: error instanceof Error ? error.message : 'The call broke off.' };
    }
    return attemptOf(outcome, delivery.attempts);
  }

  private async lookFor(delivery: Delivery, channel: DirectoryChannel, connector: ChannelConnector): Promise<Attempt> {
    const found = await connector
      .lookup(channel, messageOf(delivery), delivery.sendingSince!, channel.credentials)
      .catch((error: unknown) => ({
        status: 'cannot_tell' as const,
        reason: error instanceof Error ? error.message : 'The thread could not be read.',
      }));
    if (found.status === 'found') return { candidates: found.externalIds, result: ABSENT };
    if (found.status === 'absent') return { result: ABSENT };
    if (delivery.looks >= GIVE_UP_LOOKING_AFTER) {
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

  private async settle(tx: Tx, delivery: Delivery, result: DeliveryResult, waitMs?: number): Promise<void> {
    if (result.state === 'sent') {
      await this.repository.claimExternalId(tx, delivery, result.externalId);
      if (result.recipientExternalId) await this.repository.learnRecipient(tx, delivery, result.recipientExternalId);
    }
    const now = this.clock.now();
    const waitUntil = waitMs === undefined ? null : new Date(now.getTime() + waitMs);
    const before = await this.repository.settle(tx, delivery, result, now, waitUntil);
    const to = result.state === 'cancelled' ? 'failed' : result.state;
    const changed = to === 'queued' ? before !== 'queued' : isForward(before, to);
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

const ABSENT: DeliveryResult = {
  state: 'queued',
  reason: 'It is certainly not there; sending it again.',
  code: 'absent',
};

interface Attempt {
  result: DeliveryResult;
  /** Messages at the network that may be this one, likeliest first; `result` holds when none of them is. */
  candidates?: readonly string[];
  /** Set when the run ends here and the job comes back later. */
  waitMs?: number;
  reconnect?: string;
}

/** How long to leave a message alone that has been tried `times` before: 5 s, 10 s, … 10 minutes. */
const patience = (times: number) => Math.min(RETRY_AT_MOST_MS, RETRY_MS * 2 ** Math.min(times, 20));

function attemptOf(outcome: SendOutcome, attempts: number): Attempt {
  switch (outcome.status) {
    case 'sent':
      return {
        result: {
          state: 'sent',
          externalId: outcome.externalId,
          recipientExternalId: outcome.recipientExternalId,
        },
      };
    case 'unknown':
      return { result: { state: 'unknown', reason: outcome.reason, code: 'unknown' }, waitMs: ECHO_GRACE_MS };
    case 'retry':
      return {
        result: { state: 'queued', reason: outcome.reason, code: outcome.code },
        waitMs: outcome.afterMs ?? patience(attempts),
      };
    case 'failed':
      return { result: { state: 'failed', reason: outcome.reason, code: outcome.code } };
    case 'reconnect':
      return {
        result: { state: 'queued', reason: outcome.reason, code: outcome.code },
        waitMs: RETRY_MS,
        reconnect: outcome.reason,
      };
  }
}

function messageOf(delivery: Delivery): OutboundMessage {
  const { request } = delivery;
  return {
    id: delivery.messageId,
    threadKind: request.threadKind,
    visibility: delivery.visibility,
    text: delivery.text,
    attachments: request.attachments ?? [],
    recipientExternalId: request.recipientExternalId,
    replyToExternalId: request.replyToExternalId,
    replyToParentExternalId: request.replyToParentExternalId,
    postExternalId: request.postExternalId,
    window: request.window,
    author: request.author,
  };
}
