import { Injectable, Optional } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { Audit, type Changes, changesBetween } from '../audit/audit';
import { Clock } from '../platform/clock';
import { Database, type Tx, violatedConstraint } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { AccessChanges } from './access-changes';
import { BrandChannels } from './brand-channels';
import { BrandEntity } from './brand.entity';
import { askedFor } from './identity.dto';
import { type Page, pageOf } from './page';
import type { Locale, Principal } from './principal';
import { type Assignment, TeamEntity } from './team.entity';
import { WorkspaceEntity } from './workspace.entity';

export interface TeamListing {
  team: TeamEntity;
  memberIds: string[];
}

/** The workspace itself, its brands and its teams. Nothing here is ever removed: tickets and channels refer to it. */
@Injectable()
export class WorkspaceService {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly changes: AccessChanges,
    private readonly clock: Clock,
    @Optional() private readonly channels?: BrandChannels,
  ) {}

  get(who: Principal): Promise<WorkspaceEntity> {
    return this.inside(who, (tx) => tx.entities.findOneByOrFail(WorkspaceEntity, { id: who.workspaceId }));
  }

  change(who: Principal, change: { name?: string; locale?: Locale; timeZone?: string }): Promise<WorkspaceEntity> {
    return this.inside(who, async (tx) => {
      const before = await tx.entities.findOneByOrFail(WorkspaceEntity, { id: who.workspaceId });
      const changes = changesBetween(before, change, ['name', 'locale', 'timeZone']);
      if (Object.keys(changes).length > 0) {
        await tx.entities.update(WorkspaceEntity, { id: who.workspaceId }, askedFor(change));
        await this.log(tx, who, 'workspace.changed', `workspace:${who.workspaceId}`, changes);
      }
      return tx.entities.findOneByOrFail(WorkspaceEntity, { id: who.workspaceId });
    });
  }

  brands(who: Principal, cursor: string | undefined, limit: number): Promise<Page<BrandEntity>> {
    return this.inside(who, async (tx) => {
      const where = { workspaceId: who.workspaceId, ...(cursor ? { id: MoreThan(cursor) } : {}) };
      return pageOf(await tx.entities.find(BrandEntity, { where, order: { id: 'ASC' }, take: limit + 1 }), limit);
    });
  }

  createBrand(who: Principal, name: string): Promise<BrandEntity> {
    return this.inside(who, async (tx) => {
      const createdAt = this.clock.now();
      const brand = { workspaceId: who.workspaceId, id: uuidv7(), name, createdAt, archivedAt: null };
      await unlessTaken(tx.entities.insert(BrandEntity, brand));
      await this.log(tx, who, 'brand.created', `brand:${brand.id}`, { name: { from: null, to: name } });
      return brand;
    });
  }

  changeBrand(who: Principal, id: string, change: { name?: string }): Promise<BrandEntity> {
    return this.inside(who, async (tx) => {
      const before = await this.brand(tx, who.workspaceId, id);
      const changes = changesBetween(before, change, ['name']);
      if (Object.keys(changes).length > 0) {
        await unlessTaken(tx.entities.update(BrandEntity, { workspaceId: who.workspaceId, id }, askedFor(change)));
        await this.log(tx, who, 'brand.changed', `brand:${id}`, changes);
      }
      return this.brand(tx, who.workspaceId, id);
    });
  }

  /**
   * An archived brand takes no new channels and stays on its tickets. The row is locked, so no channel is connected or
   * enabled in the same moment: whoever does takes a share of it first.
   * @throws DomainError `conflict` while it has enabled channels, and for the last one in use
   */
  archiveBrand(who: Principal, id: string, archived: boolean): Promise<BrandEntity> {
    const { workspaceId } = who;
    return this.inside(who, async (tx) => {
      // all of them, in one order: of the last two only one can go
      const brands = await tx.entities.find(BrandEntity, {
        where: { workspaceId },
        order: { id: 'ASC' },
        lock: { mode: 'for_no_key_update' }, // tickets that come meanwhile need not wait
      });
      const brand = brands.find((one) => one.id === id);
      if (!brand) throw notFound('brand');
      if ((brand.archivedAt !== null) === archived) return brand;
      if (archived) await this.mayGo(tx, brand, brands);
      const archivedAt = archived ? this.clock.now() : null;
      await tx.entities.update(BrandEntity, { workspaceId, id }, { archivedAt });
      const changes = { archivedAt: { from: brand.archivedAt, to: archivedAt } };
      await this.log(tx, who, archived ? 'brand.archived' : 'brand.restored', `brand:${id}`, changes);
      return Object.assign(brand, { archivedAt });
    });
  }

  private async mayGo(tx: Tx, { workspaceId, id }: BrandEntity, brands: readonly BrandEntity[]): Promise<void> {
    const channels = (await this.channels?.enabled(tx, workspaceId, id)) ?? [];
    if (channels.length > 0) {
      const names = channels.map(({ name }) => name).join(', ');
      throw new DomainError(
        'conflict',
        `This brand still has enabled channels: ${names}. Disable them, or give them to another brand, first.`,
        { channels },
      );
    }
    if (!brands.some((one) => one.id !== id && one.archivedAt === null))
      throw new DomainError('conflict', 'The last brand in use cannot be archived; add another one first.');
  }

  teams(who: Principal, cursor: string | undefined, limit: number): Promise<Page<TeamListing>> {
    return this.inside(who, async (tx) => {
      const where = { workspaceId: who.workspaceId, ...(cursor ? { id: MoreThan(cursor) } : {}) };
      const page = pageOf(await tx.entities.find(TeamEntity, { where, order: { id: 'ASC' }, take: limit + 1 }), limit);
      return { items: await this.withMembers(tx, who.workspaceId, page.items), nextCursor: page.nextCursor };
    });
  }

  createTeam(who: Principal, name: string, assignment: Assignment): Promise<TeamListing> {
    return this.inside(who, async (tx) => {
      const team = { workspaceId: who.workspaceId, id: uuidv7(), name, assignment, createdAt: this.clock.now() };
      await unlessTaken(tx.entities.insert(TeamEntity, team));
      await this.log(tx, who, 'team.created', `team:${team.id}`, {
        name: { from: null, to: name },
        assignment: { from: null, to: assignment },
      });
      return { team, memberIds: [] };
    });
  }

  changeTeam(who: Principal, id: string, change: { name?: string; assignment?: Assignment }): Promise<TeamListing> {
    return this.inside(who, async (tx) => {
      const before = await this.team(tx, who.workspaceId, id);
      const changes = changesBetween(before, change, ['name', 'assignment']);
      if (Object.keys(changes).length > 0) {
        await unlessTaken(tx.entities.update(TeamEntity, { workspaceId: who.workspaceId, id }, askedFor(change)));
        await this.log(tx, who, 'team.changed', `team:${id}`, changes);
      }
      return this.listing(tx, await this.team(tx, who.workspaceId, id));
    });
  }

  /** Puts an agent into a team or takes it out; either twice is no error. */
  setMember(who: Principal, teamId: string, agentId: string, member: boolean): Promise<TeamListing> {
    return this.inside(who, async (tx) => {
      const team = await this.team(tx, who.workspaceId, teamId);
      // $1 workspace, $2 team, $3 agent
      const [agent] = await tx.query('SELECT 1 FROM agents WHERE workspace_id = $1 AND id = $2', [
        who.workspaceId,
        agentId,
      ]);
      if (!agent) throw notFound('agent');
      const changed = await tx.execute(
        member
          ? 'INSERT INTO team_members (workspace_id, team_id, agent_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING'
          : 'DELETE FROM team_members WHERE workspace_id = $1 AND team_id = $2 AND agent_id = $3',
        [who.workspaceId, teamId, agentId],
      );
      if (changed > 0) {
        await this.log(tx, who, member ? 'team.member_added' : 'team.member_removed', `team:${teamId}`, {
          member: { from: member ? null : agentId, to: member ? agentId : null },
        });
        this.changes.announce(tx, { workspaceId: who.workspaceId, agentId });
      }
      return this.listing(tx, team);
    });
  }

  private async brand(tx: Tx, workspaceId: string, id: string): Promise<BrandEntity> {
    const brand = await tx.entities.findOneBy(BrandEntity, { workspaceId, id });
    if (!brand) throw notFound('brand');
    return brand;
  }

  private async team(tx: Tx, workspaceId: string, id: string): Promise<TeamEntity> {
    const team = await tx.entities.findOneBy(TeamEntity, { workspaceId, id });
    if (!team) throw notFound('team');
    return team;
  }

  private async listing(tx: Tx, team: TeamEntity): Promise<TeamListing> {
    const [listing] = await this.withMembers(tx, team.workspaceId, [team]);
    return listing!;
  }

  private async withMembers(tx: Tx, workspaceId: string, teams: readonly TeamEntity[]): Promise<TeamListing[]> {
    // $1 workspace, $2 teams
    const rows = await tx.query<{ team_id: string; agent_ids: string[] }>(
      `SELECT team_id, array_agg(agent_id ORDER BY agent_id) AS agent_ids FROM team_members
       WHERE workspace_id = $1 AND team_id = ANY($2) GROUP BY team_id`,
      [workspaceId, teams.map((team) => team.id)],
    );
    const members = new Map(rows.map((row) => [row.team_id, row.agent_ids]));
    return teams.map((team) => ({ team, memberIds: members.get(team.id) ?? [] }));
  }

  private inside<T>({ workspaceId }: Principal, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction({ workspaceId }, work);
  }

  private log(tx: Tx, who: Principal, action: string, subject: string, changes: Changes): Promise<void> {
    const actor = { kind: 'agent' as const, id: who.agentId };
    return this.audit.record(tx, { workspaceId: who.workspaceId, actor, action, subject, changes });
  }
}

async function unlessTaken(writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    const constraint = violatedConstraint(error);
    if (constraint !== 'brands_name_key' && constraint !== 'teams_name_key') throw error;
    throw new DomainError('conflict', 'There is one of this name already; choose another.');
  }
}
