import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import { askedFor } from '../identity/identity.dto';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { PolicyBody, PolicyChange, PolicyDto, PolicyListDto, TicketClocksDto } from './sla.dto';
import { SlaService } from './sla.service';

@ApiTags('sla')
@Controller()
export class SlaController {
  constructor(private readonly sla: SlaService) {}

  @Get('tickets/:id/sla')
  @RequirePermission('tickets.read')
  @ApiOperation({ summary: 'A ticket’s clocks, and which time counted' })
  @ApiOkResponse({ type: TicketClocksDto })
  async clocks(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<TicketClocksDto> {
    return { clocks: await this.sla.clocks(who, id) };
  }

  @Get('sla-policies')
  @RequirePermission('sla.manage')
  @ApiOkResponse({ type: PolicyListDto })
  async policies(@CurrentPrincipal() who: Principal): Promise<PolicyListDto> {
    return { items: await this.sla.policies(who), nextCursor: null };
  }

  @Post('sla-policies')
  @RequirePermission('sla.manage')
  @ApiCreatedResponse({ type: PolicyDto })
  create(@CurrentPrincipal() who: Principal, @Body() body: PolicyBody): Promise<PolicyDto> {
    return this.sla.createPolicy(who, body);
  }

  @Patch('sla-policies/:id')
  @RequirePermission('sla.manage')
  @ApiOperation({ summary: 'Change a policy; clocks that run keep their target' })
  @ApiOkResponse({ type: PolicyDto })
  change(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: PolicyChange,
  ): Promise<PolicyDto> {
    return this.sla.changePolicy(who, id, askedFor(body));
  }

  @Delete('sla-policies/:id')
  @HttpCode(204)
  @RequirePermission('sla.manage')
  remove(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.sla.deletePolicy(who, id);
  }
}
