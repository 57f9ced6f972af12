import { Module } from '@nestjs/common';
import { TicketsModule } from '../inbox/tickets/tickets.module';
import { RoutingRepository } from './routing.repository';
import { RoutingService } from './routing.service';
import { RoutingSubscriber } from './routing.subscriber';
import { RoutingSweeper } from './routing.sweeper';

@Module({
  imports: [TicketsModule],
  providers: [RoutingRepository, RoutingService, RoutingSubscriber, RoutingSweeper],
  exports: [RoutingService],
})
export class RoutingModule {}
