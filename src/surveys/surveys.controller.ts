import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { SurveyResults } from './survey-results';
import { SurveySettingsService } from './survey-settings.service';
import { SurveySettingsBody, SurveysQuery } from './surveys.dto';

@ApiTags('surveys')
@Controller()
export class SurveysController {
  constructor(
    private readonly settings: SurveySettingsService,
    private readonly results: SurveyResults,
  ) {}

  /** The workspace's, then those of brands that have their own. */
  @Get('surveys/settings')
  @RequirePermission('surveys.manage')
  list(@CurrentPrincipal() who: Principal) {
    return this.settings.list(who);
  }

  @Put('surveys/settings')
  @RequirePermission('surveys.manage')
  change(@CurrentPrincipal() who: Principal, @Body() body: SurveySettingsBody) {
    const { brandId = null, calendarId = null, texts = {}, ...rest } = body;
    return this.settings.change(who, { ...rest, brandId, calendarId, texts });
  }

  /** Scores by agent, channel and brand, and why customers were not asked. */
  @Get('surveys')
  @RequirePermission('reports.read')
  between(@CurrentPrincipal() who: Principal, @Query() query: SurveysQuery) {
    return this.results.between(who, query);
  }

  @Get('tickets/:id/survey')
  @RequirePermission('tickets.read')
  ofTicket(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.results.ofTicket(who, id);
  }
}
