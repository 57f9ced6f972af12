import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { CalendarsModule } from '../calendars/calendars.module';
import { ChannelsModule } from '../channels/channels.module';
import { InboxModule } from '../inbox/inbox.module';
import { SurveyPages } from './survey-pages';
import { SurveyPagesController } from './survey-pages.controller';
import { SurveyResults } from './survey-results';
import { SurveySettingsService } from './survey-settings.service';
import { SurveysController } from './surveys.controller';
import { SurveysRepository } from './surveys.repository';
import { SurveysService } from './surveys.service';
import { SurveysSubscriber } from './surveys.subscriber';

/** How satisfied customers were: asked once after solving, answered in the thread or by a link. */
@Module({
  imports: [AuditModule, CalendarsModule, ChannelsModule, InboxModule],
  controllers: [SurveysController, SurveyPagesController],
  providers: [SurveysRepository, SurveySettingsService, SurveysService, SurveysSubscriber, SurveyResults, SurveyPages],
})
export class SurveysModule {}
