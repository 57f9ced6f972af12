import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '../jobs/job-queue';
import { type DomainEvent, isEvent } from '../outbox/domain-event';
import { Subscriptions } from '../outbox/subscriptions';
import type { Tx } from '../platform/database';
import { ANSWER_JOB } from './bot.jobs';
import { BotService } from './bot.service';

/** What the bot hears: customers asking, and agents replying with or without what it suggested. */
@Injectable()
export class BotSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly jobs: JobQueue,
    private readonly bot: BotService,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'bot',
      types: ['message.received', 'message.sent'],
      handle: (tx, events) => this.handle(tx, events),
    });
  }

  async handle(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const asked = new Set<string>();
    const replies: string[] = [];
    for (const e of events) {
      if (isEvent(e, 'message.received') && e.data.direction === 'in' && e.data.opensWork && e.conversationId) {
        asked.add(e.conversationId);
      }
      if (isEvent(e, 'message.sent') && e.data.author === 'agent' && e.messageId) replies.push(e.messageId);
    }
    const workspaceId = events[0]?.workspaceId; // a batch is of one workspace
    if (!workspaceId) return;
    if (asked.size > 0 && !(await this.bot.knowsAnything(tx, workspaceId))) asked.clear();
    for (const conversationId of asked) {
      const payload = { conversationId };
      this.jobs.enqueue(tx, { workspaceId, queue: 'bot', name: ANSWER_JOB, payload, dedupeKey: conversationId });
    }
    if (replies.length > 0) await this.bot.acceptUsed(tx, workspaceId, replies);
  }
}
