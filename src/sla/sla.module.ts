import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { CalendarsModule } from '../calendars/calendars.module';
import { TicketsModule } from '../inbox/tickets/tickets.module';
import { NotificationsModule } from '../notifications/notifications.module';
import { ClockContexts } from './clock-contexts';
import { ClockKeeper } from './clock-keeper';
import { ClockFactsRepository } from './clock-facts.repository';
import { PoliciesRepository } from './policies.repository';
import { PoliciesService } from './policies.service';
import { Recompute } from './recompute';
import { SlaController } from './sla.controller';
import { SlaRepository } from './sla.repository';
import { SlaService } from './sla.service';
import { SlaSteps } from './sla.steps';
import { SlaSubscriber } from './sla.subscriber';
import { SlaSweeper } from './sla.sweeper';
import { WhatIf } from './what-if';

@Module({
  imports: [TicketsModule, AuditModule, CalendarsModule, NotificationsModule],
  controllers: [SlaController],
  providers: [
    SlaRepository,
    PoliciesRepository,
    ClockFactsRepository,
    ClockContexts,
    ClockKeeper,
    SlaService,
    PoliciesService,
    WhatIf,
    SlaSubscriber,
    SlaSweeper,
    SlaSteps,
    Recompute,
  ],
})
export class SlaModule {}
