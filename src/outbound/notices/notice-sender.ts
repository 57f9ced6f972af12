import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { ChannelDirectory, type DirectoryChannel } from '../../channels/channel-directory';
import { SendingTrouble } from '../../channels/care/sending-trouble';
import { ChannelsService } from '../../channels/channels.service';
import { Connectors } from '../../channels/connectors/registry';
import type { SendOutcome } from '../../channels/sending';
import { JobQueue } from '../../jobs/job-queue';
import type { RunningJob } from '../../jobs/jobs';
import { room } from '../../outbox/audience';
import { event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { LOGGER } from '../../platform/logger';
import { AttachmentSource } from '../attachment-source';
import { type Attempt, attemptOf, brokenOff, isHeld, SECRETS_CLOSED } from '../attempt';
import { ChannelBudgets } from '../channel-budgets';
import { NOTICE_JOB, noticeJob, type NoticeState } from './notice';
import { type NextNotice, type NoticeChange, NoticesRepository } from './notices.repository';

const LEASE_MS = 90_000; // longer than any connector call may take
const MAX_TRIES = 12; // half an hour: what is told later than that, a person should want once more

/** A call that is about to be made. */
interface Call {
  notice: NextNotice;
  call: number;
  channel: DirectoryChannel;
}

/**
 * Sends a channel's notices one by one, in the order they were written.
 *
 * A notice is marked `sending` before the network is called. Networks that take notices read nothing back, so whoever finds
 * one half-sent, after a crash or a time-out, cannot learn whether it is out: it becomes `unknown`, and only a person sends
 * it again. A call that ends after all, late, still says what became of it, unless somebody went on from there meanwhile.
 */
@Injectable()
export class NoticeSender implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: NoticesRepository,
    private readonly directory: ChannelDirectory,
    private readonly channels: ChannelsService,
    private readonly connectors: Connectors,
    private readonly budgets: ChannelBudgets,
    private readonly trouble: SendingTrouble,
    private readonly attachments: AttachmentSource,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(NOTICE_JOB, (job) => this.sendNext(job), { queue: 'outbound', leaseMs: LEASE_MS });
  }

  private async sendNext(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { channelId } = job.payload as { channelId: string };
    const call = await this.prepare(job, channelId);
    if (!call) return;
    const started = Date.now();
    const outcome = await this.send(workspaceId, call);
    const attempt = attemptOf(outcome, call.notice.tries);
    await this.database.transaction({ workspaceId }, (tx) => this.settle(tx, workspaceId, call, attempt));
    this.log.info({
      event: 'outbound.notice_sent',
      workspaceId,
      channelId,
      noticeId: call.notice.id,
      attempt: call.call,
      outcome: attempt.result.state,
      code: 'code' in attempt.result ? attempt.result.code : undefined,
      ms: Date.now() - started,
    });
  }

  /** Decides what to do about the next notice and, when it is to be sent, writes that down before anything leaves. */
  private prepare(job: RunningJob, channelId: string): Promise<Call | null> {
    const { workspaceId } = job;
    return this.database.transaction({ workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      const notice = await this.repository.next(tx, workspaceId, channelId);
      if (!notice) return null;
      const now = this.clock.now();
      if (notice.waitUntil && notice.waitUntil > now) return this.again(tx, workspaceId, channelId, notice.waitUntil);
      if (notice.state === 'sending') {
        await this.change(tx, workspaceId, channelId, notice, { state: 'unknown', ...BROKEN_OFF, at: now });
        return this.again(tx, workspaceId, channelId);
      }
      if (notice.channelState !== 'active' || notice.paused) return null; // held until it works again
      const channel = await this.directory.since(channelId, notice.channelUpdatedAt);
      if (!channel) return this.again(tx, workspaceId, channelId, new Date(now.getTime() + SECRETS_CLOSED.afterMs));
      const paceMs = this.connectors.of(channel.kind).notices?.(channel).paceMs ?? 0;
      const later = await this.budgets.takeIfDue(tx, workspaceId, channelId, paceMs);
      if (later) return this.again(tx, workspaceId, channelId, later);
      const until = new Date(now.getTime() + LEASE_MS);
      return { notice, channel, call: await this.repository.startSending(tx, workspaceId, notice.id, until) };
    });
  }

  /** Goes on in a run of its own: so waiting for a turn uses up no tries. */
  private again(tx: Tx, workspaceId: string, channelId: string, runAt?: Date): null {
    this.jobs.enqueue(tx, noticeJob(workspaceId, channelId, runAt));
    return null;
  }

  private async send(workspaceId: string, { notice, channel }: Call): Promise<SendOutcome> {
    try {
      return await this.connectors.of(channel.kind).send(
        channel,
        {
          id: notice.id,
          threadKind: 'dm',
          visibility: 'public',
          text: notice.text,
          attachments: notice.attachments.map((file) => this.attachments.open(workspaceId, file)),
          recipientExternalId: notice.recipient,
          window: 'standard',
          author: 'agent',
        },
        channel.credentials,
      );
    } catch (error) {
      return brokenOff(error);
    }
  }

  private async settle(tx: Tx, workspaceId: string, { notice, call, channel }: Call, attempt: Attempt): Promise<void> {
    const from = await this.repository.stateOfCall(tx, workspaceId, notice.id, call);
    if (from === undefined) return;
    const { result, waitMs, pause, reconnect } = attempt;
    const at = this.clock.now();
    const tries = notice.tries + (isHeld(attempt) ? 0 : 1);
    const change = { ...result, at, tries };
    if (result.state === 'queued' && tries >= MAX_TRIES)
      await this.change(tx, workspaceId, channel.id, { ...notice, state: from }, { ...change, ...GAVE_UP });
    else {
      const waits = result.state === 'queued' && !isHeld(attempt) && waitMs !== undefined;
      const waitUntil = waits ? new Date(at.getTime() + waitMs) : undefined;
      await this.change(tx, workspaceId, channel.id, { ...notice, state: from }, { ...change, waitUntil });
    }
    if (pause !== undefined) await this.budgets.pause(tx, workspaceId, channel.id, pause, reasonOf(attempt));
    if (attempt.forAdmin && result.state === 'failed') await this.trouble.refused(tx, workspaceId, channel.id, result);
    const held = reconnect !== undefined && (await this.channels.needsReconnect(tx, channel, reconnect));
    if (!held && pause === undefined) this.again(tx, workspaceId, channel.id);
  }

  /** Writes what became of a notice, and tells it where it is another thing than before. */
  private async change(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    { id, state: from, tries }: { id: string; state: NoticeState; tries: number },
    change: Omit<NoticeChange, 'tries'> & { tries?: number },
  ): Promise<void> {
    await this.repository.change(tx, workspaceId, id, { tries, ...change });
    const { state: to, reason, code } = change;
    if (from === to) return;
    this.outbox.record(
      tx,
      event(workspaceId, 'notice.delivery_changed', SYSTEM, {}, [room.leads], {
        noticeId: id,
        channelId,
        from,
        to,
        reason,
        code,
      }),
    );
  }
}

const BROKEN_OFF = {
  code: 'interrupted',
  reason: 'The sending broke off, and nobody can say whether it arrived. Look at the network before sending it again.',
};

const GAVE_UP = { state: 'failed' as const, code: 'gave_up' };

const reasonOf = ({ result }: Attempt): string => ('reason' in result ? result.reason : 'not yet');
