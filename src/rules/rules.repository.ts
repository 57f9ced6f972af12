import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import { notFound } from '../platform/errors';
import type { Action } from './actions';
import type { Answer, Condition } from './conditions';
import type { StopReason } from './loop';
import type { Rule, RuleDraft, Trigger } from './rule';

/** What an action did, or why it did not. `action` is its place in the list, with macros unfolded. */
export interface Changed {
  action: number;
  do: string;
  did: Record<string, unknown>;
}
export interface Refused {
  action: number;
  do: string;
  code: string;
  message: string;
}

export interface NewReceipt {
  id: string;
  rule: Pick<Rule, 'id' | 'version'>;
  event: { position: number; type: string; at: Date };
  ticketId: string;
  matched: readonly Answer[];
  at: Date;
}

/** What came of it. */
export interface Ran {
  stopped: StopReason | null;
  chain: readonly string[];
  changed: readonly Changed[];
  refused: readonly Refused[];
}

/** By rule and event, by rule and ticket with how often it changed something, by rule and ticket. */
export interface KnownRuns {
  answered: [ruleId: string, position: number][];
  changes: [ruleId: string, ticketId: string, n: number][];
  suspended: [ruleId: string, ticketId: string][];
}

export interface Receipt {
  id: string;
  rule: { id: string; name: string; version: number };
  event: { position: number; type: string; at: string };
  ticket: { id: string; number: number; subject: string };
  outcome: 'ran' | 'stopped';
  stopped: StopReason | null;
  chain: string[];
  matched: Answer[];
  changed: Changed[];
  refused: Refused[];
  at: Date;
}

interface RuleRow {
  id: string;
  name: string;
  rank: number;
  enabled: boolean;
  version: number;
  triggers: Trigger[];
  conditions: Condition;
  actions: Action[];
  created_at: Date;
  updated_at: Date;
}

const RULE = 'id, name, rank, enabled, version, triggers, conditions, actions, created_at, updated_at';

const ruleOf = ({ triggers, created_at, updated_at, ...row }: RuleRow): Rule => ({
  ...row,
  when: triggers,
  createdAt: created_at,
  updatedAt: updated_at,
});

/** All SQL on rules, their versions, receipts and suspensions. */
@Injectable()
export class RulesRepository {
  /** Of a workspace in their order, disabled ones too. */
  async list(tx: Tx, workspaceId: string): Promise<Rule[]> {
    const rows = await tx.query<RuleRow>(
      `SELECT ${RULE} FROM rules WHERE workspace_id = $1 AND deleted_at IS NULL ORDER BY rank, id`,
      [workspaceId],
      'rules_list',
    );
    return rows.map(ruleOf);
  }

  async enabled(tx: Tx, workspaceId: string): Promise<Rule[]> {
    const rows = await tx.query<RuleRow>(
      `SELECT ${RULE} FROM rules WHERE workspace_id = $1 AND deleted_at IS NULL AND enabled ORDER BY rank, id`,
      [workspaceId],
      'rules_enabled',
    );
    return rows.map(ruleOf);
  }

  /** @throws DomainError `not_found` */
  async lock(tx: Tx, workspaceId: string, id: string): Promise<Rule> {
    const [row] = await tx.query<RuleRow>(
      `SELECT ${RULE} FROM rules WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE`,
      [workspaceId, id],
    );
    if (!row) throw notFound('rule');
    return ruleOf(row);
  }

  /** Two who add or order rules at once stand in line here. */
  async lockOrder(tx: Tx, workspaceId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('rules'), hashtext($1::text))`, [workspaceId]);
  }

  async insert(tx: Tx, workspaceId: string, rule: Rule): Promise<void> {
    // $1 workspace, $2 id, $3 name, $4 rank, $5 enabled, $6 when, $7 conditions, $8 actions, $9 now
    await tx.execute(
      `INSERT INTO rules (workspace_id, id, name, rank, enabled, triggers, conditions, actions, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
      [workspaceId, rule.id, rule.name, rule.rank, rule.enabled, ...definitionOf(rule), rule.updatedAt],
    );
  }

  async save(tx: Tx, workspaceId: string, rule: Rule): Promise<void> {
    // $1 workspace, $2 id, $3 name, $4 enabled, $5 version, $6 when, $7 conditions, $8 actions, $9 now
    await tx.execute(
      `UPDATE rules SET name = $3, enabled = $4, version = $5, triggers = $6, conditions = $7, actions = $8, updated_at = $9
       WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, rule.id, rule.name, rule.enabled, rule.version, ...definitionOf(rule), rule.updatedAt],
    );
  }

  async keepVersion(tx: Tx, workspaceId: string, rule: Rule, by: string): Promise<void> {
    const { name, when, conditions, actions } = rule;
    const definition: RuleDraft = { name, when, conditions, actions };
    // $1 workspace, $2 rule, $3 version, $4 definition, $5 agent, $6 now
    await tx.execute(
      `INSERT INTO rule_versions (workspace_id, rule_id, version, definition, changed_by, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [workspaceId, rule.id, rule.version, JSON.stringify(definition), by, rule.updatedAt],
    );
  }

  versions(tx: Tx, workspaceId: string, ruleId: string) {
    return tx.query<{
      version: number;
      definition: RuleDraft;
      changedBy: { id: string; name: string } | null;
      changedAt: Date;
    }>(
      `SELECT v.version, v.definition, v.changed_at AS "changedAt",
         CASE WHEN a.id IS NOT NULL THEN jsonb_build_object('id', a.id, 'name', a.name) END AS "changedBy"
       FROM rule_versions v LEFT JOIN agents a ON a.workspace_id = v.workspace_id AND a.id = v.changed_by
       WHERE v.workspace_id = $1 AND v.rule_id = $2 ORDER BY v.version DESC LIMIT 200`,
      [workspaceId, ruleId],
    );
  }

  async remove(tx: Tx, workspaceId: string, id: string, at: Date): Promise<void> {
    await tx.execute('UPDATE rules SET deleted_at = $3, enabled = false WHERE workspace_id = $1 AND id = $2', [
      workspaceId,
      id,
      at,
    ]);
  }

  async setRanks(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<void> {
    // $1 workspace, $2 rules in their new order
    await tx.execute(
      `UPDATE rules r SET rank = u.n FROM unnest($2::uuid[]) WITH ORDINALITY AS u(id, n)
       WHERE r.workspace_id = $1 AND r.id = u.id`,
      [workspaceId, ids],
    );
  }

  /** What these rules did before: about these events, to these tickets since an instant, and where they are suspended. */
  async runsOf(
    tx: Tx,
    workspaceId: string,
    rules: readonly Pick<Rule, 'id' | 'version'>[],
    positions: readonly number[],
    ticketIds: readonly string[],
    since: Date,
  ): Promise<KnownRuns> {
    // $1 workspace, $2 rules, $3 their versions, $4 positions of events, $5 tickets, $6 since
    const [row] = await tx.query<KnownRuns>(
      `SELECT
         (SELECT coalesce(json_agg(json_build_array(r.rule_id, r.event_position)), '[]') FROM rule_receipts r
          WHERE r.workspace_id = $1 AND r.rule_id = ANY($2::uuid[]) AND r.event_position = ANY($4::bigint[])) AS answered,
         (SELECT coalesce(json_agg(json_build_array(c.rule_id, c.ticket_id, c.n)), '[]') FROM (
            SELECT r.rule_id, r.ticket_id, count(*) AS n FROM rule_receipts r
            WHERE r.workspace_id = $1 AND r.ticket_id = ANY($5::uuid[]) AND r.at > $6 AND jsonb_array_length(r.changed) > 0
            GROUP BY r.rule_id, r.ticket_id) c) AS changes,
         (SELECT coalesce(json_agg(json_build_array(s.rule_id, s.ticket_id)), '[]')
          FROM unnest($2::uuid[], $3::int[]) AS k(id, version)
          JOIN rule_suspensions s ON s.workspace_id = $1 AND s.rule_id = k.id AND s.rule_version = k.version
            AND s.ticket_id = ANY($5::uuid[])) AS suspended`,
      [workspaceId, rules.map(({ id }) => id), rules.map(({ version }) => version), positions, ticketIds, since],
      'rule_runs',
    );
    return row ?? { answered: [], changes: [], suspended: [] };
  }

  /** @throws when a rule has answered one of these events meanwhile: then nothing of the transaction may stay */
  async keep(tx: Tx, workspaceId: string, receipts: readonly (NewReceipt & Ran)[]): Promise<void> {
    if (receipts.length === 0) return;
    // $1 workspace, $2 receipts as JSON
    await tx.execute(
      `INSERT INTO rule_receipts (workspace_id, id, rule_id, rule_version, event_position, event_type, event_at, ticket_id, outcome,
         stopped, chain, matched, changed, refused, at)
       SELECT $1, x.id, x.rule_id, x.rule_version, x.event_position, x.event_type, x.event_at, x.ticket_id,
         CASE WHEN x.stopped IS NULL THEN 'ran' ELSE 'stopped' END, x.stopped, x.chain, x.matched, x.changed, x.refused, x.at
       FROM jsonb_to_recordset($2::jsonb) AS x(id uuid, rule_id uuid, rule_version int, event_position bigint, event_type text,
         event_at timestamptz, ticket_id uuid, stopped text, chain uuid[], matched jsonb, changed jsonb, refused jsonb, at timestamptz)`,
      [
        workspaceId,
        JSON.stringify(
          receipts.map(({ id, rule, event, ticketId, at, stopped, chain, matched, changed, refused }) => ({
            id,
            rule_id: rule.id,
            rule_version: rule.version,
            event_position: event.position,
            event_type: event.type,
            event_at: event.at,
            ticket_id: ticketId,
            stopped,
            chain,
            matched,
            changed,
            refused,
            at,
          })),
        ),
      ],
      'rule_receipts_keep',
    );
  }

  async suspend(tx: Tx, workspaceId: string, rule: Rule, ticketId: string, at: Date): Promise<void> {
    await tx.execute(
      `INSERT INTO rule_suspensions (workspace_id, rule_id, ticket_id, rule_version, since) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (workspace_id, rule_id, ticket_id) DO UPDATE SET rule_version = excluded.rule_version, since = excluded.since`,
      [workspaceId, rule.id, ticketId, rule.version, at],
    );
  }

  suspensions(tx: Tx, workspaceId: string, rule: Pick<Rule, 'id' | 'version'>) {
    return tx.query<{ ticket: { id: string; number: number }; since: Date }>(
      `SELECT jsonb_build_object('id', t.id, 'number', t.number) AS ticket, s.since
       FROM rule_suspensions s JOIN tickets t ON t.workspace_id = s.workspace_id AND t.id = s.ticket_id
       WHERE s.workspace_id = $1 AND s.rule_id = $2 AND s.rule_version = $3 ORDER BY s.since DESC LIMIT 200`,
      [workspaceId, rule.id, rule.version],
    );
  }

  async lift(tx: Tx, workspaceId: string, ruleId: string, ticketId: string): Promise<boolean> {
    const lifted = await tx.execute(
      'DELETE FROM rule_suspensions WHERE workspace_id = $1 AND rule_id = $2 AND ticket_id = $3',
      [workspaceId, ruleId, ticketId],
    );
    return lifted > 0;
  }

  /** Of a rule or of a ticket, newest first; one more than `limit`, which tells that there are more. */
  async receipts(
    tx: Tx,
    workspaceId: string,
    of: { ruleId: string } | { ticketId: string },
    before: string | null,
    limit: number,
  ): Promise<Receipt[]> {
    const [column, id] = 'ruleId' in of ? ['rule_id', of.ruleId] : ['ticket_id', of.ticketId];
    // $1 workspace, $2 rule or ticket, $3 id to go on from, $4 how many
    return tx.query<Receipt>(
      `SELECT x.id, jsonb_build_object('id', r.id, 'name', coalesce(v.definition->>'name', r.name), 'version', x.rule_version) AS rule,
         jsonb_build_object('position', x.event_position, 'type', x.event_type, 'at', x.event_at) AS event,
         jsonb_build_object('id', t.id, 'number', t.number, 'subject', t.subject) AS ticket,
         x.outcome, x.stopped, x.chain, x.matched, x.changed, x.refused, x.at
       FROM rule_receipts x
       JOIN rules r ON r.workspace_id = x.workspace_id AND r.id = x.rule_id
       LEFT JOIN rule_versions v ON v.workspace_id = x.workspace_id AND v.rule_id = x.rule_id AND v.version = x.rule_version
       JOIN tickets t ON t.workspace_id = x.workspace_id AND t.id = x.ticket_id
       WHERE x.workspace_id = $1 AND x.${column} = $2 AND ($3::uuid IS NULL OR x.id < $3) ORDER BY x.id DESC LIMIT $4`,
      [workspaceId, id, before, limit + 1],
      `rule_receipts_${column}`,
    );
  }
}

const definitionOf = ({ when, conditions, actions }: RuleDraft): string[] => [
  JSON.stringify(when),
  JSON.stringify(conditions),
  JSON.stringify(actions),
];
