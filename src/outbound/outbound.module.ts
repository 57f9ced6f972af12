import { Global, Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { BOT_REPLIES } from '../bot/bot-replies';
import { ChannelsModule } from '../channels/channels.module';
import { InboxModule } from '../inbox/inbox.module';
import { OwnReactions } from '../inbox/conversations/own-reactions';
import { ReplyCapabilitySource } from '../inbox/tickets/reply-capabilities';
import { Idempotency } from '../platform/idempotency';
import { AttachmentSource } from './attachment-source';
import { ChannelBudgets } from './channel-budgets';
import { DeadAddresses } from './dead-addresses';
import { DeadAddressesRepository } from './dead-addresses.repository';
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
import { OwnReactionsService } from './own-reactions.service';
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
import { StrandedRepository } from './stranded.repository';
import { StrandedSweeper } from './stranded.sweeper';
import { ToldFailures } from './told-failures';
import { WaveRepliesController } from './wave-replies.controller';
import { WaveReplies } from './wave-replies.service';

/** The way out. Global because the inbox and the bot ask it through ports of their own, without knowing it. */
@Global()
@Module({
  imports: [InboxModule, ChannelsModule, AuditModule],
  controllers: [
    OutboundController,
    ModerationController,
    ReplyBatchesController,
    WaveRepliesController,
    NoticesController,
  ],
  providers: [
    OutboundRepository,
    RepliesRepository,
    SendReadiness,
    RepliesService,
    ReplyBatchesRepository,
    ReplyBatches,
    ReplyBatchWorker,
    ReplyCapabilitiesService,
    WaveReplies,
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
    ToldFailures,
    DeadAddressesRepository,
    DeadAddresses,
    Sender,
    StrandedRepository,
    StrandedSweeper,
    Idempotency,
    { provide: BOT_REPLIES, useExisting: RepliesService },
    { provide: OwnReactions, useClass: OwnReactionsService },
    { provide: ReplyCapabilitySource, useExisting: ReplyCapabilitiesService },
  ],
  exports: [
    BOT_REPLIES,
    ModerationService,
    OwnReactions,
    ReplyCapabilitySource,
    RepliesService,
    SendReadiness,
    Idempotency,
  ],
})
export class OutboundModule {}
