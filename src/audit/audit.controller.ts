import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsUUID, Matches } from 'class-validator';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import { PageQuery, pageOf } from '../identity/page';
import type { Principal } from '../identity/principal';
import type { Actor } from '../outbox/domain-event';
import { IsInstant } from '../platform/validation';
import { Audit, type Changes } from './audit';

class AuditQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Whose changes' })
  @IsOptional()
  @IsUUID()
  agentId?: string;

  @ApiPropertyOptional({ example: 'channel', description: 'A kind of thing (`channel`), or one (`channel:<id>`)' })
  @IsOptional()
  @Matches(/^[a-z_]{1,60}(:[\w:.@-]{1,100})?$/, { message: 'subject must be a kind, or a kind and an id as kind:id' })
  subject?: string;

  @ApiPropertyOptional({ example: 'channel.changed' })
  @IsOptional()
  @Matches(/^[a-z_]{1,60}\.[a-z_]{1,60}$/, { message: 'action must be an action of the log, such as channel.changed' })
  action?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'From this instant on' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before this instant' })
  @IsOptional()
  @IsInstant()
  to?: string;
}

class AuditEntryView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'date-time' }) at: Date;
  @ApiProperty({ example: { kind: 'agent', id: '…' } }) actor: Actor;
  @ApiProperty({ example: 'agent.changed' }) action: string;
  @ApiProperty({ example: 'agent:…' }) subject: string;
  @ApiProperty({ example: { role: { from: 'agent', to: 'lead' } } }) changes: Changes;
  @ApiPropertyOptional({ type: String, nullable: true }) requestId: string | null;
}

class AuditPage {
  @ApiProperty({ type: [AuditEntryView] }) items: AuditEntryView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

@ApiTags('audit')
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: Audit) {}

  @Get()
  @RequirePermission('audit.read')
  @ApiOperation({ summary: 'Who changed what, newest first' })
  @ApiOkResponse({ type: AuditPage })
  async list(
    @CurrentPrincipal() who: Principal,
    @Query() { cursor, limit, from, to, ...wanted }: AuditQuery,
  ): Promise<AuditPage> {
    const filter = { ...wanted, from: from ? new Date(from) : undefined, to: to ? new Date(to) : undefined };
    return pageOf(await this.audit.page(who.workspaceId, filter, cursor, limit + 1), limit);
  }
}
