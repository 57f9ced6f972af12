import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { FactsQuery, SummaryQuery } from './reports.dto';
import { ReportsService } from './reports.service';

@ApiTags('reports')
@Controller('reports')
@RequirePermission('reports.read')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  /** Counts, times and scores of a span, by day, agent, channel … */
  @Get('summary')
  summary(@CurrentPrincipal() who: Principal, @Query() query: SummaryQuery) {
    return this.reports.summary(who, query);
  }

  /** The facts themselves, in order. */
  @Get('facts')
  facts(@CurrentPrincipal() who: Principal, @Query() query: FactsQuery) {
    return this.reports.facts(who, query);
  }
}
