import { Body, Controller, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UuidPipe } from '../platform/uuid.pipe';
import { CurrentPrincipal, RequirePermission } from './access.decorators';
import {
  AgentAccessBody,
  AgentChangeBody,
  AgentPage,
  AgentView,
  NewAgentBody,
  NewAgentView,
  ResetPasswordView,
} from './agents.dto';
import { AgentsService } from './agents.service';
import { PageQuery } from './page';
import type { Principal } from './principal';

@ApiTags('people')
@Controller('agents')
@RequirePermission('agents.manage')
export class AgentsController {
  constructor(private readonly agents: AgentsService) {}

  @Get()
  @RequirePermission('tickets.read')
  @ApiOperation({ summary: 'Everybody in the workspace, disabled agents too' })
  @ApiOkResponse({ type: AgentPage })
  list(@CurrentPrincipal() who: Principal, @Query() { cursor, limit }: PageQuery): Promise<AgentPage> {
    return this.agents.list(who, cursor, limit);
  }

  @Get(':id')
  @RequirePermission('tickets.read')
  @ApiOkResponse({ type: AgentView })
  get(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<AgentView> {
    return this.agents.get(who, id);
  }

  @Post()
  @ApiCreatedResponse({ type: NewAgentView })
  async create(@CurrentPrincipal() who: Principal, @Body() body: NewAgentBody): Promise<NewAgentView> {
    const { agent, password } = await this.agents.create(who, body);
    return { ...agent, password };
  }

  @Patch(':id')
  @ApiOkResponse({ type: AgentView })
  change(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: AgentChangeBody,
  ): Promise<AgentView> {
    return this.agents.change(who, id, body);
  }

  @Put(':id/access')
  @ApiOperation({ summary: 'Disable or enable an agent' })
  @ApiOkResponse({ type: AgentView })
  access(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: AgentAccessBody,
  ): Promise<AgentView> {
    return this.agents.setEnabled(who, id, body.enabled);
  }

  @Post(':id/password-reset')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give an agent a new password and end all its sessions' })
  @ApiOkResponse({ type: ResetPasswordView })
  async resetPassword(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
  ): Promise<ResetPasswordView> {
    return { password: await this.agents.resetPassword(who, id) };
  }
}
