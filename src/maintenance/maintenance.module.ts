import { Module } from '@nestjs/common';
import { TicketsModule } from '../inbox/tickets/tickets.module';
import { NotificationsModule } from '../notifications/notifications.module';
import { RulesModule } from '../rules/rules.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { Housekeeping } from './housekeeping';
import { Resealing } from './resealing';
import { Statistics } from './statistics';

@Module({
  imports: [NotificationsModule, RulesModule, TicketsModule, WebhooksModule],
  providers: [Housekeeping, Resealing, Statistics],
})
export class MaintenanceModule {}
