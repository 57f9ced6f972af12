import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import { notFound } from '../platform/errors';
import type { Action } from './actions';
import type { Answer, Condition } from './conditions';
import type { RuleHistory, StopReason } from './loop';
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

  /**
   * Opens the receipt of a rule that matches.
   * @returns what the rule did to the ticket since an instant, this time left out; null when it has answered this event before
   */
  async open(
    tx: Tx,
    workspaceId: string,
    { id, rule, event, ticketId, matched, at }: NewReceipt,
    since: Date,
  ): Promise<RuleHistory | null> {
    // $1 workspace, $2 id, $3 rule, $4 version, $5 position, $6 event, $7 its instant, $8 ticket, $9 matched, $10 now, $11 since
    const [row] = await tx.query<RuleHistory>(
      `WITH made AS (
         INSERT INTO rule_receipts (workspace_id, id, rule_id, rule_version, event_position, event_type, event_at, ticket_id,
           outcome, matched, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'ran', $9, $10)
         ON CONFLICT ON CONSTRAINT rule_receipts_once DO NOTHING RETURNING id
       )
       SELECT (SELECT count(*)::int FROM rule_receipts r WHERE r.workspace_id = $1 AND r.ticket_id = $8 AND r.rule_id = $3
                 AND r.at > $11 AND jsonb_array_length(r.changed) > 0) AS "changesLastHour",
              EXISTS (SELECT 1 FROM rule_suspensions s WHERE s.workspace_id = $1 AND s.rule_id = $3 AND s.ticket_id = $8
                        AND s.rule_version = $4) AS suspended
       FROM made`,
      [
        workspaceId,
        id,
        rule.id,
        rule.version,
        event.position,
        event.type,
        event.at,
        ticketId,
        JSON.stringify(matched),
        at,
        since,
      ],
      'rule_receipt_open',
    );
    return row ?? null;
  }

  async close(tx: Tx, workspaceId: string, id: string, { stopped, chain, changed, refused }: Ran): Promise<void> {
    // $1 workspace, $2 id, $3 why stopped, $4 chain, $5 changed, $6 refused
    await tx.execute(
      `UPDATE rule_receipts SET outcome = CASE WHEN $3::text IS NULL THEN 'ran' ELSE 'stopped' END, stopped = $3, chain = $4,
         changed = $5, refused = $6
       WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id, stopped, chain, JSON.stringify(changed), JSON.stringify(refused)],
      'rule_receipt_close',
    );
  }

  /** Takes away receipts that have had their time; one that an approval came of stays with it. */
  async tidy(tx: Tx, before: Date): Promise<void> {
    await tx.execute(
      `DELETE FROM rule_receipts r WHERE r.at < $1 AND NOT EXISTS (
         SELECT 1 FROM approvals p WHERE p.workspace_id = r.workspace_id AND p.receipt_id = r.id)`,
      [before],
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
