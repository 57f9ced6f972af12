import { Injectable } from '@nestjs/common';
import { Audit, changesBetween } from '../audit/audit';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import { AgentsRepository } from './agents.repository';
import type { SessionView } from './auth.dto';
import type { Locale, Principal } from './principal';
import { permissionsOf } from './principal';
import type { Authentication } from './sessions';
import { WorkspaceEntity } from './workspace.entity';

/** What the signed-in agent sees and says about itself. */
@Injectable()
export class Profiles {
  constructor(
    private readonly database: Database,
    private readonly agents: AgentsRepository,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  view({ principal, csrfToken }: Authentication): Promise<SessionView> {
    return this.database.transaction(principal, async (tx) => {
      const agent = await this.agents.get(tx, principal.workspaceId, principal.agentId);
      const workspace = await tx.entities.findOneByOrFail(WorkspaceEntity, { id: principal.workspaceId });
      return {
        agent: {
          id: agent.id,
          name: agent.name,
          email: agent.email,
          role: agent.role,
          locale: agent.locale,
          capacity: agent.capacity,
        },
        workspace: {
          id: workspace.id,
          slug: workspace.slug,
          name: workspace.name,
          locale: workspace.locale,
          timeZone: workspace.timeZone,
        },
        permissions: [...permissionsOf(agent.role)],
        csrfToken,
        serverTime: this.clock.now(),
      };
    });
  }

  change(who: Principal, change: { name?: string; locale?: Locale }): Promise<void> {
    return this.database.transaction(who, async (tx) => {
      const before = await this.agents.get(tx, who.workspaceId, who.agentId);
      const changes = changesBetween(before, change, ['name', 'locale']);
      if (Object.keys(changes).length === 0) return;
      await this.agents.update(tx, who.workspaceId, who.agentId, change);
      await this.audit.record(tx, {
        workspaceId: who.workspaceId,
        actor: { kind: 'agent', id: who.agentId },
        action: 'agent.changed',
        subject: `agent:${who.agentId}`,
        changes,
      });
    });
  }
}
