import { Injectable } from '@nestjs/common';
import type { Role } from '../identity/principal';
import type { Tx } from '../platform/database';
import type { PresenceState, Stance } from './protocol';

export interface AgentKey {
  workspaceId: string;
  agentId: string;
}

export type Choice = AgentKey & Stance;

export interface PresenceChange extends AgentKey {
  from: PresenceState;
  to: PresenceState;
  /** Types of work taken there, null for all. */
  takes: string[] | null;
  /** Of the agent, for the audience. */
  teamIds: string[];
}

export interface PresenceRow {
  agentId: string;
  state: PresenceState;
  takes: string[] | null;
  changedAt: Date;
}

/** What a change returns, given `was` (the rows as locked) and `next` (the rows as written). */
const CHANGES = `SELECT next.workspace_id AS "workspaceId", next.agent_id AS "agentId", was.state AS "from", next.state AS "to",
    next.takes,
    ARRAY(SELECT m.team_id FROM team_members m
          WHERE m.workspace_id = next.workspace_id AND m.agent_id = next.agent_id ORDER BY m.team_id) AS "teamIds"
  FROM next JOIN was USING (workspace_id, agent_id)
  WHERE next.state <> was.state OR next.takes IS DISTINCT FROM was.takes
  ORDER BY next.workspace_id, next.agent_id`;

const columns = (keys: readonly AgentKey[]) => [keys.map((key) => key.workspaceId), keys.map((key) => key.agentId)];

/**
 * All SQL on `agent_presence`, set-based, in system scope: one node's agents belong to many workspaces. Time is the
 * database's, so nodes agree on it. Rows are locked in key order. A change is a change of `state` or of what is taken: a
 * row past `expires_at` is offline to readers, and told to be so by `lapse`.
 */
@Injectable()
export class PresenceRepository {
  /** Makes rows for agents never seen before, so that all others only update. */
  async know(tx: Tx, keys: readonly AgentKey[]): Promise<void> {
    // $1 workspaces, $2 agents
    await tx.execute(
      `INSERT INTO agent_presence (workspace_id, agent_id, state, expires_at)
       SELECT a.workspace_id, a.id, 'offline', now() FROM agents a
       JOIN (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[]) AS k(w, a)) k ON a.workspace_id = k.w AND a.id = k.a
       ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
      columns(keys),
      'presence_know',
    );
  }

  /**
   * Those of these agents who work are here. They are what they chose, while it is remembered, else online; but away
   * while nothing was seen of the person for as long as their workspace allows.
   */
  here(
    tx: Tx,
    keys: readonly (AgentKey & { idleMs: number })[],
    roles: readonly Role[],
    ttlMs: number,
    idleMinutes: number,
  ): Promise<PresenceChange[]> {
    // $1 workspaces, $2 agents, $3 life in ms, $4 roles, $5 idle in ms as this node saw it, $6 minutes where none are set
    return tx.query<PresenceChange>(
      `WITH was AS (
         SELECT p.workspace_id, p.agent_id, p.state, p.takes, CASE WHEN p.expires_at > now() THEN p.chosen END AS chosen,
                greatest(p.active_at, now() - k.idle * interval '1 millisecond') AS active_at,
                CASE WHEN w.settings #> '{routing,autoAwayMinutes}' = 'null' THEN NULL
                     ELSE coalesce((w.settings #>> '{routing,autoAwayMinutes}')::float8, $6) END AS idle_minutes
         FROM unnest($1::uuid[], $2::uuid[], $5::float8[]) AS k(w, a, idle)
         JOIN agent_presence p ON p.workspace_id = k.w AND p.agent_id = k.a
         JOIN workspaces w ON w.id = p.workspace_id
         WHERE EXISTS (SELECT 1 FROM agents a
                       WHERE a.workspace_id = p.workspace_id AND a.id = p.agent_id AND a.disabled_at IS NULL
                         AND a.role = ANY($4))
         ORDER BY p.workspace_id, p.agent_id FOR UPDATE OF p
       ), settled AS (
         SELECT *, CASE WHEN coalesce(chosen, 'online') <> 'online' THEN chosen
                        WHEN active_at < now() - idle_minutes * interval '1 minute' THEN 'away'
                        ELSE 'online' END AS settled FROM was
       ), next AS (
         UPDATE agent_presence p SET state = s.settled, chosen = s.chosen, active_at = s.active_at,
                expires_at = now() + $3 * interval '1 millisecond',
                changed_at = CASE WHEN p.state = s.settled THEN p.changed_at ELSE now() END
         FROM settled s WHERE p.workspace_id = s.workspace_id AND p.agent_id = s.agent_id
         RETURNING p.workspace_id, p.agent_id, p.state, p.takes
       ) ${CHANGES}`,
      [...columns(keys), ttlMs, roles, keys.map((key) => key.idleMs), idleMinutes],
      'presence_here',
    );
  }

  /** What agents say of themselves; each agent once. It is a sign of life, too. */
  choose(tx: Tx, choices: readonly Choice[], ttlMs: number): Promise<PresenceChange[]> {
    // $1 workspaces, $2 agents, $3 states, $4 life in ms, $5 types of work as JSON, null where they stay as they are
    return tx.query<PresenceChange>(
      `WITH was AS (
         SELECT p.workspace_id, p.agent_id, p.state, p.takes, k.state AS chosen, k.takes AS said
         FROM agent_presence p JOIN unnest($1::uuid[], $2::uuid[], $3::text[], $5::jsonb[]) AS k(w, a, state, takes)
           ON p.workspace_id = k.w AND p.agent_id = k.a
         ORDER BY p.workspace_id, p.agent_id FOR UPDATE OF p
       ), next AS (
         UPDATE agent_presence p SET state = was.chosen, chosen = was.chosen, active_at = now(),
                takes = CASE WHEN was.said IS NULL THEN p.takes WHEN was.said = 'null' THEN NULL
                             ELSE ARRAY(SELECT jsonb_array_elements_text(was.said)) END,
                expires_at = now() + $4 * interval '1 millisecond',
                changed_at = CASE WHEN p.state = was.chosen THEN p.changed_at ELSE now() END
         FROM was WHERE p.workspace_id = was.workspace_id AND p.agent_id = was.agent_id
         RETURNING p.workspace_id, p.agent_id, p.state, p.takes
       ) ${CHANGES}`,
      [
        ...columns(choices),
        choices.map((choice) => choice.state),
        ttlMs,
        choices.map(({ takes }) => (takes === undefined ? null : JSON.stringify(takes))),
      ],
      'presence_choose',
    );
  }

  /** Turns agents who are in one of `from` to another state until they choose anew; their life stays as long as it was. */
  turn(
    tx: Tx,
    workspaceId: string,
    agentIds: readonly string[],
    from: readonly PresenceState[],
    to: PresenceState,
  ): Promise<PresenceChange[]> {
    // $1 workspace, $2 agents, $3 states they are in, $4 the state to be
    return tx.query<PresenceChange>(
      `WITH was AS (
         SELECT workspace_id, agent_id, state, takes FROM agent_presence
         WHERE workspace_id = $1 AND agent_id = ANY($2::uuid[]) AND state = ANY($3) AND expires_at > now()
         ORDER BY workspace_id, agent_id FOR UPDATE
       ), next AS (
         UPDATE agent_presence p SET state = $4, chosen = $4, changed_at = now()
         FROM was WHERE p.workspace_id = was.workspace_id AND p.agent_id = was.agent_id
         RETURNING p.workspace_id, p.agent_id, p.state, p.takes
       ) ${CHANGES}`,
      [workspaceId, agentIds, from, to],
      'presence_turn',
    );
  }

  /** These agents left this node; those whom another node refreshed within the last `refreshedMs` stay. */
  gone(tx: Tx, keys: readonly AgentKey[], ttlMs: number, refreshedMs: number): Promise<PresenceChange[]> {
    // $1 workspaces, $2 agents, $3 least rest of life, in ms, of a row that another node holds
    return tx.query<PresenceChange>(
      `WITH was AS (
         SELECT workspace_id, agent_id, state, takes FROM agent_presence
         WHERE (workspace_id, agent_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
           AND state <> 'offline' AND expires_at < now() + $3 * interval '1 millisecond'
         ORDER BY workspace_id, agent_id FOR UPDATE
       ), next AS (
         UPDATE agent_presence p SET state = 'offline', changed_at = now()
         FROM was WHERE p.workspace_id = was.workspace_id AND p.agent_id = was.agent_id
         RETURNING p.workspace_id, p.agent_id, p.state, p.takes
       ) ${CHANGES}`,
      [...columns(keys), ttlMs - refreshedMs],
      'presence_gone',
    );
  }

  /** Turns rows whose life ran out to offline, each told once however many nodes sweep. */
  lapse(tx: Tx, limit: number): Promise<PresenceChange[]> {
    // $1 how many
    return tx.query<PresenceChange>(
      `WITH was AS (
         SELECT workspace_id, agent_id, state, takes FROM agent_presence WHERE state <> 'offline' AND expires_at <= now()
         ORDER BY workspace_id, agent_id LIMIT $1 FOR UPDATE SKIP LOCKED
       ), next AS (
         UPDATE agent_presence p SET state = 'offline', changed_at = now()
         FROM was WHERE p.workspace_id = was.workspace_id AND p.agent_id = was.agent_id
         RETURNING p.workspace_id, p.agent_id, p.state, p.takes
       ) ${CHANGES}`,
      [limit],
      'presence_lapse',
    );
  }

  /** Those who are there, by agent id. */
  list(tx: Tx, workspaceId: string, after: string | null, limit: number): Promise<PresenceRow[]> {
    // $1 workspace, $2 agent to go on from, $3 how many
    return tx.query<PresenceRow>(
      `SELECT agent_id AS "agentId", state, takes, changed_at AS "changedAt" FROM agent_presence
       WHERE workspace_id = $1 AND state <> 'offline' AND expires_at > now() AND ($2::uuid IS NULL OR agent_id > $2)
       ORDER BY agent_id LIMIT $3`,
      [workspaceId, after, limit],
    );
  }
}
