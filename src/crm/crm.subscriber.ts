import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '../jobs/job-queue';
import { type DomainEvent, type DomainEventType, isEvent } from '../outbox/domain-event';
import { Subscriptions } from '../outbox/subscriptions';
import { Clock } from '../platform/clock';
import type { Tx } from '../platform/database';
import { CrmConnectionsRepository } from './crm-connections.repository';
import { syncJob } from './crm-jobs';
import { CrmQueueRepository, type Mark } from './crm-queue.repository';

const MESSAGE_EVENTS: readonly DomainEventType[] = [
  'message.received',
  'message.sent',
  'message.edited',
  'message.deleted',
  'message.hidden',
  'message.unhidden',
  'message.delivery_changed',
  'message.attachments_changed',
];
const CONVERSATION_EVENTS: readonly DomainEventType[] = [
  'ticket.opened',
  'ticket.status_changed',
  'ticket.assigned',
  'ticket.priority_changed',
];
/** An attempt at a call shows once it has an outcome, and again when more is known of it. */
const CALL_EVENTS: readonly DomainEventType[] = ['call.ended', 'call.updated'];
const CONTACT_EVENTS: readonly DomainEventType[] = ['contact.changed', 'contact.merged', 'contact.unmerged'];

/** Every fact that shows in the CRM marks what it changed; one job then carries all that is marked. */
@Injectable()
export class CrmSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly connections: CrmConnectionsRepository,
    private readonly queue: CrmQueueRepository,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'crm',
      types: [...MESSAGE_EVENTS, 'conversation.opened', ...CONVERSATION_EVENTS, ...CONTACT_EVENTS, ...CALL_EVENTS],
      handle: (tx, events) => this.handle(tx, events),
    });
  }

  async handle(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const workspaceId = events[0]?.workspaceId; // a batch is of one workspace
    const connection = workspaceId && (await this.connections.find(tx, workspaceId));
    if (!connection) return;
    await this.queue.mark(tx, workspaceId, events.flatMap(marksOf));
    for (const e of events) {
      if (!isEvent(e, 'contact.merged') && !isEvent(e, 'contact.unmerged')) continue;
      await this.queue.markConversationsOf(tx, workspaceId, [e.data.from, e.data.into], e.at);
    }
    if (connection.state !== 'active') return; // it all waits in the queue
    const runAt = new Date(this.clock.now().getTime() + connection.settings.coalesceMs);
    this.jobs.enqueue(tx, syncJob(workspaceId, connection.id, runAt));
  }
}

/** What an event changed, as the CRM sees it. A message changes its conversation too: counts, times, last words. */
export function marksOf(e: DomainEvent): Mark[] {
  const marks: Mark[] = [];
  const mark = (entity: Mark['entity'], id: string | null) => id !== null && marks.push({ entity, id, at: e.at });
  if (MESSAGE_EVENTS.includes(e.type)) {
    mark('message', e.messageId);
    mark('conversation', e.conversationId);
  } else if (CONVERSATION_EVENTS.includes(e.type)) {
    mark('conversation', e.conversationId);
  } else if (CALL_EVENTS.includes(e.type)) {
    mark('call', e.messageId); // one note of the thread for each attempt
  } else if (isEvent(e, 'conversation.opened')) {
    mark('contact', e.contactId);
    mark('conversation', e.conversationId);
  } else if (isEvent(e, 'contact.changed')) {
    mark('contact', e.contactId);
  } else if (isEvent(e, 'contact.merged') || isEvent(e, 'contact.unmerged')) {
    mark('contact', e.data.from);
    mark('contact', e.data.into);
  }
  return marks;
}
