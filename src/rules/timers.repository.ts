import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { Rule, Side } from './rule';

export interface DueTimer {
  workspaceId: string;
  ruleId: string;
  ruleVersion: number;
  ticketId: string;
  conversationId: string;
  contactId: string;
  teamId: string | null;
  assigneeId: string | null;
  since: Date;
  minutes: number;
  side: Side;
}

/** Silences: when each will have lasted long enough. */
@Injectable()
export class RuleTimersRepository {
  /**
   * Writes the timers of tickets anew, from the newest word of the side each rule waits for. A ticket that is done has none.
   * A silence that was told already is not told again.
   */
  async follow(tx: Tx, workspaceId: string, rules: readonly IdleRule[], ticketIds: readonly string[]): Promise<void> {
    if (rules.length === 0 || ticketIds.length === 0) return;
    // $1 workspace, $2 rules as JSON, $3 tickets
    await tx.execute(
      `WITH wanted AS (
         SELECT r.id AS rule_id, r.version, t.id AS ticket_id, s.since, s.since + r.minutes * interval '1 minute' AS due_at
         FROM jsonb_to_recordset($2::jsonb) AS r(id uuid, version int, minutes int, side text)
         CROSS JOIN tickets t
         CROSS JOIN LATERAL (
           SELECT max(x.last_inbound_at) AS inbound_at, max(x.last_outbound_at) AS outbound_at FROM conversations x
           WHERE x.workspace_id = $1 AND (x.id = t.conversation_id OR x.joined_ticket_id = t.id)) c
         CROSS JOIN LATERAL (SELECT CASE r.side WHEN 'customer' THEN greatest(c.inbound_at, t.created_at)
                                    WHEN 'agent' THEN greatest(c.outbound_at, t.created_at)
                                    ELSE greatest(c.inbound_at, c.outbound_at, t.created_at) END AS since) s
         WHERE t.workspace_id = $1 AND t.id = ANY($3::uuid[]) AND t.status IN ('new', 'open', 'pending', 'on_hold')
           AND NOT EXISTS (SELECT 1 FROM domain_events e WHERE e.workspace_id = $1 AND e.ticket_id = t.id
             AND e.type = 'ticket.idled' AND e.at >= s.since AND e.data->>'ruleId' = r.id::text
             AND (e.data->>'since')::timestamptz >= date_trunc('milliseconds', s.since))
       ), gone AS (
         DELETE FROM rule_timers x WHERE x.workspace_id = $1 AND x.ticket_id = ANY($3::uuid[])
           AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.rule_id = x.rule_id AND w.ticket_id = x.ticket_id)
       )
       INSERT INTO rule_timers AS x (workspace_id, rule_id, ticket_id, rule_version, since, due_at)
       SELECT $1, rule_id, ticket_id, version, since, due_at FROM wanted ORDER BY ticket_id, rule_id
       ON CONFLICT (workspace_id, ticket_id, rule_id) DO UPDATE
         SET rule_version = excluded.rule_version, since = excluded.since, due_at = excluded.due_at
         WHERE (x.rule_version, x.since) IS DISTINCT FROM (excluded.rule_version, excluded.since)`,
      [workspaceId, JSON.stringify(rules), ticketIds],
      'rule_timers_follow',
    );
  }

  /**
   * Tickets under work after `after`, in id order: for a rule that begins to wait. They are gathered before they are
   * ordered: in id order the planner would walk through everything that was ever solved to find them.
   */
  async underWork(tx: Tx, workspaceId: string, after: string | null, limit: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `WITH active AS MATERIALIZED (
         SELECT id FROM tickets WHERE workspace_id = $1 AND status IN ('new', 'open', 'pending', 'on_hold'))
       SELECT id FROM active WHERE $2::uuid IS NULL OR id > $2 ORDER BY id LIMIT $3`,
      [workspaceId, after, limit],
    );
    return rows.map(({ id }) => id);
  }

  async forget(tx: Tx, workspaceId: string, ruleId: string): Promise<void> {
    await tx.execute('DELETE FROM rule_timers WHERE workspace_id = $1 AND rule_id = $2', [workspaceId, ruleId]);
  }

  /** Takes what is due, each once however many nodes look; timers of a rule that changed since are dropped. */
  async takeDue(tx: Tx, now: Date, limit: number): Promise<DueTimer[]> {
    // $1 now, $2 how many
    return tx.query<DueTimer>(
      `WITH due AS (
         DELETE FROM rule_timers x USING (
           SELECT workspace_id, ticket_id, rule_id FROM rule_timers WHERE due_at <= $1
           ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
         ) d WHERE (x.workspace_id, x.ticket_id, x.rule_id) = (d.workspace_id, d.ticket_id, d.rule_id) RETURNING x.*
       )
       SELECT d.workspace_id AS "workspaceId", d.rule_id AS "ruleId", d.rule_version AS "ruleVersion", t.id AS "ticketId",
         t.conversation_id AS "conversationId", t.contact_id AS "contactId", t.team_id AS "teamId",
         t.assignee_id AS "assigneeId", d.since, (idle->>'minutes')::int AS minutes, idle->>'side' AS side
       FROM due d
       JOIN rules r ON r.workspace_id = d.workspace_id AND r.id = d.rule_id AND r.version = d.rule_version AND r.enabled
         AND r.deleted_at IS NULL
       CROSS JOIN LATERAL (SELECT w AS idle FROM jsonb_array_elements(r.triggers) w WHERE w->>'on' = 'idle') i
       JOIN tickets t ON t.workspace_id = d.workspace_id AND t.id = d.ticket_id
         AND t.status IN ('new', 'open', 'pending', 'on_hold')
       ORDER BY d.due_at`,
      [now, limit],
      'rule_timers_due',
    );
  }
}

export interface IdleRule {
  id: string;
  version: number;
  minutes: number;
  side: Side;
}

/** Rules that wait for silence, with what they wait for. */
export const idleRules = (rules: readonly Rule[]): IdleRule[] =>
  rules.flatMap(({ id, version, when }) =>
    when.flatMap((trigger) =>
      trigger.on === 'idle' ? [{ id, version, minutes: trigger.minutes, side: trigger.side }] : [],
    ),
  );
