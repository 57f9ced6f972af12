import { Injectable } from '@nestjs/common';
import type { Role } from '../identity/principal';
import type { Tx } from '../platform/database';
import type { PresenceState } from './protocol';

export interface AgentKey {
  workspaceId: string;
  agentId: string;
}

export interface Choice extends AgentKey {
  state: PresenceState;
}

export interface PresenceChange extends AgentKey {
  from: PresenceState;
  to: PresenceState;
  /** Of the agent, for the audience. */
  teamIds: string[];
}

export interface PresenceRow {
  agentId: string;
  state: PresenceState;
  changedAt: Date;
}

/** What a change returns, given `was` (the rows as locked) and `next` (the rows as written). */
const CHANGES = `SELECT next.workspace_id AS "workspaceId", next.agent_id AS "agentId", was.state AS "from", next.state AS "to",
    ARRAY(SELECT m.team_id FROM team_members m
          WHERE m.workspace_id = next.workspace_id AND m.agent_id = next.agent_id ORDER BY m.team_id) AS "teamIds"
  FROM next JOIN was USING (workspace_id, agent_id) WHERE next.state <> was.state
  ORDER BY next.workspace_id, next.agent_id`;

const columns = (keys: readonly AgentKey[]) => [keys.map((key) => key.workspaceId), keys.map((key) => key.agentId)];

/**
 * All SQL on `agent_presence`, set-based, in system scope: one node's agents belong to many workspaces. Time is the
 * database's, so nodes agree on it. Rows are locked in key order. A change is a change of `state`: a row past
 * `expires_at` is offline to readers, and told to be so by `lapse`.
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

  /** Those of these agents who work are here. They are what they chose, while it is remembered, else online. */
  here(tx: Tx, keys: readonly AgentKey[], roles: readonly Role[], ttlMs: number): Promise<PresenceChange[]> {
    // $1 workspaces, $2 agents, $3 life in ms, $4 roles
    return tx.query<PresenceChange>(
      `WITH was AS (
         SELECT p.workspace_id, p.agent_id, p.state, CASE WHEN p.expires_at > now() THEN p.chosen END AS chosen
         FROM agent_presence p
         WHERE (p.workspace_id, p.agent_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
           AND EXISTS (SELECT 1 FROM agents a
                       WHERE a.workspace_id = p.workspace_id AND a.id = p.agent_id AND a.disabled_at IS NULL
                         AND a.role = ANY($4))
         ORDER BY p.workspace_id, p.agent_id FOR UPDATE OF p
       ), next AS (
         UPDATE agent_presence p SET state = coalesce(was.chosen, 'online'), chosen = was.chosen,
                expires_at = now() + $3 * interval '1 millisecond',
                changed_at = CASE WHEN p.state = coalesce(was.chosen, 'online') THEN p.changed_at ELSE now() END
         FROM was WHERE p.workspace_id = was.workspace_id AND p.agent_id = was.agent_id
         RETURNING p.workspace_id, p.agent_id, p.state
       ) ${CHANGES}`,
      [...columns(keys), ttlMs, roles],
      'presence_here',
    );
  }

  /** What agents say of themselves; each agent once. */
  choose(tx: Tx, choices: readonly Choice[], ttlMs: number): Promise<PresenceChange[]> {
    // $1 workspaces, $2 agents, $3 states, $4 life in ms
    return tx.query<PresenceChange>(
      `WITH was AS (
         SELECT p.workspace_id, p.agent_id, p.state, k.state AS chosen
         FROM agent_presence p JOIN unnest($1::uuid[], $2::uuid[], $3::text[]) AS k(w, a, state)
           ON p.workspace_id = k.w AND p.agent_id = k.a
         ORDER BY p.workspace_id, p.agent_id FOR UPDATE OF p
       ), next AS (
         UPDATE agent_presence p SET state = was.chosen, chosen = was.chosen,
                expires_at = now() + $4 * interval '1 millisecond',
                changed_at = CASE WHEN p.state = was.chosen THEN p.changed_at ELSE now() END
         FROM was WHERE p.workspace_id = was.workspace_id AND p.agent_id = was.agent_id
         RETURNING p.workspace_id, p.agent_id, p.state
       ) ${CHANGES}`,
      [...columns(choices), choices.map((choice) => choice.state), ttlMs],
      'presence_choose',
    );
  }

  /** These agents left this node; those whom another node refreshed within the last `refreshedMs` stay. */
  gone(tx: Tx, keys: readonly AgentKey[], ttlMs: number, refreshedMs: number): Promise<PresenceChange[]> {
    // $1 workspaces, $2 agents, $3 least rest of life, in ms, of a row that another node holds
    return tx.query<PresenceChange>(
      `WITH was AS (
         SELECT workspace_id, agent_id, state FROM agent_presence
         WHERE (workspace_id, agent_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
           AND state <> 'offline' AND expires_at < now() + $3 * interval '1 millisecond'
         ORDER BY workspace_id, agent_id FOR UPDATE
       ), next AS (
         UPDATE agent_presence p SET state = 'offline', changed_at = now()
         FROM was WHERE p.workspace_id = was.workspace_id AND p.agent_id = was.agent_id
         RETURNING p.workspace_id, p.agent_id, p.state
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
         SELECT workspace_id, agent_id, state FROM agent_presence WHERE state <> 'offline' AND expires_at <= now()
         ORDER BY workspace_id, agent_id LIMIT $1 FOR UPDATE SKIP LOCKED
       ), next AS (
         UPDATE agent_presence p SET state = 'offline', changed_at = now()
         FROM was WHERE p.workspace_id = was.workspace_id AND p.agent_id = was.agent_id
         RETURNING p.workspace_id, p.agent_id, p.state
       ) ${CHANGES}`,
      [limit],
      'presence_lapse',
    );
  }

  /** Those who are there, by agent id. */
  list(tx: Tx, workspaceId: string, after: string | null, limit: number): Promise<PresenceRow[]> {
    // $1 workspace, $2 agent to go on from, $3 how many
    return tx.query<PresenceRow>(
      `SELECT agent_id AS "agentId", state, changed_at AS "changedAt" FROM agent_presence
       WHERE workspace_id = $1 AND state <> 'offline' AND expires_at > now() AND ($2::uuid IS NULL OR agent_id > $2)
       ORDER BY agent_id LIMIT $3`,
      [workspaceId, after, limit],
    );
  }
}
