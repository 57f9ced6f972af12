import { Global, Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { BOT_REPLIES } from '../bot/bot-replies';
import { ChannelsModule } from '../channels/channels.module';
import { InboxModule } from '../inbox/inbox.module';
import { ReplyCapabilitySource } from '../inbox/tickets/reply-capabilities';
import { Idempotency } from '../platform/idempotency';
import { AttachmentSource } from './attachment-source';
import { ChannelBudgets } from './channel-budgets';
import { DeliveriesService } from './deliveries.service';
import { HeldWork } from './held-work';
import { ModerationController } from './moderation.controller';
import { ModerationRecord } from './moderation-record';
import { ModerationRepository } from './moderation.repository';
import { ModerationService } from './moderation.service';
import { ModerationWorker } from './moderation-worker';
import { NoticeSender } from './notices/notice-sender';
import { NoticesController } from './notices/notices.controller';
import { NoticesRepository } from './notices/notices.repository';
import { NoticesService } from './notices/notices.service';
import { OutboundController } from './outbound.controller';
import { OutboundRepository } from './outbound.repository';
import { OwnEditsRepository } from './own-edits.repository';
import { OwnEditsService } from './own-edits.service';
import { PermalinksService } from './permalinks.service';
import { RepliesRepository } from './replies.repository';
import { ReplyBatchesController } from './reply-batches.controller';
import { ReplyBatchesRepository } from './reply-batches.repository';
import { ReplyBatches } from './reply-batches.service';
import { ReplyBatchWorker } from './reply-batches.worker';
import { RepliesService } from './replies.service';
import { ReplyCapabilitiesService } from './reply-capabilities.service';
import { SendReadiness } from './send-readiness';
import { Sender } from './sender';

/** The way out. Global because the inbox and the bot ask it through ports of their own, without knowing it. */
@Global()
@Module({
  imports: [InboxModule, ChannelsModule, AuditModule],
  controllers: [OutboundController, ModerationController, ReplyBatchesController, NoticesController],
  providers: [
    OutboundRepository,
    RepliesRepository,
    SendReadiness,
    RepliesService,
    ReplyBatchesRepository,
    ReplyBatches,
    ReplyBatchWorker,
    DeliveriesService,
    OwnEditsRepository,
    OwnEditsService,
    PermalinksService,
    ModerationRepository,
    ModerationRecord,
    ModerationService,
    ModerationWorker,
    NoticesRepository,
    NoticesService,
    NoticeSender,
    AttachmentSource,
    ChannelBudgets,
    HeldWork,
    Sender,
    Idempotency,
    { provide: BOT_REPLIES, useExisting: RepliesService },
    { provide: ReplyCapabilitySource, useClass: ReplyCapabilitiesService },
  ],
  exports: [BOT_REPLIES, ModerationService, ReplyCapabilitySource, RepliesService, SendReadiness, Idempotency],
})
export class OutboundModule {}
