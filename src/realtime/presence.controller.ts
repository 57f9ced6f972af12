import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { PresencePage, PresenceQuery } from './realtime.dto';
import { PresenceService } from './presence.service';

@ApiTags('presence')
@Controller('presence')
export class PresenceController {
  constructor(private readonly presence: PresenceService) {}

  @Get()
  @RequirePermission('tickets.read')
  @ApiOperation({ summary: 'Agents who are there' })
  @ApiOkResponse({ type: PresencePage })
  async list(@CurrentPrincipal() who: Principal, @Query() { cursor, limit }: PresenceQuery): Promise<PresencePage> {
    const rows = await this.presence.list(who, cursor ?? null, limit + 1);
    const items = rows.slice(0, limit);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.agentId ?? null) : null };
  }
}
