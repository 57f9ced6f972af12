import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../../platform/database';
import { Watchers } from '../../../realtime/watchers';
import type { WatchChange } from '../../../realtime/watching';
import { VisitorSockets } from './visitor-sockets';
import { VisitorsRepository } from './visitors.repository';

/**
 * Tells a visitor that somebody writes to them: that, and not who looks on. The console says it for replies only, never
 * for notes. Ephemeral: what is lost is said again or runs out at the visitor.
 */
@Injectable()
export class VisitorTyping implements OnModuleInit {
  private readonly writing = new Set<string>();
  private line = Promise.resolve();

  constructor(
    private readonly watchers: Watchers,
    private readonly sockets: VisitorSockets,
    private readonly repository: VisitorsRepository,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.watchers.onChanged((change) => this.hear(change));
  }

  private hear({ workspaceId, ticketId, agents }: WatchChange): void {
    const on = agents.some((agent) => agent.typing);
    if (on === this.writing.has(ticketId)) return;
    if (on && !this.sockets.has(workspaceId)) return;
    if (on) this.writing.add(ticketId);
    else this.writing.delete(ticketId);
    // one after the other, so that "stopped" cannot overtake "began"
    this.line = this.line.then(() => this.tell(workspaceId, ticketId, on)).catch(() => undefined);
  }

  private async tell(workspaceId: string, ticketId: string, on: boolean): Promise<void> {
    const conversationId = await this.database.lean({ workspaceId }, (tx) =>
      this.repository.conversationOfTicket(tx, workspaceId, ticketId),
    );
    if (conversationId) this.sockets.emit(conversationId, 'typing', { on });
  }
}
