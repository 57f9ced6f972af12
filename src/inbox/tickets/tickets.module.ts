import { Module } from '@nestjs/common';
import { CalendarsModule } from '../../calendars/calendars.module';
import { NotificationsModule } from '../../notifications/notifications.module';
import { Idempotency } from '../../platform/idempotency';
import { RepeatsModule } from '../repeats/repeats.module';
import { AgentRoomsRepository } from './agent-rooms.repository';
import { TicketBulkRepository } from './ticket-bulk.repository';
import { TicketBulk } from './ticket-bulk.service';
import { TicketBulkWorker } from './ticket-bulk.worker';
import { TicketChanges } from './ticket-changes';
import { TicketDetailsRepository } from './ticket-details.repository';
import { TicketEditingController } from './ticket-editing.controller';
import { TicketEditing } from './ticket-editing.service';
import { TicketEffects } from './ticket-effects';
import { TicketFieldsRepository } from './ticket-fields.repository';
import { TicketFloods } from './ticket-floods';
import { TicketIntake } from './ticket-intake';
import { TicketMergesRepository } from './ticket-merges.repository';
import { TicketMerging } from './ticket-merging';
import { TicketOpening } from './ticket-opening';
import { TicketOpeningRepository } from './ticket-opening.repository';
import { TicketRelationsRepository } from './ticket-relations.repository';
import { TicketSetupController } from './ticket-setup.controller';
import { TicketSetup } from './ticket-setup.service';
import { TicketSnoozes } from './ticket-snoozes';
import { TicketSplitting } from './ticket-splitting';
import { TicketThreads } from './ticket-threads';
import { TicketViewsRepository } from './ticket-views.repository';
import { TicketWords } from './ticket-words';
import { TicketWorkController } from './ticket-work.controller';
import { TicketSubscriber } from './ticket.subscriber';
import { TicketSweeper } from './ticket.sweeper';
import { TicketsController } from './tickets.controller';
import { TicketsRepository } from './tickets.repository';
import { TicketsService } from './tickets.service';

@Module({
  imports: [CalendarsModule, NotificationsModule, RepeatsModule],
  controllers: [TicketWorkController, TicketSetupController, TicketsController, TicketEditingController],
  providers: [
    TicketsRepository,
    TicketViewsRepository,
    TicketDetailsRepository,
    TicketFieldsRepository,
    TicketRelationsRepository,
    TicketMergesRepository,
    TicketOpeningRepository,
    TicketBulkRepository,
    AgentRoomsRepository,
    Idempotency,
    TicketsService,
    TicketEditing,
    TicketSetup,
    TicketOpening,
    TicketMerging,
    TicketSplitting,
    TicketBulk,
    TicketBulkWorker,
    TicketChanges,
    TicketThreads,
    TicketSnoozes,
    TicketEffects,
    TicketFloods,
    TicketIntake,
    TicketWords,
    TicketSubscriber,
    TicketSweeper,
  ],
  exports: [
    TicketsService,
    TicketChanges,
    TicketThreads,
    TicketOpening,
    TicketMerging,
    TicketEffects,
    TicketIntake,
    TicketBulkRepository,
    AgentRoomsRepository,
    RepeatsModule,
  ],
})
export class TicketsModule {}
