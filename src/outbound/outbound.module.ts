import { Global, Module } from '@nestjs/common';
import { BOT_REPLIES } from '../bot/bot-replies';
import { ChannelsModule } from '../channels/channels.module';
import { InboxModule } from '../inbox/inbox.module';
import { ReplyCapabilitySource } from '../inbox/tickets/reply-capabilities';
import { Idempotency } from '../platform/idempotency';
import { DeliveriesService } from './deliveries.service';
import { ModerationService } from './moderation.service';
import { OutboundController } from './outbound.controller';
import { OutboundRepository } from './outbound.repository';
import { RepliesService } from './replies.service';
import { ReplyCapabilitiesService } from './reply-capabilities.service';
import { SendReadiness } from './send-readiness';
import { Sender } from './sender';

/** The way out. Global because the inbox and the bot ask it through ports of their own, without knowing it. */
@Global()
@Module({
  imports: [InboxModule, ChannelsModule],
  controllers: [OutboundController],
  providers: [
    OutboundRepository,
    SendReadiness,
    RepliesService,
    DeliveriesService,
    ModerationService,
    Sender,
    Idempotency,
    { provide: BOT_REPLIES, useExisting: RepliesService },
    { provide: ReplyCapabilitySource, useClass: ReplyCapabilitiesService },
  ],
  exports: [BOT_REPLIES, ReplyCapabilitySource],
})
export class OutboundModule {}
