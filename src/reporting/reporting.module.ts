import { Module } from '@nestjs/common';
import { CalendarsModule } from '../calendars/calendars.module';
import { FactsRepository } from './facts.repository';
import { FactsSubscriber } from './facts.subscriber';
import { ReportsController } from './reports.controller';
import { ReportsRepository } from './reports.repository';
import { ReportsService } from './reports.service';

@Module({
  imports: [CalendarsModule],
  controllers: [ReportsController],
  providers: [FactsRepository, FactsSubscriber, ReportsRepository, ReportsService],
})
export class ReportingModule {}
