import { Injectable } from '@nestjs/common';
import { Audit, type Changes, changesBetween } from '../audit/audit';
import { event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { room } from '../outbox/audience';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { newToken } from '../platform/secrets';
import { AccessChanges } from './access-changes';
import { type AgentChange, type AgentListing, mustKeepAnOwner, mustOutrank, normalEmail } from './agent';
import { AgentEntity } from './agent.entity';
import { AgentsRepository } from './agents.repository';
import { askedFor } from './identity.dto';
import { type Page, pageOf } from './page';
import { hashPassword } from './passwords';
import type { Locale, Principal, Role } from './principal';
import { Sessions } from './sessions';

export interface NewAgent {
  email: string;
  name: string;
  role: Role;
  password?: string;
  locale?: Locale;
  capacity?: number;
  teamIds?: string[];
}

/** 96 random bits that can be read out: a password to be told once and changed. */
export const generatedPassword = () => newToken().slice(0, 16);

/** The people of a workspace, as owners and admins run them. */
@Injectable()
export class AgentsService {
  constructor(
    private readonly database: Database,
    private readonly agents: AgentsRepository,
    private readonly sessions: Sessions,
    private readonly audit: Audit,
    private readonly outbox: Outbox,
    private readonly changes: AccessChanges,
    private readonly clock: Clock,
  ) {}

  list({ workspaceId }: Principal, cursor: string | undefined, limit: number): Promise<Page<AgentListing>> {
    return this.database.transaction({ workspaceId }, async (tx) =>
      pageOf(await this.agents.list(tx, workspaceId, this.clock.now(), { cursor, limit: limit + 1 }), limit),
    );
  }

  get({ workspaceId }: Principal, id: string): Promise<AgentListing> {
    return this.database.transaction({ workspaceId }, (tx) => this.listing(tx, workspaceId, id));
  }

  /** @returns the password too when it was made here: it is shown this once */
  async create(who: Principal, given: NewAgent): Promise<{ agent: AgentListing; password: string | null }> {
    const generated = given.password === undefined ? generatedPassword() : null;
    const passwordHash = await hashPassword(given.password ?? generated!);
    return this.administering(who, async (tx, actorRole) => {
      mustOutrank(actorRole, undefined, given.role);
      const agent: AgentEntity = {
        workspaceId: who.workspaceId,
        id: uuidv7(),
        email: normalEmail(given.email),
        name: given.name,
        role: given.role,
        passwordHash,
        locale: given.locale ?? 'fa',
        capacity: given.capacity ?? 5,
        disabledAt: null,
        createdAt: this.clock.now(),
      };
      await this.agents.insert(tx, agent);
      await this.agents.setTeams(tx, who.workspaceId, agent.id, given.teamIds ?? []);
      const teamIds = given.teamIds ?? [];
      await this.log(tx, who, 'agent.created', agent.id, {
        ...changesBetween<Partial<AgentEntity>>({}, agent, ['email', 'name', 'role', 'locale', 'capacity']),
        ...changesBetween<{ teamIds: string[] }>({ teamIds: [] }, { teamIds }, ['teamIds']),
      });
      return { agent: await this.listing(tx, who.workspaceId, agent.id), password: generated };
    });
  }

  change(who: Principal, id: string, change: AgentChange & { teamIds?: string[] }): Promise<AgentListing> {
    const { teamIds, ...fields } = change;
    return this.administering(who, async (tx, actorRole) => {
      const before = await this.agents.get(tx, who.workspaceId, id);
      mustOutrank(actorRole, before.role, fields.role);
      const owners = await this.agents.countOwners(tx, who.workspaceId);
      mustKeepAnOwner(owners, before, { role: fields.role ?? before.role, disabledAt: before.disabledAt });
      const changes = changesBetween(before, fields, ['name', 'role', 'locale', 'capacity']);
      if (teamIds) {
        const had = await this.agents.teamIds(tx, who.workspaceId, id);
        Object.assign(
          changes,
          changesBetween({ teamIds: had }, { teamIds: [...new Set(teamIds)].toSorted() }, ['teamIds']),
        );
        await this.agents.setTeams(tx, who.workspaceId, id, teamIds);
      }
      if (Object.keys(changes).length > 0) {
        await this.agents.update(tx, who.workspaceId, id, askedFor(fields));
        await this.log(tx, who, 'agent.changed', id, changes);
        this.changes.announce(tx, { workspaceId: who.workspaceId, agentId: id });
      }
      return this.listing(tx, who.workspaceId, id);
    });
  }

  /** A disabled agent is signed out everywhere, off the board, and its API tokens rest until it is enabled again. */
  setEnabled(who: Principal, id: string, enabled: boolean): Promise<AgentListing> {
    return this.administering(who, async (tx, actorRole) => {
      const before = await this.agents.get(tx, who.workspaceId, id);
      mustOutrank(actorRole, before.role, undefined);
      if (enabled === (before.disabledAt === null)) return this.listing(tx, who.workspaceId, id);
      const disabledAt = enabled ? null : this.clock.now();
      mustKeepAnOwner(await this.agents.countOwners(tx, who.workspaceId), before, { role: before.role, disabledAt });
      await this.agents.update(tx, who.workspaceId, id, { disabledAt });
      if (!enabled) await this.dismiss(tx, who, id);
      await this.log(tx, who, enabled ? 'agent.enabled' : 'agent.disabled', id);
      return this.listing(tx, who.workspaceId, id);
    });
  }

  /** For an agent who forgot theirs. @returns the new password, shown this once; all the agent's sessions end */
  async resetPassword(who: Principal, id: string): Promise<string> {
    const password = generatedPassword();
    const passwordHash = await hashPassword(password);
    return this.administering(who, async (tx, actorRole) => {
      const { role } = await this.agents.get(tx, who.workspaceId, id);
      mustOutrank(actorRole, role, undefined);
      await this.agents.update(tx, who.workspaceId, id, { passwordHash });
      await this.sessions.endAll(tx, who.workspaceId, id);
      await this.log(tx, who, 'agent.password_reset', id);
      return password;
    });
  }

  private async dismiss(tx: Tx, who: Principal, id: string): Promise<void> {
    await this.sessions.endAll(tx, who.workspaceId, id);
    const from = await this.agents.leave(tx, who.workspaceId, id, this.clock.now());
    if (from === 'offline') return;
    const actor = { kind: 'agent' as const, id: who.agentId };
    // the lobby: every agent sees who is there
    this.outbox.record(
      tx,
      event(who.workspaceId, 'presence.changed', actor, {}, [room.lobby], { agentId: id, from, to: 'offline' }),
    );
  }

  /** One change to a workspace's people at a time, judged by the role the actor has now, not the one it came in with. */
  private administering<T>(who: Principal, work: (tx: Tx, actorRole: Role) => Promise<T>): Promise<T> {
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      await this.agents.lockPeople(tx, who.workspaceId);
      const actor = await this.agents.get(tx, who.workspaceId, who.agentId);
      return work(tx, actor.role);
    });
  }

  private async listing(tx: Tx, workspaceId: string, id: string): Promise<AgentListing> {
    const [agent] = await this.agents.list(tx, workspaceId, this.clock.now(), { limit: 1, id });
    if (!agent) throw notFound('agent');
    return agent;
  }

  private log(tx: Tx, who: Principal, action: string, id: string, changes: Changes = {}): Promise<void> {
    const actor = { kind: 'agent' as const, id: who.agentId };
    return this.audit.record(tx, { workspaceId: who.workspaceId, actor, action, subject: `agent:${id}`, changes });
  }
}
