import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { ArrayNotEmpty, IsIn, IsOptional, IsUUID } from 'class-validator';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import { PageQuery } from '../../identity/page';
import type { Principal } from '../../identity/principal';
import { UuidPipe } from '../../platform/uuid.pipe';
import { IsInstant } from '../../platform/validation';
import type { InboundState } from './ledger.repository';
import { LedgerService } from './ledger.service';

const STATES: readonly InboundState[] = ['received', 'applied', 'ignored', 'unsupported', 'refused', 'failed'];

export class LedgerQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES)
  state?: InboundState;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  channel?: string;
}

export class ReplayBody {
  @ApiProperty({ enum: STATES, isArray: true })
  @ArrayNotEmpty()
  @IsIn(STATES, { each: true })
  states: InboundState[];

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  channelId?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsInstant()
  to?: string;
}

@ApiTags('ledger')
@Controller('inbound-events')
export class LedgerController {
  constructor(private readonly ledger: LedgerService) {}

  @Get()
  @RequirePermission('ledger.read')
  list(@CurrentPrincipal() who: Principal, @Query() query: LedgerQuery) {
    return this.ledger.list(who, {
      state: query.state,
      channelId: query.channel,
      cursor: query.cursor,
      limit: query.limit,
    });
  }

  @Get('refusals')
  @RequirePermission('workspace.manage')
  async refusals() {
    return { items: await this.ledger.refusals(), nextCursor: null };
  }

  @Get(':id')
  @RequirePermission('ledger.read')
  get(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.ledger.get(who, id);
  }

  @Post('replay')
  @HttpCode(202)
  @RequirePermission('ledger.replay')
  replayRange(@CurrentPrincipal() who: Principal, @Body() body: ReplayBody) {
    const instant = (text?: string) => (text ? new Date(text) : undefined);
    return this.ledger.replayRange(who, {
      states: body.states,
      channelId: body.channelId,
      from: instant(body.from),
      to: instant(body.to),
    });
  }

  @Post(':id/replay')
  @HttpCode(202)
  @RequirePermission('ledger.replay')
  replay(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.ledger.replay(who, id);
  }
}
