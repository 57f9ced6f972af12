import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { NotificationsModule } from '../notifications/notifications.module';
import { WebhookCall } from './webhook-call';
import { WebhookSecrets } from './webhook-secrets';
import { WebhookSender } from './webhook-sender';
import { WebhooksController } from './webhooks.controller';
import { WebhooksRepository } from './webhooks.repository';
import { WebhooksService } from './webhooks.service';
import { WebhooksSubscriber } from './webhooks.subscriber';

@Module({
  imports: [AuditModule, NotificationsModule],
  controllers: [WebhooksController],
  providers: [WebhooksRepository, WebhookSecrets, WebhookCall, WebhookSender, WebhooksSubscriber, WebhooksService],
  exports: [WebhooksRepository],
})
export class WebhooksModule {}
