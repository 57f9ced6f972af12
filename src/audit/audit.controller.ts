import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import { PageQuery, pageOf } from '../identity/page';
import type { Principal } from '../identity/principal';
import type { Actor } from '../outbox/domain-event';
import { Audit, type Changes } from './audit';

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
  async list(@CurrentPrincipal() who: Principal, @Query() { cursor, limit }: PageQuery): Promise<AuditPage> {
    return pageOf(await this.audit.page(who.workspaceId, cursor, limit + 1), limit);
  }
}
