import { Module } from '@nestjs/common';
import { AgentRoomsRepository } from './agent-rooms.repository';
import { TicketEffects } from './ticket-effects';
import { TicketIntake } from './ticket-intake';
import { TicketViewsRepository } from './ticket-views.repository';
import { TicketsController } from './tickets.controller';
import { TicketsRepository } from './tickets.repository';
import { TicketsService } from './tickets.service';

@Module({
  controllers: [TicketsController],
  providers: [
    TicketsRepository,
    TicketViewsRepository,
    AgentRoomsRepository,
    TicketsService,
    TicketEffects,
    TicketIntake,
  ],
  exports: [TicketsService, TicketEffects, TicketIntake],
})
export class TicketsModule {}
