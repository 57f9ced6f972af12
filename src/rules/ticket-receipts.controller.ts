import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import { PageQuery } from '../identity/page';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { ReceiptPage } from './rules.dto';
import { RulesService } from './rules.service';

@ApiTags('rules')
@Controller('tickets')
@RequirePermission('tickets.read')
export class TicketReceiptsController {
  constructor(private readonly rules: RulesService) {}

  @Get(':id/rule-receipts')
  @ApiOperation({ summary: 'What rules did to a ticket, and why' })
  @ApiOkResponse({ type: ReceiptPage })
  receipts(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Query() { cursor, limit }: PageQuery,
  ): Promise<ReceiptPage> {
    return this.rules.ticketReceipts(who, id, cursor ?? null, limit);
  }
}
