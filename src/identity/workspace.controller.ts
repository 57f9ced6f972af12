import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UuidPipe } from '../platform/uuid.pipe';
import { CurrentPrincipal, RequirePermission, SignedIn } from './access.decorators';
import type { BrandEntity } from './brand.entity';
import { PageQuery } from './page';
import type { Principal } from './principal';
import {
  BrandArchivedBody,
  BrandChangeBody,
  BrandPage,
  BrandView,
  NewBrandBody,
  NewTeamBody,
  TeamChangeBody,
  TeamPage,
  TeamView,
  WorkspaceChangeBody,
  WorkspaceView,
} from './workspace.dto';
import type { WorkspaceEntity } from './workspace.entity';
import { type TeamListing, WorkspaceService } from './workspace.service';

@ApiTags('workspace')
@Controller('workspace')
export class WorkspaceController {
  constructor(private readonly workspace: WorkspaceService) {}

  @Get()
  @SignedIn()
  @ApiOkResponse({ type: WorkspaceView })
  async get(@CurrentPrincipal() who: Principal): Promise<WorkspaceView> {
    return workspaceView(await this.workspace.get(who));
  }

  @Patch()
  @RequirePermission('workspace.manage')
  @ApiOkResponse({ type: WorkspaceView })
  async change(@CurrentPrincipal() who: Principal, @Body() body: WorkspaceChangeBody): Promise<WorkspaceView> {
    return workspaceView(await this.workspace.change(who, body));
  }
}

@ApiTags('workspace')
@Controller('brands')
@RequirePermission('workspace.manage')
export class BrandsController {
  constructor(private readonly workspace: WorkspaceService) {}

  @Get()
  @RequirePermission('tickets.read')
  @ApiOkResponse({ type: BrandPage })
  async list(@CurrentPrincipal() who: Principal, @Query() { cursor, limit }: PageQuery): Promise<BrandPage> {
    const page = await this.workspace.brands(who, cursor, limit);
    return { items: page.items.map(brandView), nextCursor: page.nextCursor };
  }

  @Post()
  @ApiCreatedResponse({ type: BrandView })
  async create(@CurrentPrincipal() who: Principal, @Body() body: NewBrandBody): Promise<BrandView> {
    return brandView(await this.workspace.createBrand(who, body.name));
  }

  @Patch(':id')
  @ApiOkResponse({ type: BrandView })
  async change(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: BrandChangeBody,
  ): Promise<BrandView> {
    return brandView(await this.workspace.changeBrand(who, id, body));
  }

  @Put(':id/archived')
  @ApiOperation({ summary: 'Takes the brand out of use, or back; refused while it has enabled channels' })
  @ApiOkResponse({ type: BrandView })
  async archive(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: BrandArchivedBody,
  ): Promise<BrandView> {
    return brandView(await this.workspace.archiveBrand(who, id, body.archived));
  }
}

@ApiTags('people')
@Controller('teams')
@RequirePermission('teams.manage')
export class TeamsController {
  constructor(private readonly workspace: WorkspaceService) {}

  @Get()
  @RequirePermission('tickets.read')
  @ApiOkResponse({ type: TeamPage })
  async list(@CurrentPrincipal() who: Principal, @Query() { cursor, limit }: PageQuery): Promise<TeamPage> {
    const page = await this.workspace.teams(who, cursor, limit);
    return { items: page.items.map(teamView), nextCursor: page.nextCursor };
  }

  @Post()
  @ApiCreatedResponse({ type: TeamView })
  async create(@CurrentPrincipal() who: Principal, @Body() body: NewTeamBody): Promise<TeamView> {
    return teamView(await this.workspace.createTeam(who, body.name, body.assignment ?? 'push'));
  }

  @Patch(':id')
  @ApiOkResponse({ type: TeamView })
  async change(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: TeamChangeBody,
  ): Promise<TeamView> {
    return teamView(await this.workspace.changeTeam(who, id, body));
  }

  @Put(':id/members/:agentId')
  @ApiOperation({ summary: 'Put an agent into the team' })
  @ApiOkResponse({ type: TeamView })
  async addMember(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('agentId', UuidPipe) agentId: string,
  ): Promise<TeamView> {
    return teamView(await this.workspace.setMember(who, id, agentId, true));
  }

  @Delete(':id/members/:agentId')
  @ApiOperation({ summary: 'Take an agent out of the team' })
  @ApiOkResponse({ type: TeamView })
  async removeMember(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('agentId', UuidPipe) agentId: string,
  ): Promise<TeamView> {
    return teamView(await this.workspace.setMember(who, id, agentId, false));
  }
}

const workspaceView = ({ id, slug, name, locale, timeZone, createdAt }: WorkspaceEntity): WorkspaceView => ({
  id,
  slug,
  name,
  locale,
  timeZone,
  createdAt,
});
const brandView = ({ id, name, createdAt, archivedAt }: BrandEntity): BrandView => ({
  id,
  name,
  createdAt,
  archivedAt,
});
const teamView = ({ team: { id, name, assignment, createdAt }, memberIds }: TeamListing): TeamView => ({
  id,
  name,
  assignment,
  memberIds,
  createdAt,
});
