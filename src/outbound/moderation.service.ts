import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { ChannelDirectory } from '../channels/channel-directory';
import { ChannelsService } from '../channels/channels.service';
import type { ModerationAction } from '../channels/connector';
import { Connectors } from '../channels/connectors/registry';
import { canSeeTicket, type Principal } from '../identity/principal';
import { agent } from '../inbox/conversations/conversations.service';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { room, ticketAudience } from '../outbox/audience';
import { type Actor, event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, GiveUp, notFound, RetryLater } from '../platform/errors';
import { LOGGER } from '../platform/logger';
import { cleanText } from '../text/clean';

const MODERATE_JOB = 'outbound.moderate';
const HELD_MS = 60_000;

interface Target {
  id: string;
  channel_id: string;
  conversation_id: string;
  contact_id: string;
  kind: 'comment' | 'dm';
  direction: string;
  external_id: string | null;
  ticket_id: string | null;
  team_id: string | null;
  assignee_id: string | null;
  deleted_at: Date | null;
  hidden_at: Date | null;
}

interface Payload {
  messageId: string;
  action: ModerationAction;
  reason: string;
  actor: Actor;
}

/** Hide, unhide, delete, like: done at the network by a job, written down here with actor and reason once it is true. */
@Injectable()
export class ModerationService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly directory: ChannelDirectory,
    private readonly channels: ChannelsService,
    private readonly connectors: Connectors,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(MODERATE_JOB, (job) => this.carryOut(job), { queue: 'outbound', leaseMs: 60_000 });
  }

  /** @throws DomainError `capability_missing` where the network has no such action */
  request(who: Principal, messageId: string, action: ModerationAction, reason: string): Promise<{ state: 'queued' }> {
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      const target = await this.target(tx, who.workspaceId, messageId);
      if (!target || !canSeeTicket(who, { teamId: target.team_id, assigneeId: target.assignee_id }))
        throw notFound('message');
      const channel = await this.directory.channel(target.channel_id);
      const possible = channel && this.connectors.of(channel.kind).capabilities(channel.kind)[target.kind]?.moderation;
      const ownToHide = target.direction === 'out' && (action === 'hide' || action === 'unhide');
      if (!possible?.includes(action) || !target.external_id || ownToHide) {
        throw new DomainError('capability_missing', `"${action}" is not possible for this message.`, { action });
      }
      if (target.deleted_at) throw new DomainError('conflict', 'This message is deleted already.');
      const payload: Payload = { messageId, action, reason: cleanText(reason), actor: agent(who) };
      this.jobs.enqueue(tx, {
        workspaceId: who.workspaceId,
        queue: 'outbound',
        name: MODERATE_JOB,
        payload: { ...payload },
        dedupeKey: `${messageId}:${action}`,
      });
      return { state: 'queued' };
    });
  }

  private async carryOut(job: RunningJob): Promise<void> {
    const payload = job.payload as unknown as Payload;
    const target = await this.database.lean({ workspaceId: job.workspaceId }, (tx) =>
      this.target(tx, job.workspaceId, payload.messageId),
    );
    if (!target?.external_id) throw new GiveUp('The message is not at the network any more.');
    const channel = await this.directory.channel(target.channel_id);
    if (!channel || channel.state === 'needs_reconnect')
      throw new RetryLater('The channel is being reconnected.', HELD_MS);
    const started = Date.now();
    const outcome = await this.connectors
      .of(channel.kind)
      .moderate(channel, payload.action, target.external_id, channel.credentials);
    this.log.info({
      event: 'outbound.moderated',
      workspaceId: job.workspaceId,
      channelId: channel.id,
      messageId: target.id,
      action: payload.action,
      outcome: outcome.status,
      ms: Date.now() - started,
    });
    if (outcome.status === 'failed') throw new GiveUp(`${outcome.reason} (${outcome.code})`);
    if (outcome.status === 'retry') throw new RetryLater(outcome.reason, outcome.afterMs);
    if (outcome.status === 'unknown') throw new RetryLater(outcome.reason);
    await this.database.transaction({ workspaceId: job.workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      if (outcome.status === 'reconnect') await this.channels.needsReconnect(tx, channel, outcome.reason);
      else await this.writeDown(tx, job.workspaceId, payload);
    });
    if (outcome.status === 'reconnect') throw new RetryLater(outcome.reason, HELD_MS);
  }

  private async writeDown(tx: Tx, workspaceId: string, { messageId, action, reason, actor }: Payload): Promise<void> {
    const target = await this.target(tx, workspaceId, messageId);
    if (!target) return;
    const now = this.clock.now();
    const audience = target.ticket_id
      ? ticketAudience({ id: target.ticket_id, teamId: target.team_id, assigneeId: target.assignee_id })
      : [room.leads];
    const subject = {
      ticketId: target.ticket_id,
      conversationId: target.conversation_id,
      contactId: target.contact_id,
      messageId,
    };
    if (action === 'like') {
      this.outbox.record(tx, event(workspaceId, 'message.liked', actor, subject, audience, { reason }));
      return;
    }
    if (action === 'delete') {
      // the network may have told us first that it is gone; that it was us, and why, only we know
      await tx.execute(
        `WITH k AS (
           UPDATE message_keys SET deleted_at = coalesce(deleted_at, $3), deleted_by = 'account'
           WHERE workspace_id = $1 AND channel_id = $6 AND external_id = $7
         )
         UPDATE messages SET deleted_at = coalesce(deleted_at, $3), deleted_by = $4, delete_reason = $5
         WHERE workspace_id = $1 AND id = $2`,
        [workspaceId, messageId, now, JSON.stringify(actor), reason, target.channel_id, target.external_id],
      );
      this.outbox.record(
        tx,
        event(workspaceId, 'message.deleted', actor, subject, audience, { by: actor.kind, reason }),
      );
      return;
    }
    const hide = action === 'hide';
    // the network's own word of it may have come first; who did it, and why, stands in this event only
    await tx.execute(
      `UPDATE messages SET hidden_at = CASE WHEN $3 THEN coalesce(hidden_at, $4) END WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, messageId, hide, now],
    );
    this.outbox.record(
      tx,
      event(workspaceId, hide ? 'message.hidden' : 'message.unhidden', actor, subject, audience, { reason }),
    );
  }

  private async target(tx: Tx, workspaceId: string, messageId: string): Promise<Target | undefined> {
    const [row] = await tx.query<Target>(
      `SELECT m.id, m.channel_id, m.conversation_id, c.contact_id, c.kind, m.direction, m.external_id, m.ticket_id, t.team_id,
              t.assignee_id, m.deleted_at, m.hidden_at
       FROM messages m JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
       LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
       WHERE m.workspace_id = $1 AND m.id = $2 FOR UPDATE OF m`,
      [workspaceId, messageId],
    );
    return row;
  }
}
