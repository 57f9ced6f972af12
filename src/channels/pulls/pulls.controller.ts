import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import type { Principal } from '../../identity/principal';
import { UuidPipe } from '../../platform/uuid.pipe';
import { IsInstant } from '../../platform/validation';
import { PullsService } from './pulls.service';

export class BackfillBody {
  @ApiPropertyOptional({ format: 'date-time', description: 'Default: as far back as the network allows' })
  @IsOptional()
  @IsInstant()
  since?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Older messages are filed as history. Default: two days ago',
  })
  @IsOptional()
  @IsInstant()
  workSince?: string;
}

@ApiTags('channels')
@Controller('channels/:id')
export class PullsController {
  constructor(private readonly pulls: PullsService) {}

  /** How each reading of the channel stands, what it found that nobody pushed, and what a day costs. */
  @Get('pulls')
  @RequirePermission('channels.manage')
  get(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.pulls.get(who, id);
  }

  @Post('backfill')
  @HttpCode(202)
  @RequirePermission('channels.manage')
  backfill(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: BackfillBody) {
    return this.pulls.backfill(who, id, {
      since: body.since === undefined ? undefined : new Date(body.since),
      workSince: body.workSince === undefined ? undefined : new Date(body.workSince),
    });
  }
}
