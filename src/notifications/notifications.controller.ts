import { Body, Controller, Get, HttpCode, Put, Query } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import { NotificationsRepository } from './notifications.repository';

class NotificationsQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'nextCursor of the page before' })
  @IsOptional()
  @IsUUID()
  cursor?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 100, default: 30 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 30;
}

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
  list(@CurrentPrincipal() who: Principal, @Query() query: NotificationsQuery) {
    return this.database.lean(who, async (tx) => {
      const rows = await this.repository.list(tx, who.workspaceId, who.agentId, query.cursor ?? null, query.limit + 1);
      const items = rows.slice(0, query.limit);
      const unread = await this.repository.unread(tx, who.workspaceId, who.agentId);
      return { items, nextCursor: rows.length > query.limit ? items.at(-1)!.id : null, unread };
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
