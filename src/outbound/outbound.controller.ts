import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { DeliveriesService } from './deliveries.service';
import { DeliveryDecisionBody, EditBody, ReplyBody } from './outbound.dto';
import { OwnEditsService } from './own-edits.service';
import { PermalinksService } from './permalinks.service';
import { RepliesService } from './replies.service';
import { replyInputOf } from './reply-input';

@ApiTags('conversations')
@Controller()
export class OutboundController {
  constructor(
    private readonly replies: RepliesService,
    private readonly deliveries: DeliveriesService,
    private readonly edits: OwnEditsService,
    private readonly permalinks: PermalinksService,
  ) {}

  @Post('conversations/:id/replies')
  @RequirePermission('conversations.reply')
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key gives the same answer and sends once',
  })
  reply(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: ReplyBody,
    @Headers('idempotency-key') key?: string,
  ) {
    return this.replies.replyAsAgent(who, id, replyInputOf(body), key);
  }

  @Get('conversations/:id/permalink')
  @RequirePermission('tickets.read')
  permalink(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.permalinks.of(who, id);
  }

  @Put('messages/:id/text')
  @HttpCode(202)
  @RequirePermission('conversations.reply')
  edit(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: EditBody) {
    return this.edits.request(who, id, body.text);
  }

  @Post('messages/:id/delivery')
  @HttpCode(200)
  @RequirePermission('conversations.reply')
  decide(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: DeliveryDecisionBody) {
    return this.deliveries.decide(who, id, body.action);
  }
}
