import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import type { Principal } from '../../identity/principal';
import { UuidPipe } from '../../platform/uuid.pipe';
import { TestMessageBody } from '../connecting/connecting.dto';
import { CareService } from './care.service';

export class FlowQuery {
  @ApiPropertyOptional({ default: 48, maximum: 2160 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(2160)
  hours: number = 48;
}

/** Before the routes of one channel, whose ids it would be taken for. */
@ApiTags('channels')
@Controller('channels/alarms')
@RequirePermission('channels.manage')
export class AlarmsController {
  constructor(private readonly care: CareService) {}

  /** What is to be repaired now, over all channels, the oldest first. */
  @Get()
  async open(@CurrentPrincipal() who: Principal) {
    return { items: await this.care.open(who), nextCursor: null };
  }
}

@ApiTags('channels')
@Controller('channels/:id')
@RequirePermission('channels.manage')
export class CareController {
  constructor(private readonly care: CareService) {}

  /** The last report, the alarms, and how usual the present silence is. */
  @Get('health')
  health(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.care.health(who, id);
  }

  /** What came in, hour by hour: received, applied, not understood, in trouble, and what no webhook brought. */
  @Get('flow')
  async flow(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Query() query: FlowQuery) {
    return { items: await this.care.flow(who, id, query.hours), nextCursor: null };
  }

  /** For the composer: what may be sent when the window is closed. */
  @Get('templates')
  @RequirePermission('conversations.reply')
  async templates(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return { items: await this.care.templates(who, id), nextCursor: null };
  }

  @Post('check')
  @HttpCode(200)
  check(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.care.check(who, id);
  }

  @Post('subscribe')
  @HttpCode(200)
  subscribe(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.care.subscribe(who, id);
  }

  @Post('test-message')
  @HttpCode(200)
  testMessage(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: TestMessageBody) {
    return this.care.testMessage(who, id, body.to, body.text);
  }
}
