import { type DynamicModule, Module } from '@nestjs/common';
import { AuditModule } from './audit/audit.module';
import { FaqArticleEntity } from './bot/faq-article.entity';
import { BotModule } from './bot/bot.module';
import { CalendarsModule } from './calendars/calendars.module';
import { CallsModule } from './calls/calls.module';
import { ChannelEntity } from './channels/channel.entity';
import { ChannelsModule } from './channels/channels.module';
import { WebchatModule } from './channels/connectors/webchat/webchat.module';
import { CrmModule } from './crm/crm.module';
import { HandoffModule } from './handoff/handoff.module';
import { HealthModule } from './health/health.module';
import { IDENTITY_ENTITIES } from './identity/identity.entities';
import { IdentityModule } from './identity/identity.module';
import { NotificationsModule } from './notifications/notifications.module';
import { InboxModule } from './inbox/inbox.module';
import { JobsModule } from './jobs/jobs.module';
import { MaintenanceModule } from './maintenance/maintenance.module';
import { OutboundModule } from './outbound/outbound.module';
import { OutboxModule } from './outbox/outbox.module';
import { MediaModule } from './media/media.module';
import type { Config } from './platform/config';
import { PlatformModule } from './platform/platform.module';
import { RealtimeModule } from './realtime/realtime.module';
import { ReportingModule } from './reporting/reporting.module';
import { RoutingModule } from './routing/routing.module';
import { WebhooksModule } from './webhooks/webhooks.module';
import { MacrosModule } from './macros/macros.module';
import { RulesModule } from './rules/rules.module';
import { SlaModule } from './sla/sla.module';
import { SurveysModule } from './surveys/surveys.module';

export const ENTITIES = [...IDENTITY_ENTITIES, ChannelEntity, FaqArticleEntity];

@Module({})
export class AppModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(config, ENTITIES),
        OutboxModule,
        JobsModule,
        AuditModule,
        IdentityModule,
        RealtimeModule,
        NotificationsModule,
        CalendarsModule,
        InboxModule,
        ChannelsModule,
        WebchatModule,
        MediaModule,
        OutboundModule,
        HandoffModule,
        SurveysModule,
        SlaModule,
        RoutingModule,
        CallsModule,
        BotModule,
        MacrosModule,
        RulesModule,
        CrmModule,
        WebhooksModule,
        ReportingModule,
        MaintenanceModule,
        HealthModule,
      ],
    };
  }
}
