import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import type { Principal } from '../../identity/principal';
import { UuidPipe } from '../../platform/uuid.pipe';
import { TicketBulk } from './ticket-bulk.service';
import { filterOf } from './ticket-list';
import {
  AssigneeBody,
  OpenTicketDto,
  PriorityBody,
  StatusBody,
  TeamBody,
  TicketCountsDto,
  TicketDto,
  TicketListDto,
  TicketsQuery,
  TimelineDto,
  TimelineQuery,
} from './tickets.dto';
import { TicketsService } from './tickets.service';

@ApiTags('tickets')
@Controller('tickets')
@RequirePermission('tickets.read')
export class TicketsController {
  constructor(
    private readonly tickets: TicketsService,
    private readonly bulk: TicketBulk,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Tickets of a view, a page at a time' })
  @ApiOkResponse({ type: TicketListDto })
  list(@CurrentPrincipal() who: Principal, @Query() query: TicketsQuery): Promise<TicketListDto> {
    return this.tickets.list(who, filterOf(query), query.cursor, query.limit);
  }

  @Get('counts')
  @ApiOperation({ summary: 'Badge counts, up to a cap' })
  @ApiOkResponse({ type: TicketCountsDto })
  counts(@CurrentPrincipal() who: Principal): Promise<TicketCountsDto> {
    return this.tickets.counts(who);
  }

  @Get(':id')
  @ApiOkResponse({ type: OpenTicketDto })
  open(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<OpenTicketDto> {
    return this.tickets.open(who, id);
  }

  @Get(':id/timeline')
  @ApiOperation({ summary: 'Everything that happened to a ticket, oldest first' })
  @ApiOkResponse({ type: TimelineDto })
  timeline(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Query() query: TimelineQuery,
  ): Promise<TimelineDto> {
    return this.tickets.timeline(who, id, Number(query.cursor ?? 0), query.limit);
  }

  @Post(':id/claim')
  @HttpCode(200)
  @RequirePermission('tickets.write')
  @ApiOperation({ summary: 'Take a ticket that nobody holds' })
  @ApiOkResponse({ type: TicketDto })
  @ApiConflictResponse({ description: '`already_claimed` with `details.assignee`, or `capacity_full`' })
  claim(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<TicketDto> {
    return this.tickets.claim(who, id);
  }

  @Put(':id/assignee')
  @RequirePermission('tickets.write')
  @ApiOperation({ summary: 'Hand a ticket to an agent, or back to its queue' })
  @ApiOkResponse({ type: TicketDto })
  assign(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: AssigneeBody,
  ): Promise<TicketDto> {
    return this.tickets.assign(who, id, body.agentId, body.force ?? false);
  }

  @Put(':id/status')
  @RequirePermission('tickets.write')
  @ApiOkResponse({ type: TicketDto })
  setStatus(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: StatusBody,
  ): Promise<TicketDto> {
    return this.bulk.setStatus(who, id, body.status, body.reason, body.withChildren ?? false);
  }

  @Put(':id/priority')
  @RequirePermission('tickets.write')
  @ApiOkResponse({ type: TicketDto })
  setPriority(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: PriorityBody,
  ): Promise<TicketDto> {
    return this.tickets.setPriority(who, id, body.priority);
  }

  @Put(':id/team')
  @RequirePermission('tickets.write')
  @ApiOperation({ summary: 'Move a ticket to another team’s queue' })
  @ApiOkResponse({ type: TicketDto })
  move(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: TeamBody,
  ): Promise<TicketDto> {
    return this.tickets.move(who, id, body.teamId);
  }
}
