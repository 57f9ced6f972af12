import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import { PageQuery } from '../identity/page';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { DryRuns } from './dry-run';
import {
  DryRunBody,
  DryRunDto,
  OpenRuleDto,
  ReceiptPage,
  RuleBody,
  RuleChangeBody,
  RuleDto,
  RuleListDto,
  RuleOrderBody,
} from './rules.dto';
import { RulesService } from './rules.service';

const EXAMPLES = 20;

@ApiTags('rules')
@Controller('rules')
@RequirePermission('rules.manage')
export class RulesController {
  constructor(
    private readonly rules: RulesService,
    private readonly dryRuns: DryRuns,
  ) {}

  @Get()
  @ApiOperation({ summary: 'All rules, in the order in which they run' })
  @ApiOkResponse({ type: RuleListDto })
  async list(@CurrentPrincipal() who: Principal): Promise<RuleListDto> {
    return { items: await this.rules.list(who), nextCursor: null };
  }

  @Post()
  @ApiCreatedResponse({ type: RuleDto })
  create(@CurrentPrincipal() who: Principal, @Body() body: RuleBody): Promise<RuleDto> {
    return this.rules.create(who, body);
  }

  @Put('order')
  @ApiOperation({ summary: 'Which rule runs before which' })
  @ApiOkResponse({ type: RuleListDto })
  async order(@CurrentPrincipal() who: Principal, @Body() { ids }: RuleOrderBody): Promise<RuleListDto> {
    return { items: await this.rules.order(who, ids), nextCursor: null };
  }

  @Post('dry-run')
  @HttpCode(200)
  @ApiOperation({ summary: 'What a rule would have answered to last week; changes nothing' })
  @ApiOkResponse({ type: DryRunDto })
  dryRun(@CurrentPrincipal() who: Principal, @Body() { from, to, limit, ...rule }: DryRunBody): Promise<DryRunDto> {
    return this.dryRuns.run(who, rule, { from, to }, limit ?? EXAMPLES);
  }

  @Get(':id')
  @ApiOperation({ summary: 'A rule with what it was before, and the tickets it is kept away from' })
  @ApiOkResponse({ type: OpenRuleDto })
  open(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<OpenRuleDto> {
    return this.rules.open(who, id);
  }

  @Put(':id')
  @ApiOkResponse({ type: RuleDto })
  change(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { version, ...rule }: RuleChangeBody,
  ): Promise<RuleDto> {
    return this.rules.change(who, id, rule, version);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Take a rule out of use; its receipts stay' })
  @ApiNoContentResponse()
  remove(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.rules.remove(who, id);
  }

  @Get(':id/receipts')
  @ApiOperation({ summary: 'Each time it matched: what was seen, what changed, what refused' })
  @ApiOkResponse({ type: ReceiptPage })
  receipts(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Query() { cursor, limit }: PageQuery,
  ): Promise<ReceiptPage> {
    return this.rules.receipts(who, id, cursor ?? null, limit);
  }

  @Delete(':id/suspensions/:ticketId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Let a rule near a ticket again that it had changed too often' })
  @ApiNoContentResponse()
  lift(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('ticketId', UuidPipe) ticketId: string,
  ): Promise<void> {
    return this.rules.lift(who, id, ticketId);
  }
}
