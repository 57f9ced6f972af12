import { Body, Controller, Get, HttpCode, Put, Query } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import { PageQuery, pageOf } from '../identity/page';
import type { Principal } from '../identity/principal';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import { NotificationsRepository } from './notifications.repository';

class ReadBody {
  @ApiProperty({ format: 'uuid', description: 'The newest one seen: it and all before it are read.' })
  @IsUUID()
  upTo: string;
}

/** What the caller should hear of; nobody reads another's. */
@ApiTags('notifications')
@Controller('notifications')
export class NotificationsController {
  constructor(
    private readonly database: Database,
    private readonly repository: NotificationsRepository,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequirePermission('tickets.read')
  list(@CurrentPrincipal() who: Principal, @Query() query: PageQuery) {
    return this.database.lean(who, async (tx) => {
      const rows = await this.repository.list(tx, who, query.cursor ?? null, query.limit + 1);
      return { ...pageOf(rows, query.limit), unread: await this.repository.unread(tx, who.workspaceId, who.agentId) };
    });
  }

  @Put('read')
  @HttpCode(204)
  @RequirePermission('tickets.read')
  read(@CurrentPrincipal() who: Principal, @Body() body: ReadBody): Promise<void> {
    return this.database.lean(who, (tx) =>
      this.repository.read(tx, who.workspaceId, who.agentId, body.upTo, this.clock.now()),
    );
  }
}
