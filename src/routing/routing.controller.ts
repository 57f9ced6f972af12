import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { TicketDto, TimelineQuery } from '../inbox/tickets/tickets.dto';
import { UuidPipe } from '../platform/uuid.pipe';
import { ExplainService } from './explain.service';
import { HandoverService } from './handover.service';
import { OffersService } from './offers.service';
import { PullService } from './pull.service';
import { COUNTED_TO, QueuesService } from './queues.service';
import {
  AssignmentList,
  DeclineBody,
  FairnessList,
  FairnessQuery,
  HandoverBody,
  HandoverList,
  HandoverResult,
  OfferList,
  QueueBody,
  QueueChangeBody,
  QueuePage,
  QueueSettingsView,
  RoutingSettingsChange,
  RoutingSettingsView,
  SkillsBody,
  SkillsView,
} from './routing.dto';
import { SkillsService } from './skills.service';

@ApiTags('routing')
@Controller('queues')
@RequirePermission('routing.manage')
export class QueuesController {
  constructor(private readonly queues: QueuesService) {}

  @Get()
  @RequirePermission('tickets.read')
  @ApiOperation({ summary: 'Queues of my teams, with what waits in each' })
  @ApiOkResponse({ type: QueuePage })
  async list(@CurrentPrincipal() who: Principal): Promise<QueuePage> {
    return { items: await this.queues.list(who), nextCursor: null, capped: COUNTED_TO };
  }

  @Post()
  @ApiCreatedResponse({ type: QueueSettingsView })
  create(@CurrentPrincipal() who: Principal, @Body() { teamId, name, ...rest }: QueueBody): Promise<QueueSettingsView> {
    return this.queues.create(who, teamId, name, rest);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a queue; what waits is placed anew' })
  @ApiOkResponse({ type: QueueSettingsView })
  change(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: QueueChangeBody,
  ): Promise<QueueSettingsView> {
    return this.queues.change(who, id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.queues.remove(who, id);
  }
}

@ApiTags('routing')
@Controller('routing')
@RequirePermission('routing.manage')
export class RoutingController {
  constructor(
    private readonly queues: QueuesService,
    private readonly explain: ExplainService,
    private readonly offers: OffersService,
  ) {}

  @Get('settings')
  @RequirePermission('tickets.read')
  @ApiOkResponse({ type: RoutingSettingsView })
  settings(@CurrentPrincipal() who: Principal): Promise<RoutingSettingsView> {
    return this.queues.settings(who);
  }

  @Put('settings')
  @ApiOperation({ summary: 'Set what is named; the rest stays' })
  @ApiOkResponse({ type: RoutingSettingsView })
  changeSettings(
    @CurrentPrincipal() who: Principal,
    @Body() body: RoutingSettingsChange,
  ): Promise<RoutingSettingsView> {
    return this.queues.changeSettings(who, body);
  }

  @Get('fairness')
  @RequirePermission('routing.manage', 'reports.read')
  @ApiOperation({ summary: 'Who took, passed and left what, in a period of at most 93 days' })
  @ApiOkResponse({ type: FairnessList })
  async fairness(@CurrentPrincipal() who: Principal, @Query() query: FairnessQuery): Promise<FairnessList> {
    return { items: await this.explain.fairness(who, query.from, query.to, query.teamId ?? null), nextCursor: null };
  }

  @Get('offers')
  @RequirePermission('tickets.write')
  @ApiOperation({ summary: 'What is on my screen to be accepted' })
  @ApiOkResponse({ type: OfferList })
  async mine(@CurrentPrincipal() who: Principal): Promise<OfferList> {
    return { items: await this.offers.mine(who), nextCursor: null };
  }
}

@ApiTags('tickets')
@Controller('tickets')
@RequirePermission('tickets.write')
export class TicketRoutingController {
  constructor(
    private readonly pull: PullService,
    private readonly offers: OffersService,
    private readonly explain: ExplainService,
  ) {}

  @Post('next')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take the ticket the router would choose for me; null when nothing waits' })
  @ApiOkResponse({ type: TicketDto })
  async next(@CurrentPrincipal() who: Principal, @Res() reply: FastifyReply): Promise<void> {
    const ticket = await this.pull.next(who);
    void reply.type('application/json; charset=utf-8').send(JSON.stringify(ticket)); // Nest sends a null as an empty body
  }

  @Post(':id/accept')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take a ticket that is on my screen' })
  @ApiOkResponse({ type: TicketDto })
  @ApiConflictResponse({ description: 'It is not offered to me any more' })
  accept(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<TicketDto> {
    return this.offers.accept(who, id);
  }

  @Post(':id/decline')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let a ticket on my screen go to the next' })
  @ApiOkResponse({ type: TicketDto })
  @ApiConflictResponse({ description: 'It is not offered to me any more' })
  decline(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: DeclineBody,
  ): Promise<TicketDto> {
    return this.offers.decline(who, id, body.reason);
  }

  @Get(':id/assignments')
  @RequirePermission('tickets.read')
  @ApiOperation({ summary: 'How it came to whom, and why, oldest first' })
  @ApiOkResponse({ type: AssignmentList })
  assignments(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Query() query: TimelineQuery,
  ): Promise<AssignmentList> {
    return this.explain.assignments(who, id, Number(query.cursor ?? 0), query.limit);
  }
}

@ApiTags('people')
@Controller('agents')
@RequirePermission('routing.manage')
export class AgentRoutingController {
  constructor(
    private readonly skills: SkillsService,
    private readonly handover: HandoverService,
  ) {}

  @Get('me/handover')
  @RequirePermission('tickets.write')
  @ApiOperation({ summary: 'What I have in hand' })
  @ApiOkResponse({ type: HandoverList })
  async inHand(@CurrentPrincipal() who: Principal): Promise<HandoverList> {
    return { items: await this.handover.inHand(who), nextCursor: null };
  }

  @Post('me/handover')
  @HttpCode(200)
  @RequirePermission('tickets.write')
  @ApiOperation({ summary: 'Hand what I have over to a colleague, or back to the queues' })
  @ApiOkResponse({ type: HandoverResult })
  handOver(@CurrentPrincipal() who: Principal, @Body() body: HandoverBody): Promise<HandoverResult> {
    const { agentId = null, ticketIds = null, note = null } = body;
    return this.handover.handOver(who, { agentId, ticketIds, note });
  }

  @Get(':id/skills')
  @RequirePermission('tickets.read')
  @ApiOkResponse({ type: SkillsView })
  async skillsOf(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<SkillsView> {
    return { skills: await this.skills.get(who, id) };
  }

  @Put(':id/skills')
  @ApiOkResponse({ type: SkillsView })
  async setSkills(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: SkillsBody,
  ): Promise<SkillsView> {
    return { skills: await this.skills.set(who, id, body.skills) };
  }
}
