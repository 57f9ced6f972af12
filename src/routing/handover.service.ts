import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal';
import { TicketChanges } from '../inbox/tickets/ticket-changes';
import type { TicketView } from '../inbox/tickets/ticket-views.repository';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { Database } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { wordsOf } from '../refusals/refusal-words';
import type { Words } from '../text/words';
import { RoutingRepository } from './routing.repository';

export interface Handover {
  /** Who takes over; null: back to the queues. */
  agentId: string | null;
  /** Null: everything in hand. */
  ticketIds: readonly string[] | null;
  note: string | null;
}

export interface HandedOver {
  handedOver: string[];
  refused: { ticketId: string; code: string; message: string; words: Words }[];
}

const MOST = 500;
const PAGE = 100;

/** The end of a shift: what I have in hand, and who has it from now on. */
@Injectable()
export class HandoverService {
  constructor(
    private readonly database: Database,
    private readonly tickets: TicketsService,
    private readonly changes: TicketChanges,
    private readonly routing: RoutingRepository,
  ) {}

  /** What I hold under work, most urgent first. */
  async inHand(who: Principal): Promise<TicketView[]> {
    const items: TicketView[] = [];
    for (let cursor: string | undefined; items.length < MOST;) {
      const page = await this.tickets.list(who, { view: 'mine' }, cursor, PAGE);
      items.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    return items;
  }

  /** Each ticket in a transaction of its own: what one refuses (a colleague's full hands) holds up no other. */
  async handOver(who: Principal, { agentId, ticketIds, note }: Handover): Promise<HandedOver> {
    if (agentId !== null) await this.mustExist(who, agentId);
    const ids = ticketIds ?? (await this.inHand(who)).map((ticket) => ticket.id);
    const result: HandedOver = { handedOver: [], refused: [] };
    for (const ticketId of new Set(ids)) {
      try {
        await this.handOne(who, ticketId, agentId, note);
        result.handedOver.push(ticketId);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        result.refused.push({ ticketId, code: error.code, message: error.message, words: wordsOf(error.message) });
      }
    }
    return result;
  }

  private mustExist(who: Principal, agentId: string): Promise<void> {
    return this.database.lean(who, async (tx) => {
      if (!(await this.routing.agentExists(tx, who.workspaceId, agentId))) throw notFound('agent');
    });
  }

  private handOne(who: Principal, ticketId: string, agentId: string | null, note: string | null): Promise<void> {
    const actor = { kind: 'agent' as const, id: who.agentId };
    return this.database.lean(who, async (tx) => {
      const agents = agentId === null ? [who.agentId] : [who.agentId, agentId];
      const ticket = await this.changes.lock(tx, who.workspaceId, ticketId, agents.sort());
      if (ticket.assigneeId !== who.agentId) throw notFound('ticket'); // only what is mine is mine to hand over
      const given = await this.changes.assign(tx, ticket, agentId, actor, {
        how: 'handover',
        why: { reason: 'shift_end' },
      });
      if (note !== null) await this.changes.note(tx, given, note, actor);
    });
  }
}
