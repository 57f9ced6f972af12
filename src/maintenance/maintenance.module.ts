import { Module } from '@nestjs/common';
import { TicketsModule } from '../inbox/tickets/tickets.module';
import { Housekeeping } from './housekeeping';
import { Resealing } from './resealing';
import { RetentionRepository } from './retention.repository';
import { Retention } from './retention.service';
import { Statistics } from './statistics';

@Module({
  imports: [TicketsModule],
  providers: [Housekeeping, Resealing, Retention, RetentionRepository, Statistics],
})
export class MaintenanceModule {}
