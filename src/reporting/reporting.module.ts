import { Module } from '@nestjs/common';
import { CalendarsModule } from '../calendars/calendars.module';
import { ReportFactsRepository } from './report-facts.repository';
import { FactsSubscriber } from './facts.subscriber';
import { ReportsController } from './reports.controller';
import { ReportsRepository } from './reports.repository';
import { ReportsService } from './reports.service';

@Module({
  imports: [CalendarsModule],
  controllers: [ReportsController],
  providers: [ReportFactsRepository, FactsSubscriber, ReportsRepository, ReportsService],
})
export class ReportingModule {}
