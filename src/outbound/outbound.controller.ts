import { Body, Controller, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { DeliveriesService } from './deliveries.service';
import { ModerationService } from './moderation.service';
import { DeliveryDecisionBody, ModerationBody, ReplyBody } from './outbound.dto';
import { RepliesService } from './replies.service';

@ApiTags('conversations')
@Controller()
export class OutboundController {
  constructor(
    private readonly replies: RepliesService,
    private readonly moderation: ModerationService,
    private readonly deliveries: DeliveriesService,
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
    return this.replies.replyAsAgent(who, id, body, key);
  }

  @Post('messages/:id/moderation')
  @HttpCode(202)
  @RequirePermission('moderation.write')
  moderate(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: ModerationBody) {
    return this.moderation.request(who, id, body.action, body.reason);
  }

  @Post('messages/:id/delivery')
  @HttpCode(200)
  @RequirePermission('conversations.reply')
  decide(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: DeliveryDecisionBody) {
    return this.deliveries.decide(who, id, body.action);
  }
}
