import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { Database } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { type Assignment, ExplainRepository } from './explain.repository';
import { QueuesRepository } from './queues.repository';
import { type Fairness, TurnsRepository } from './turns.repository';

const LONGEST_MS = 93 * 86_400_000; // a quarter: the log is read through

/** Why each assignment was made, and whether turns are shared fairly. */
@Injectable()
export class ExplainService {
  constructor(
    private readonly database: Database,
    private readonly tickets: TicketsService,
    private readonly explain: ExplainRepository,
    private readonly turns: TurnsRepository,
    private readonly queues: QueuesRepository,
  ) {}

  assignments(
    who: Principal,
    ticketId: string,
    after: number,
    limit: number,
  ): Promise<{ items: Assignment[]; nextCursor: string | null }> {
    return this.database.lean(who, async (tx) => {
      await this.tickets.see(tx, who, ticketId);
      const rows = await this.explain.assignments(tx, who.workspaceId, ticketId, after, limit + 1);
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? String(items.at(-1)!.position) : null };
    });
  }

  fairness(who: Principal, from: Date, to: Date, teamId: string | null): Promise<Fairness[]> {
    const span = to.getTime() - from.getTime();
    if (!(span > 0 && span <= LONGEST_MS)) {
      const problem = 'must be after from, by at most 93 days';
      throw new DomainError('validation_failed', 'Please correct: to.', { fields: [{ path: 'to', problem }] });
    }
    return this.database.lean(who, async (tx) => {
      if (teamId !== null && !(await this.queues.teamExists(tx, who.workspaceId, teamId))) throw notFound('team');
      return this.turns.fairness(tx, who.workspaceId, from, to, teamId);
    });
  }
}
