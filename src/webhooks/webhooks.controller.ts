import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { ENDPOINT_TYPES } from './told-events';
import { DeliveriesQuery, EndpointBody, EndpointChange, ReplayBody } from './webhooks.dto';
import { WebhooksService } from './webhooks.service';

/** Where other programs hear what happens here. */
@ApiTags('webhook endpoints')
@Controller('webhook-endpoints')
@RequirePermission('webhooks.manage')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Get()
  async list(@CurrentPrincipal() who: Principal) {
    return { items: await this.webhooks.list(who), nextCursor: null, types: ENDPOINT_TYPES };
  }

  /** The answer carries the signing secret, this once. */
  @Post()
  create(@CurrentPrincipal() who: Principal, @Body() body: EndpointBody) {
    return this.webhooks.create(who, { name: body.name, url: body.url, types: body.types ?? [] });
  }

  @Patch(':id')
  change(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: EndpointChange) {
    return this.webhooks.change(who, id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.webhooks.remove(who, id);
  }

  @Post(':id/secret')
  rotate(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.webhooks.rotateSecret(who, id);
  }

  @Post(':id/test')
  @HttpCode(202)
  test(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.webhooks.test(who, id);
  }

  @Get(':id/deliveries')
  deliveries(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Query() query: DeliveriesQuery) {
    return this.webhooks.deliveries(who, id, query);
  }

  @Get(':id/deliveries/:deliveryId')
  delivery(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('deliveryId', UuidPipe) deliveryId: string,
  ) {
    return this.webhooks.delivery(who, id, deliveryId);
  }

  @Post(':id/deliveries/:deliveryId/replay')
  @HttpCode(202)
  resend(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('deliveryId', UuidPipe) deliveryId: string,
  ): Promise<void> {
    return this.webhooks.resend(who, id, deliveryId);
  }

  @Post(':id/replay')
  @HttpCode(202)
  replay(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: ReplayBody) {
    return this.webhooks.replay(who, id, new Date(body.since));
  }
}
