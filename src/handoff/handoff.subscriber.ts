import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { type DomainEvent, isEvent } from '../outbox/domain-event';
import { Subscriptions } from '../outbox/subscriptions';
import type { Tx } from '../platform/database';
import { EmailHandoffsRepository } from './email-handoffs.repository';
import { HandoffProgress } from './handoff-progress';
import { IdentityChecksRepository } from './identity-checks.repository';

export const HEARD_JOB = 'handoff.heard';
export const MOVED_JOB = 'handoff.mail_moved';

/** What handoffs hear: customers in threads where something is awaited, and what becomes of first mails. */
@Injectable()
export class HandoffSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly jobs: JobQueue,
    private readonly handoffs: EmailHandoffsRepository,
    private readonly checks: IdentityChecksRepository,
    private readonly progress: HandoffProgress,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'handoff',
      types: ['message.received', 'message.delivery_changed'],
      handle: (tx, events) => this.handle(tx, events),
    });
    this.jobs.handle(HEARD_JOB, (job) => this.heard(job), { queue: 'tickets' });
    this.jobs.handle(MOVED_JOB, (job) => this.moved(job), { queue: 'tickets' });
  }

  async handle(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const workspaceId = events[0]?.workspaceId; // a batch is of one workspace
    if (!workspaceId) return;
    const said: { conversationId: string; messageId: string }[] = [];
    const mails: string[] = [];
    for (const e of events) {
      const { conversationId, messageId } = e;
      if (!conversationId || !messageId) continue;
      if (isEvent(e, 'message.received') && e.data.direction === 'in') said.push({ conversationId, messageId });
      if (isEvent(e, 'message.delivery_changed')) mails.push(messageId);
    }
    if (said.length > 0) {
      const ids = [...new Set(said.map(({ conversationId }) => conversationId))];
      const awaited = await this.handoffs.listening(tx, workspaceId, ids);
      for (const id of await this.checks.awaiting(tx, workspaceId, ids)) awaited.add(id);
      for (const { conversationId, messageId } of said)
        if (awaited.has(conversationId))
          this.jobs.enqueue(tx, {
            workspaceId,
            queue: 'tickets',
            name: HEARD_JOB,
            payload: { messageId },
            dedupeKey: messageId,
          });
    }
    if (mails.length === 0) return;
    for (const { id, conversationId } of await this.handoffs.ofMails(tx, workspaceId, mails))
      this.jobs.enqueue(tx, {
        workspaceId,
        queue: 'tickets',
        name: MOVED_JOB,
        payload: { handoffId: id, conversationId },
        dedupeKey: id,
      });
  }

  private heard({ workspaceId, payload }: RunningJob): Promise<void> {
    return this.progress.heard(workspaceId, (payload as { messageId: string }).messageId);
  }

  private moved({ workspaceId, payload }: RunningJob): Promise<void> {
    const { handoffId, conversationId } = payload as { handoffId: string; conversationId: string };
    return this.progress.moved(workspaceId, handoffId, conversationId);
  }
}
