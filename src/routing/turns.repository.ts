import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';

export type TurnKind = 'assigned' | 'claimed' | 'declined' | 'timed_out' | 'opened' | 'answered';

export interface LoggedTurn {
  position: number;
  at: Date;
  what: TurnKind;
  agentId: string;
  ticketId: string;
  /** Worked until answered, milliseconds; for a turn taken it is counted here, from when the customer began to wait. */
  ms: number | null;
}

export interface Fairness {
  agentId: string;
  name: string;
  /** Given by the router, by colleagues or accepted; taken by themselves. */
  assigned: number;
  claimed: number;
  /** Opened while it waited and left, declined, let run out. */
  leftOpen: number;
  declined: number;
  timedOut: number;
  answered: number;
  /** Share of their answers that took less than half of all answers to such work did, 0 to 1. */
  easyShare: number | null;
  /** Of the customers whose work they took, from the first unanswered word, milliseconds. */
  meanWaitMs: number | null;
}

/** All SQL on `routing_log`: who took, passed and answered what. */
@Injectable()
export class TurnsRepository {
  async append(tx: Tx, workspaceId: string, turns: readonly LoggedTurn[]): Promise<void> {
    if (turns.length === 0) return;
    // $1 workspace, $2 positions, $3 instants, $4 what, $5 agents, $6 tickets, $7 ms
    await tx.execute(
      `INSERT INTO routing_log (workspace_id, position, at, what, agent_id, ticket_id, work_type, ms)
       SELECT $1, u.position, u.at, u.what, u.agent_id, u.ticket_id, coalesce(t.work_type, t.kind),
         CASE WHEN u.what IN ('assigned', 'claimed') AND coalesce(t.waiting_since, t.created_at) <= u.at
              THEN (1000 * extract(epoch FROM u.at - coalesce(t.waiting_since, t.created_at)))::bigint ELSE u.ms END
       FROM unnest($2::bigint[], $3::timestamptz[], $4::text[], $5::uuid[], $6::uuid[], $7::bigint[])
         AS u(position, at, what, agent_id, ticket_id, ms)
       JOIN tickets t ON t.workspace_id = $1 AND t.id = u.ticket_id
       ON CONFLICT DO NOTHING`,
      [
        workspaceId,
        turns.map((t) => t.position),
        turns.map((t) => t.at),
        turns.map((t) => t.what),
        turns.map((t) => t.agentId),
        turns.map((t) => t.ticketId),
        turns.map((t) => (t.ms === null ? null : Math.round(t.ms))),
      ],
      'routing_log_append',
    );
  }

  /** Remembers that an agent looked at a ticket while it waited for somebody; once. */
  async opened(tx: Tx, workspaceId: string, agentId: string, ticketId: string, at: Date): Promise<void> {
    // $1 workspace, $2 agent, $3 ticket, $4 instant
    await tx.execute(
      `INSERT INTO routing_log (workspace_id, position, at, what, agent_id, ticket_id, work_type)
       SELECT $1, 0, $4, 'opened', $2, t.id, coalesce(t.work_type, t.kind) FROM tickets t
       WHERE t.workspace_id = $1 AND t.id = $3 AND t.assignee_id IS NULL AND t.offered_to IS NULL AND t.status IN ('new', 'open')
       ON CONFLICT DO NOTHING`,
      [workspaceId, agentId, ticketId, at],
      'routing_log_opened',
    );
  }

  /** Each agent's turns in a period. Half of all answers to a type of work took less than its median. */
  async fairness(tx: Tx, workspaceId: string, from: Date, to: Date, teamId: string | null): Promise<Fairness[]> {
    // $1 workspace, $2 from, $3 to, $4 members of this team only
    return tx.query<Fairness>(
      `WITH turns AS (
         SELECT * FROM routing_log WHERE workspace_id = $1 AND at >= $2 AND at < $3
       ), usual AS (
         SELECT work_type, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS ms FROM turns WHERE what = 'answered' GROUP BY work_type
       )
       SELECT a.id AS "agentId", a.name,
         count(*) FILTER (WHERE l.what = 'assigned')::int AS assigned,
         count(*) FILTER (WHERE l.what = 'claimed')::int AS claimed,
         count(*) FILTER (WHERE l.what = 'opened' AND NOT EXISTS (
           SELECT 1 FROM turns k WHERE k.agent_id = l.agent_id AND k.ticket_id = l.ticket_id AND k.what IN ('assigned', 'claimed')))::int AS "leftOpen",
         count(*) FILTER (WHERE l.what = 'declined')::int AS declined,
         count(*) FILTER (WHERE l.what = 'timed_out')::int AS "timedOut",
         count(*) FILTER (WHERE l.what = 'answered')::int AS answered,
         (avg(CASE WHEN l.ms < u.ms THEN 1 ELSE 0 END) FILTER (WHERE l.what = 'answered'))::float8 AS "easyShare",
         (avg(l.ms) FILTER (WHERE l.what IN ('assigned', 'claimed')))::float8 AS "meanWaitMs"
       FROM turns l JOIN agents a ON a.workspace_id = $1 AND a.id = l.agent_id LEFT JOIN usual u ON u.work_type = l.work_type
       WHERE $4::uuid IS NULL OR EXISTS (SELECT 1 FROM team_members m WHERE m.workspace_id = $1 AND m.team_id = $4 AND m.agent_id = a.id)
       GROUP BY a.id, a.name ORDER BY a.name, a.id`,
      [workspaceId, from, to, teamId],
    );
  }
}
