import { Module } from '@nestjs/common';
import { TicketsModule } from '../inbox/tickets/tickets.module';
import { RoutingRepository } from './routing.repository';
import { RoutingService } from './routing.service';
import { RoutingSubscriber } from './routing.subscriber';

@Module({
  imports: [TicketsModule],
  providers: [RoutingRepository, RoutingService, RoutingSubscriber],
  exports: [RoutingService],
})
export class RoutingModule {}
