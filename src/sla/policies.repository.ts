import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { BotCounts, Escalation, Hours, Pausing, PolicyConditions, SlaPolicy, Targets, Warning } from './policy';

interface PolicyRow {
  id: string;
  name: string;
  rank: number;
  conditions: PolicyConditions;
  first_response_ms: Targets;
  next_response_ms: Targets;
  resolution_ms: Targets;
  hours: Hours;
  calendar_id: string | null;
  pauses: Pausing[];
  bot_counts: BotCounts;
  warnings: Warning[];
  escalations: Escalation[];
  version: number;
}

const COLUMNS = `id, name, rank, conditions, first_response_ms, next_response_ms, resolution_ms, hours, calendar_id, pauses,
  bot_counts, warnings, escalations, version`;

/** All SQL on `sla_policies`, and what policies are chosen by that a ticket does not carry. */
@Injectable()
export class PoliciesRepository {
  /** In the order in which they are looked at. */
  async list(tx: Tx, workspaceId: string): Promise<SlaPolicy[]> {
    const rows = await tx.query<PolicyRow>(
      `SELECT ${COLUMNS} FROM sla_policies WHERE workspace_id = $1 ORDER BY rank, id`,
      [workspaceId],
      'sla_policies',
    );
    return rows.map(policyOf);
  }

  async lock(tx: Tx, workspaceId: string, id: string): Promise<SlaPolicy | undefined> {
    const [row] = await tx.query<PolicyRow>(
      `SELECT ${COLUMNS} FROM sla_policies WHERE workspace_id = $1 AND id = $2 FOR UPDATE`,
      [workspaceId, id],
    );
    return row && policyOf(row);
  }

  /** Makes or replaces a policy; with `onlyIfNew` an existing one is left as it is. */
  async save(tx: Tx, workspaceId: string, policy: SlaPolicy, onlyIfNew = false): Promise<void> {
    // $1 workspace, $2 id, $3 name, $4 rank, $5 conditions, $6 to $8 targets, $9 hours, $10 calendar, $11 pauses, $12 bot
    // counts, $13 warnings, $14 escalations, $15 version, $16 only if new
    await tx.execute(
      `INSERT INTO sla_policies AS p (workspace_id, id, name, rank, conditions, first_response_ms, next_response_ms, resolution_ms,
                                      hours, calendar_id, pauses, bot_counts, warnings, escalations, version)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
       ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, rank = excluded.rank, conditions = excluded.conditions,
         first_response_ms = excluded.first_response_ms, next_response_ms = excluded.next_response_ms,
         resolution_ms = excluded.resolution_ms, hours = excluded.hours, calendar_id = excluded.calendar_id,
         pauses = excluded.pauses, bot_counts = excluded.bot_counts, warnings = excluded.warnings,
         escalations = excluded.escalations, version = excluded.version
       WHERE NOT $16::boolean`,
      [
        workspaceId,
        policy.id,
        policy.name,
        policy.rank,
        JSON.stringify(policy.conditions),
        JSON.stringify(policy.firstResponseMs),
        JSON.stringify(policy.nextResponseMs),
        JSON.stringify(policy.resolutionMs),
        policy.hours,
        policy.calendarId,
        policy.pauses,
        policy.botCounts,
        JSON.stringify(policy.warnings),
        JSON.stringify(policy.escalations),
        policy.version,
        onlyIfNew,
      ],
    );
  }

  async remove(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
    return (await tx.execute('DELETE FROM sla_policies WHERE workspace_id = $1 AND id = $2', [workspaceId, id])) > 0;
  }

  async channelKinds(tx: Tx, workspaceId: string, channelIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await tx.query<{ id: string; kind: string }>(
      'SELECT id, kind FROM channels WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
      [workspaceId, channelIds],
      'sla_channel_kinds',
    );
    return new Map(rows.map((row) => [row.id, row.kind]));
  }

  /** Calendars of the queues that have one of their own. */
  async queueCalendars(tx: Tx, workspaceId: string): Promise<Map<string, string>> {
    const rows = await tx.query<{ id: string; calendar_id: string }>(
      'SELECT id, calendar_id FROM routing_queues WHERE workspace_id = $1 AND calendar_id IS NOT NULL',
      [workspaceId],
      'sla_queue_calendars',
    );
    return new Map(rows.map((row) => [row.id, row.calendar_id]));
  }

  /** @returns null where there is no such queue */
  async queueVersion(tx: Tx, workspaceId: string, queueId: string): Promise<number | null> {
    const [row] = await tx.query<{ version: number }>(
      'SELECT version FROM routing_queues WHERE workspace_id = $1 AND id = $2',
      [workspaceId, queueId],
    );
    return row?.version ?? null;
  }

  /** In which instants are told where no calendar says otherwise. */
  async workspaceZone(tx: Tx, workspaceId: string): Promise<string> {
    const [row] = await tx.query<{ time_zone: string }>('SELECT time_zone FROM workspaces WHERE id = $1', [
      workspaceId,
    ]);
    return row?.time_zone ?? 'UTC';
  }

  async tiers(tx: Tx, workspaceId: string, contactIds: readonly string[]): Promise<Map<string, string | null>> {
    const rows = await tx.query<{ id: string; tier: string | null }>(
      'SELECT id, tier FROM contacts WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
      [workspaceId, contactIds],
      'sla_tiers',
    );
    return new Map(rows.map((row) => [row.id, row.tier]));
  }
}

const policyOf = (row: PolicyRow): SlaPolicy => ({
  id: row.id,
  name: row.name,
  rank: row.rank,
  conditions: row.conditions,
  firstResponseMs: row.first_response_ms,
  nextResponseMs: row.next_response_ms,
  resolutionMs: row.resolution_ms,
  hours: row.hours,
  calendarId: row.calendar_id,
  pauses: row.pauses,
  botCounts: row.bot_counts,
  warnings: row.warnings,
  escalations: row.escalations,
  version: row.version,
});
