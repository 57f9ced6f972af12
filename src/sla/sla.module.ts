import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { TicketsModule } from '../inbox/tickets/tickets.module';
import { SlaController } from './sla.controller';
import { SlaRepository } from './sla.repository';
import { SlaService } from './sla.service';
import { SlaSubscriber } from './sla.subscriber';
import { SlaSweeper } from './sla.sweeper';

@Module({
  imports: [TicketsModule, AuditModule],
  controllers: [SlaController],
  providers: [SlaRepository, SlaService, SlaSubscriber, SlaSweeper],
})
export class SlaModule {}
