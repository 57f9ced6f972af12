import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { TicketsModule } from '../inbox/tickets/tickets.module';
import { ActionsModule } from '../rules/actions.module';
import { CannedRepliesController } from './canned-replies.controller';
import { CannedRepliesService } from './canned-replies.service';
import { MacrosController } from './macros.controller';
import { MacrosService } from './macros.service';

@Module({
  imports: [ActionsModule, TicketsModule, AuditModule],
  controllers: [MacrosController, CannedRepliesController],
  providers: [MacrosService, CannedRepliesService],
})
export class MacrosModule {}
