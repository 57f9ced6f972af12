import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit';
import type { Principal } from '../identity/principal';
import { Database, type Tx } from '../platform/database';
import { notFound } from '../platform/errors';
import { OffersService } from './offers.service';
import { PlacingService } from './placing.service';
import { mustBeSkills } from './skills';
import type { SkillLevels } from './work';

/** What each agent can do; all SQL on `agent_skills` that changes it. */
@Injectable()
export class SkillsService {
  constructor(
    private readonly database: Database,
    private readonly placing: PlacingService,
    private readonly offers: OffersService,
    private readonly audit: Audit,
  ) {}

  get(who: Principal, agentId: string): Promise<SkillLevels> {
    return this.database.lean(who, async (tx) => {
      await this.teamsOf(tx, who.workspaceId, agentId);
      return this.read(tx, who.workspaceId, agentId);
    });
  }

  /** All the agent's skills. Work that waits for them is looked at again: a first language makes languages count. */
  set(who: Principal, agentId: string, skills: SkillLevels): Promise<SkillLevels> {
    mustBeSkills(skills, 'skills');
    return this.database.lean(who, async (tx) => {
      const teamIds = await this.teamsOf(tx, who.workspaceId, agentId);
      const before = await this.read(tx, who.workspaceId, agentId);
      // $1 workspace, $2 agent, $3 skills
      await tx.execute('DELETE FROM agent_skills WHERE workspace_id = $1 AND agent_id = $2 AND NOT (skill = ANY($3))', [
        who.workspaceId,
        agentId,
        Object.keys(skills),
      ]);
      // $1 workspace, $2 agent, $3 skills with their levels
      await tx.execute(
        `INSERT INTO agent_skills (workspace_id, agent_id, skill, level)
         SELECT $1, $2, key, value::smallint FROM jsonb_each_text($3::jsonb)
         ON CONFLICT (workspace_id, agent_id, skill) DO UPDATE SET level = excluded.level`,
        [who.workspaceId, agentId, JSON.stringify(skills)],
      );
      const after = await this.read(tx, who.workspaceId, agentId);
      if (JSON.stringify(before) === JSON.stringify(after)) return after;
      await this.audit.record(tx, {
        workspaceId: who.workspaceId,
        actor: { kind: 'agent', id: who.agentId },
        action: 'agent.skills_changed',
        subject: `agent:${agentId}`,
        changes: { skills: { from: before, to: after } },
      });
      for (const teamId of teamIds) {
        this.placing.placeAgain(tx, who.workspaceId, teamId);
        this.offers.serve(tx, who.workspaceId, teamId);
      }
      return after;
    });
  }

  /** Locks the agent's skills against another change. @throws DomainError `not_found` */
  private async teamsOf(tx: Tx, workspaceId: string, agentId: string): Promise<string[]> {
    // $1 workspace, $2 agent
    const [row] = await tx.query<{ team_ids: string[] }>(
      `SELECT ARRAY(SELECT m.team_id FROM team_members m WHERE m.workspace_id = $1 AND m.agent_id = $2) AS team_ids
       FROM agents WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      [workspaceId, agentId],
    );
    if (!row) throw notFound('agent');
    return row.team_ids;
  }

  private async read(tx: Tx, workspaceId: string, agentId: string): Promise<SkillLevels> {
    // $1 workspace, $2 agent
    const rows = await tx.query<{ skill: string; level: number }>(
      'SELECT skill, level FROM agent_skills WHERE workspace_id = $1 AND agent_id = $2 ORDER BY skill',
      [workspaceId, agentId],
    );
    return Object.fromEntries(rows.map(({ skill, level }) => [skill, level]));
  }
}
