import { Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { DomainError } from '../platform/errors';
import { UuidPipe } from '../platform/uuid.pipe';
import { BulkModerationBody, ModerationBody } from './moderation.dto';
import { ModerationService } from './moderation.service';

@ApiTags('moderation')
@RequirePermission('moderation.write')
@Controller()
export class ModerationController {
  constructor(private readonly moderation: ModerationService) {}

  @Post('messages/:id/moderation')
  @HttpCode(202)
  moderate(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: ModerationBody) {
    return this.moderation.request(who, id, body.action, body.reason);
  }

  @Post('moderation/bulk')
  @HttpCode(202)
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key starts one batch' })
  moderateMany(
    @CurrentPrincipal() who: Principal,
    @Body() body: BulkModerationBody,
    @Headers('idempotency-key') key?: string,
  ) {
    refuseVague(body);
    return this.moderation.requestMany(who, body, key);
  }

  @Get('moderation/bulk/:id')
  batch(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.moderation.batch(who, id);
  }

  @Post('moderation/bulk/:id/undo')
  @HttpCode(202)
  undo(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.moderation.undo(who, id);
  }
}

/** Either messages by name, or a filter narrow enough to be looked up. */
function refuseVague({ messageIds, filter }: BulkModerationBody): void {
  const problem =
    (messageIds === undefined) === (filter === undefined)
      ? { path: 'messageIds', problem: 'give either messageIds or a filter' }
      : filter && !filter.postId && !filter.contactId && !(filter.channelId && filter.since)
        ? { path: 'filter', problem: 'needs a postId, a contactId, or a channelId with since' }
        : undefined;
  if (problem) throw new DomainError('validation_failed', 'Please say which messages.', { fields: [problem] });
}
