import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { CalendarsModule } from '../calendars/calendars.module';
import { TicketsModule } from '../inbox/tickets/tickets.module';
import { NotificationsModule } from '../notifications/notifications.module';
import { ActionsModule } from './actions.module';
import { ApprovalsController } from './approvals.controller';
import { ApprovalsService } from './approvals.service';
import { DryRuns } from './dry-run';
import { DryRunRepository } from './dry-run.repository';
import { RuleFactsRepository } from './rule-facts.repository';
import { RuleRuns } from './rule-runs';
import { RulesController } from './rules.controller';
import { RulesRepository } from './rules.repository';
import { RulesService } from './rules.service';
import { RulesSubscriber } from './rules.subscriber';
import { RulesSweeper } from './rules.sweeper';
import { TicketReceiptsController } from './ticket-receipts.controller';
import { RuleTimersJobs } from './timers.jobs';
import { RuleTimersRepository } from './timers.repository';

@Module({
  imports: [ActionsModule, TicketsModule, CalendarsModule, NotificationsModule, AuditModule],
  controllers: [RulesController, ApprovalsController, TicketReceiptsController],
  providers: [
    RulesRepository,
    RuleFactsRepository,
    RuleTimersRepository,
    DryRunRepository,
    RulesService,
    DryRuns,
    RuleRuns,
    RulesSubscriber,
    RulesSweeper,
    RuleTimersJobs,
    ApprovalsService,
  ],
  exports: [RulesRepository],
})
export class RulesModule {}
