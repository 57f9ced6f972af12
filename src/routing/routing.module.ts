import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { CalendarsModule } from '../calendars/calendars.module';
import { TicketsModule } from '../inbox/tickets/tickets.module';
import { NotificationsModule } from '../notifications/notifications.module';
import { PresenceModule } from '../realtime/presence.module';
import { ExplainRepository } from './explain.repository';
import { ExplainService } from './explain.service';
import { HandlingRepository } from './handling.repository';
import { HandlingSpread } from './handling-spread';
import { HandoverService } from './handover.service';
import { OffersRepository } from './offers.repository';
import { OffersService } from './offers.service';
import { OffersSweeper } from './offers.sweeper';
import { PlacingService } from './placing.service';
import { PullService } from './pull.service';
import { QueueHoursRepository } from './queue-hours.repository';
import { QueueHoursSweeper } from './queue-hours.sweeper';
import { QueuesRepository } from './queues.repository';
import { QueuesService } from './queues.service';
import {
  AgentRoutingController,
  QueuesController,
  RoutingController,
  TicketRoutingController,
} from './routing.controller';
import { RosterRepository } from './roster.repository';
import { RoutingRepository } from './routing.repository';
import { RoutingService } from './routing.service';
import { RoutingSubscriber } from './routing.subscriber';
import { RoutingSweeper } from './routing.sweeper';
import { SkillsService } from './skills.service';
import { TeamBooks } from './team-books';
import { TurnsRepository } from './turns.repository';
import { TurnsSubscriber } from './turns.subscriber';
import { WaitingLines } from './waiting-lines';
import { WaitingRepository } from './waiting.repository';

@Module({
  imports: [CalendarsModule, TicketsModule, AuditModule, NotificationsModule, PresenceModule],
  controllers: [QueuesController, RoutingController, TicketRoutingController, AgentRoutingController],
  providers: [
    RoutingRepository,
    RosterRepository,
    QueuesRepository,
    QueueHoursRepository,
    WaitingRepository,
    HandlingRepository,
    HandlingSpread,
    OffersRepository,
    TurnsRepository,
    ExplainRepository,
    TeamBooks,
    WaitingLines,
    RoutingService,
    PullService,
    OffersService,
    PlacingService,
    QueuesService,
    SkillsService,
    HandoverService,
    ExplainService,
    RoutingSubscriber,
    TurnsSubscriber,
    RoutingSweeper,
    OffersSweeper,
    QueueHoursSweeper,
  ],
  exports: [RoutingService, OffersService, PlacingService],
})
export class RoutingModule {}
