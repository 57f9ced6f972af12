import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { Idempotency } from '../platform/idempotency';
import { Calendars } from './calendars';
import { CalendarsController } from './calendars.controller';
import { CalendarsRepository } from './calendars.repository';
import { CalendarsService } from './calendars.service';

@Module({
  imports: [AuditModule],
  controllers: [CalendarsController],
  providers: [CalendarsRepository, CalendarsService, Calendars, Idempotency],
  exports: [Calendars],
})
export class CalendarsModule {}
