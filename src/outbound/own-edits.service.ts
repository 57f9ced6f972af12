import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { ChannelDirectory, type DirectoryChannel } from '../channels/channel-directory';
import { SendingTrouble } from '../channels/care/sending-trouble';
import { ChannelsService } from '../channels/channels.service';
import type { SendOutcome } from '../channels/sending';
import { Connectors } from '../channels/connectors/registry';
import type { Principal } from '../identity/principal';
import { agent, ConversationsService } from '../inbox/conversations/conversations.service';
import { patience } from '../inbox/conversations/delivery';
import { previewOf } from '../inbox/tickets/ticket-texts';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { room, ticketAudience } from '../outbox/audience';
import { type Actor, type DomainEventData, event, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound, RetryLater } from '../platform/errors';
import { LOGGER } from '../platform/logger';
import { cleanText } from '../text/clean';
import { pauseOf, SECRETS_CLOSED } from './attempt';
import { ChannelBudgets } from './channel-budgets';
import { refuseEdit } from './edit-rules';
import { EDIT_JOB, editJob, type OwnMessage, OwnEditsRepository } from './own-edits.repository';

const MAX_TRIES = 12;

/**
 * Changing the text of a message of ours that is out. The text asked for stands with the delivery until the network has
 * taken it; only then is it the message's text, with the old one as history. Changing to the same text twice is one
 * change, so doubt is answered by doing it again.
 */
@Injectable()
export class OwnEditsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: OwnEditsRepository,
    private readonly conversations: ConversationsService,
    private readonly directory: ChannelDirectory,
    private readonly channels: ChannelsService,
    private readonly connectors: Connectors,
    private readonly budgets: ChannelBudgets,
    private readonly trouble: SendingTrouble,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(EDIT_JOB, (job) => this.carryOut(job), { queue: 'outbound' });
  }

  /** @throws DomainError `send_refused` with the rule of the network that stands in the way */
  request(who: Principal, messageId: string, newText: string): Promise<{ state: 'queued' }> {
    const { workspaceId } = who;
    return this.database.transaction({ workspaceId }, async (tx) => {
      const known = await this.repository.find(tx, workspaceId, messageId);
      if (!known) throw notFound('message');
      await this.conversations.lockVisible(tx, who, known.conversationId);
      const message = (await this.repository.find(tx, workspaceId, messageId, 'FOR UPDATE OF d, m'))!;
      const channel = await this.directory.channel(message.channelId);
      const connector = channel && this.connectors.of(channel.kind);
      const capabilities =
        connector?.edit && connector.capabilities(channel!.kind, channel!.settings)[message.request.threadKind];
      const text = cleanText(newText);
      const refusal = refuseEdit(
        { ...message, capabilities, text: message.wanted?.text ?? message.text, newText: text },
        this.clock.now(),
      );
      if (refusal) throw new DomainError('send_refused', refusal.message, { ...refusal });
      await this.repository.want(tx, workspaceId, messageId, text, agent(who), this.clock.now());
      this.jobs.enqueue(tx, editJob(workspaceId, messageId));
      return { state: 'queued' };
    });
  }

  private async carryOut(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { messageId } = job.payload as { messageId: string };
    const message = await this.database.lean({ workspaceId }, (tx) => this.repository.find(tx, workspaceId, messageId));
    if (!message?.wanted || message.channelState !== 'active' || message.paused) return; // nothing to do, or held
    const channel = await this.directory.since(message.channelId, message.channelUpdatedAt);
    if (!channel) throw new RetryLater(SECRETS_CLOSED.reason, SECRETS_CLOSED.afterMs, { counts: false });
    const { text } = message.wanted;
    const started = Date.now();
    const outcome = await this.call(channel, message, text);
    this.log.info({
      event: 'outbound.edited',
      workspaceId,
      channelId: channel.id,
      messageId,
      outcome: outcome.status,
      ms: Date.now() - started,
    });
    const waitMs = await this.database.transaction({ workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      return this.settle(tx, workspaceId, channel, { messageId, text, outcome });
    });
    if (waitMs !== null) throw new RetryLater('reason' in outcome ? outcome.reason : 'not yet', waitMs);
  }

  private async call(channel: DirectoryChannel, message: OwnMessage, text: string): Promise<SendOutcome> {
    const connector = this.connectors.of(channel.kind);
    if (message.deleted || !message.externalId || !connector.edit)
      return { status: 'failed', code: 'object_gone', reason: 'The message is not there any more.', fix: 'none' };
    const { threadKind, recipientExternalId } = message.request;
    const target = { messageExternalId: message.externalId, text, threadKind, recipientExternalId };
    try {
      return await connector.edit(channel, target, channel.credentials);
    } catch (error) {
      return { status: 'retry', reason: error instanceof Error ? error.message : 'The call broke off.' };
    }
  }

  /** @returns how long to wait before the next try, in milliseconds; null when this run is over */
  private async settle(
    tx: Tx,
    workspaceId: string,
    channel: DirectoryChannel,
    { messageId, text, outcome }: { messageId: string; text: string; outcome: SendOutcome },
  ): Promise<number | null> {
    const message = await this.repository.find(tx, workspaceId, messageId, 'FOR UPDATE OF d, m');
    if (!message) return null;
    if (outcome.status === 'sent') {
      await this.taken(tx, workspaceId, message, text);
      return null;
    }
    if (outcome.status === 'reconnect')
      return (await this.channels.needsReconnect(tx, channel, outcome.reason)) ? null : patience(0);
    const pause = pauseOf(outcome);
    if (pause !== undefined) {
      await this.budgets.pause(tx, workspaceId, channel.id, pause, outcome.reason);
      return null;
    }
    const tries = (message.wanted?.attempts ?? 0) + 1;
    if (outcome.status !== 'failed' && tries < MAX_TRIES) {
      await this.repository.countTry(tx, workspaceId, messageId);
      return (outcome.status === 'retry' ? outcome.afterMs : undefined) ?? patience(tries);
    }
    if (message.wanted?.text !== text) return null; // another text was asked for meanwhile, with a job of its own
    const { reason } = outcome;
    const code = outcome.status === 'failed' ? outcome.code : 'gave_up';
    if (outcome.status === 'failed' && outcome.fix === 'admin')
      await this.trouble.refused(tx, workspaceId, channel.id, outcome, 'edit');
    await this.repository.settled(tx, workspaceId, messageId, { text, at: this.clock.now(), code, reason });
    this.record(tx, workspaceId, message, SYSTEM, 'message.edit_refused', { code, reason });
    return null;
  }

  private async taken(tx: Tx, workspaceId: string, message: OwnMessage, text: string): Promise<void> {
    const { messageId, wanted } = message;
    if (wanted?.text !== text) {
      // two calls were on their way at once, and the network may have taken them in either order: say it once more
      const by = wanted?.by ?? SYSTEM;
      await this.repository.want(tx, workspaceId, messageId, wanted?.text ?? message.text, by, this.clock.now());
      this.jobs.enqueue(tx, editJob(workspaceId, messageId));
      return;
    }
    await this.repository.settled(tx, workspaceId, messageId, null);
    const echoed = message.text === text; // the network's own word of it came first, with its history
    if (echoed && wanted.by.kind === 'system') return; // it was said once more
    const version = echoed
      ? message.version
      : await this.repository.replace(tx, workspaceId, message, text, this.clock.now());
    await this.repository.correctPreview(tx, workspaceId, message.ticketId, previewOf(message.text), previewOf(text));
    this.record(tx, workspaceId, message, wanted.by, 'message.edited', { version });
  }

  private record<T extends 'message.edited' | 'message.edit_refused'>(
    tx: Tx,
    workspaceId: string,
    message: OwnMessage,
    actor: Actor,
    type: T,
    data: DomainEventData[T],
  ): void {
    const { ticketId, conversationId, contactId, messageId, teamId, assigneeId } = message;
    const audience = ticketId ? ticketAudience({ id: ticketId, teamId, assigneeId }) : [room.leads];
    this.outbox.record(
      tx,
      event(workspaceId, type, actor, { ticketId, conversationId, contactId, messageId }, audience, data),
    );
  }
}
