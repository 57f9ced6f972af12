import { Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiConflictResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import type { Principal } from '../../identity/principal';
import { DomainError } from '../../platform/errors';
import { UuidPipe } from '../../platform/uuid.pipe';
import { TicketBulk } from './ticket-bulk.service';
import { filterOf } from './ticket-list';
import { TicketMerging } from './ticket-merging';
import { TicketOpening } from './ticket-opening';
import { TicketSplitting } from './ticket-splitting';
import {
  BulkBody,
  BulkStartedDto,
  MergeTicketBody,
  OpenTicketBody,
  SplitTicketBody,
  TicketBatchDto,
} from './ticket-work.dto';
import { TicketDto } from './tickets.dto';

/** Tickets made and unmade: by hand, merged, split, and many at once. */
@ApiTags('tickets')
@Controller('tickets')
@RequirePermission('tickets.write')
export class TicketWorkController {
  constructor(
    private readonly opening: TicketOpening,
    private readonly merging: TicketMerging,
    private readonly splitting: TicketSplitting,
    private readonly bulk: TicketBulk,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Open a ticket by hand, in a conversation that has none under work' })
  @ApiConflictResponse({ description: '`conflict` with `details.ticket`: the one under work' })
  open(@CurrentPrincipal() who: Principal, @Body() body: OpenTicketBody): Promise<TicketDto> {
    const { conversationId, contactId, ...ticket } = body;
    return this.opening.openByHand(who, { conversationId, contactId }, ticket);
  }

  @Post('bulk')
  @HttpCode(202)
  @ApiOperation({ summary: 'One change on many tickets, as a job' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key starts one batch' })
  startBulk(
    @CurrentPrincipal() who: Principal,
    @Body() { ticketIds, filter, action }: BulkBody,
    @Headers('idempotency-key') key?: string,
  ): Promise<BulkStartedDto> {
    if ((ticketIds === undefined) === (filter === undefined)) {
      throw new DomainError('validation_failed', 'Please say which tickets.', {
        fields: [{ path: 'ticketIds', problem: 'give either ticketIds or a filter' }],
      });
    }
    return this.bulk.request(who, { ticketIds, filter: filter && filterOf(filter), action }, key);
  }

  @Get('bulk/:id')
  @ApiOperation({ summary: 'How far a bulk change is, and what failed' })
  @ApiOkResponse({ type: TicketBatchDto })
  batch(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<TicketBatchDto> {
    return this.bulk.batch(who, id);
  }

  @Post(':id/merge')
  @HttpCode(200)
  @ApiOperation({ summary: 'Go on with this ticket’s work in another one' })
  @ApiOkResponse({ type: TicketDto, description: 'The ticket that remains' })
  merge(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { into, differentContacts = false }: MergeTicketBody,
  ): Promise<TicketDto> {
    return this.merging.merge(who, id, into, differentContacts);
  }

  @Post(':id/unmerge')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take its merge back: everything as it was' })
  @ApiOkResponse({ type: TicketDto })
  unmerge(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<TicketDto> {
    return this.merging.unmerge(who, id);
  }

  @Post(':id/split')
  @ApiOperation({ summary: 'From one message on, a ticket of its own' })
  split(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { fromMessageId, subject }: SplitTicketBody,
  ): Promise<TicketDto> {
    return this.splitting.split(who, id, fromMessageId, subject);
  }
}
