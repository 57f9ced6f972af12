import { Injectable } from '@nestjs/common';
import { type Tx, violatedConstraint } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import type { AgentChange, AgentListing } from './agent';
import { AgentEntity } from './agent.entity';

/** An agent found by e-mail, before anyone is signed in. */
export interface Candidate {
  workspaceId: string;
  slug: string;
  id: string;
  passwordHash: string | null;
}

/** All SQL on `agents`, and the agents' side of `team_members` and `agent_presence`. */
@Injectable()
export class AgentsRepository {
  /** Makes changes to a workspace's people wait for each other: roles and "the last owner" are judged on settled rows. */
  async lockPeople(tx: Tx, workspaceId: string): Promise<void> {
    // $1 workspace. NO KEY: rows that merely refer to the workspace need not wait.
    await tx.query('SELECT 1 FROM workspaces WHERE id = $1 FOR NO KEY UPDATE', [workspaceId]);
  }

  /** @throws DomainError `not_found` */
  async get(tx: Tx, workspaceId: string, id: string): Promise<AgentEntity> {
    const agent = await tx.entities.findOneBy(AgentEntity, { workspaceId, id });
    if (!agent) throw notFound('agent');
    return agent;
  }

  countOwners(tx: Tx, workspaceId: string): Promise<number> {
    return tx.entities
      .createQueryBuilder(AgentEntity, 'a')
      .where('a.workspaceId = :workspaceId AND a.role = :role AND a.disabledAt IS NULL', { workspaceId, role: 'owner' })
      .getCount();
  }

  /** By id, that is by age. `load` counts the tickets under work. */
  list(
    tx: Tx,
    workspaceId: string,
    now: Date,
    page: { cursor?: string; limit: number; id?: string },
  ): Promise<AgentListing[]> {
    // $1 workspace, $2 now, $3 id to go on from, $4 how many, $5 one agent only
    return tx.query<AgentListing>(
      `SELECT a.id, a.name, a.email, a.role, a.locale, a.capacity, a.disabled_at AS "disabledAt", a.created_at AS "createdAt",
              ARRAY(SELECT m.team_id FROM team_members m
                    WHERE m.workspace_id = a.workspace_id AND m.agent_id = a.id ORDER BY m.team_id) AS "teamIds",
              CASE WHEN p.expires_at > $2 THEN p.state ELSE 'offline' END AS presence,
              (SELECT count(*)::int FROM tickets t WHERE t.workspace_id = a.workspace_id AND t.assignee_id = a.id
                 AND t.status IN ('new', 'open', 'pending', 'on_hold')) AS load
       FROM agents a LEFT JOIN agent_presence p ON p.workspace_id = a.workspace_id AND p.agent_id = a.id
       WHERE a.workspace_id = $1 AND ($3::uuid IS NULL OR a.id > $3) AND ($5::uuid IS NULL OR a.id = $5)
       ORDER BY a.id LIMIT $4`,
      [workspaceId, now, page.cursor ?? null, page.limit, page.id ?? null],
    );
  }

  /** @throws DomainError `conflict` when the e-mail is taken */
  async insert(tx: Tx, agent: AgentEntity): Promise<void> {
    try {
      await tx.entities.insert(AgentEntity, agent);
    } catch (error) {
      if (violatedConstraint(error) !== 'agents_email_key') throw error;
      throw new DomainError(
        'conflict',
        'Someone with this e-mail is in the workspace already; enable or change them instead.',
      );
    }
  }

  async update(
    tx: Tx,
    workspaceId: string,
    id: string,
    change: AgentChange & Partial<Pick<AgentEntity, 'passwordHash' | 'disabledAt'>>,
  ): Promise<void> {
    if (Object.keys(change).length > 0) await tx.entities.update(AgentEntity, { workspaceId, id }, change);
  }

  async teamIds(tx: Tx, workspaceId: string, id: string): Promise<string[]> {
    // $1 workspace, $2 agent
    const rows = await tx.query<{ team_id: string }>(
      'SELECT team_id FROM team_members WHERE workspace_id = $1 AND agent_id = $2 ORDER BY team_id',
      [workspaceId, id],
    );
    return rows.map((row) => row.team_id);
  }

  /** @throws DomainError `not_found` when one of the teams is not of this workspace */
  async setTeams(tx: Tx, workspaceId: string, id: string, teamIds: readonly string[]): Promise<void> {
    // $1 workspace, $2 agent, $3 teams
    await tx.execute('DELETE FROM team_members WHERE workspace_id = $1 AND agent_id = $2 AND NOT (team_id = ANY($3))', [
      workspaceId,
      id,
      teamIds,
    ]);
    try {
      await tx.execute(
        `INSERT INTO team_members (workspace_id, team_id, agent_id)
         SELECT $1, t, $2 FROM unnest($3::uuid[]) t ON CONFLICT DO NOTHING`,
        [workspaceId, id, teamIds],
      );
    } catch (error) {
      if (violatedConstraint(error) === undefined) throw error;
      throw notFound('team');
    }
  }

  /** Takes a disabled agent off the board. @returns the state it was in, `offline` when it was not there */
  async leave(tx: Tx, workspaceId: string, id: string, now: Date): Promise<string> {
    // $1 workspace, $2 agent, $3 now
    const [row] = await tx.query<{ state: string }>(
      `WITH was AS (SELECT workspace_id, agent_id, state, expires_at FROM agent_presence
                    WHERE workspace_id = $1 AND agent_id = $2 FOR UPDATE)
       UPDATE agent_presence p SET state = 'offline', expires_at = $3, changed_at = $3 FROM was
       WHERE p.workspace_id = was.workspace_id AND p.agent_id = was.agent_id
       RETURNING CASE WHEN was.expires_at > $3 THEN was.state ELSE 'offline' END AS state`,
      [workspaceId, id, now],
    );
    return row?.state ?? 'offline';
  }

  /** System scope: the same e-mail may belong to several workspaces. */
  candidates(tx: Tx, email: string, slug: string | undefined): Promise<Candidate[]> {
    // $1 e-mail, $2 workspace's slug; ten are more than any one person has, and each costs a derivation
    return tx.query<Candidate>(
      `SELECT a.workspace_id AS "workspaceId", w.slug, a.id, a.password_hash AS "passwordHash"
       FROM agents a JOIN workspaces w ON w.id = a.workspace_id
       WHERE a.email = $1 AND ($2::text IS NULL OR w.slug = $2) AND a.disabled_at IS NULL ORDER BY w.slug LIMIT 10`,
      [email, slug ?? null],
    );
  }

  /** The one agent, in the shape of sign-in. */
  candidate(tx: Tx, workspaceId: string, id: string): Promise<Candidate[]> {
    // $1 workspace, $2 agent
    return tx.query<Candidate>(
      `SELECT a.workspace_id AS "workspaceId", w.slug, a.id, a.password_hash AS "passwordHash"
       FROM agents a JOIN workspaces w ON w.id = a.workspace_id
       WHERE a.workspace_id = $1 AND a.id = $2 AND a.disabled_at IS NULL`,
      [workspaceId, id],
    );
  }

  /** Holds the agent as it was when its password was looked at. @returns false when it changed or was disabled since */
  async stillHolds(tx: Tx, candidate: Candidate): Promise<boolean> {
    // $1 workspace, $2 agent, $3 password as looked at
    const rows = await tx.query(
      `SELECT 1 FROM agents WHERE workspace_id = $1 AND id = $2 AND password_hash = $3 AND disabled_at IS NULL FOR UPDATE`,
      [candidate.workspaceId, candidate.id, candidate.passwordHash],
    );
    return rows.length > 0;
  }

  async setPassword(tx: Tx, workspaceId: string, id: string, passwordHash: string): Promise<void> {
    await tx.execute('UPDATE agents SET password_hash = $3 WHERE workspace_id = $1 AND id = $2', [
      workspaceId, // $1
      id, // $2
      passwordHash, // $3
    ]);
  }
}
