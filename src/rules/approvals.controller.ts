import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { ApprovalsService } from './approvals.service';
import { ApprovalBody, ApprovalDto, ApprovalPage, ApprovalsQuery } from './rules.dto';

@ApiTags('rules')
@Controller('approvals')
@RequirePermission('rules.manage')
export class ApprovalsController {
  constructor(private readonly approvals: ApprovalsService) {}

  @Get()
  @ApiOperation({ summary: 'What rules hold back until somebody has looked' })
  @ApiOkResponse({ type: ApprovalPage })
  list(@CurrentPrincipal() who: Principal, @Query() { state, cursor, limit }: ApprovalsQuery): Promise<ApprovalPage> {
    return this.approvals.list(who, state ?? null, cursor ?? null, limit);
  }

  @Put(':id')
  @ApiOperation({ summary: 'Approve: it runs now, once, in your name. Or refuse' })
  @ApiOkResponse({ type: ApprovalDto })
  @ApiConflictResponse({ description: 'It was settled the other way, `details.settledBy` says by whom' })
  settle(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { decision, reason }: ApprovalBody,
  ): Promise<ApprovalDto> {
    return this.approvals.settle(who, id, decision === 'approve', reason ?? null);
  }
}
