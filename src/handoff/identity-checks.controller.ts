import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { IdentityAnswerBody, NewIdentityCheckBody } from './handoff.dto';
import { IdentityChecks } from './identity-checks.service';

export class IdentityChecksQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  ticketId?: string;
}

@ApiTags('handoff')
@Controller('contacts/:id/identity-checks')
@RequirePermission('tickets.write')
export class IdentityChecksController {
  constructor(private readonly checks: IdentityChecks) {}

  /** Newest first; with a ticket, also until when the customer counts as checked for it. */
  @Get()
  @RequirePermission('tickets.read')
  list(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Query() query: IdentityChecksQuery) {
    return this.checks.list(who, id, query.ticketId);
  }

  @Post()
  begin(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: NewIdentityCheckBody) {
    return this.checks.begin(who, id, body);
  }

  /** The code the customer told, or how the questions went. `outcome`: passed, wrong, failed, expired, over. */
  @Post(':checkId/answer')
  @HttpCode(200)
  answer(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('checkId', UuidPipe) checkId: string,
    @Body() body: IdentityAnswerBody,
  ) {
    return this.checks.answer(who, id, checkId, body);
  }
}
