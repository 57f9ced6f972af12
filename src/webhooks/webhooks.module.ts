import { Global, Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { NotificationsModule } from '../notifications/notifications.module';
import { RuleWebhooks } from '../rules/rule-webhooks';
import { RuleEndpoints } from './rule-endpoints';
import { WebhookCall } from './webhook-call';
import { WebhookSecrets } from './webhook-secrets';
import { WebhookSender } from './webhook-sender';
import { WebhooksController } from './webhooks.controller';
import { WebhooksRepository } from './webhooks.repository';
import { WebhooksService } from './webhooks.service';
import { WebhooksSubscriber } from './webhooks.subscriber';

/** Global because rules ask it, through a port of their own, to tell an endpoint. */
@Global()
@Module({
  imports: [AuditModule, NotificationsModule],
  controllers: [WebhooksController],
  providers: [
    WebhooksRepository,
    WebhookSecrets,
    WebhookCall,
    WebhookSender,
    WebhooksSubscriber,
    WebhooksService,
    { provide: RuleWebhooks, useClass: RuleEndpoints },
  ],
  exports: [WebhooksRepository, RuleWebhooks],
})
export class WebhooksModule {}
