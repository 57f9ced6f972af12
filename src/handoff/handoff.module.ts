import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { ChannelsModule } from '../channels/channels.module';
import { InboxModule } from '../inbox/inbox.module';
import { NotificationsModule } from '../notifications/notifications.module';
import { CodeMails } from './code-mails';
import { EmailHandoffService } from './email-handoff.service';
import { EmailHandoffsRepository } from './email-handoffs.repository';
import { FirstMails } from './first-mails';
import { HandoffAddresses } from './handoff-addresses.service';
import { HandoffController } from './handoff.controller';
import { HandoffOverview } from './handoff-overview';
import { HandoffProgress } from './handoff-progress';
import { HandoffSettingsService } from './handoff-settings';
import { HandoffSubscriber } from './handoff.subscriber';
import { HandoffSweeper } from './handoff.sweeper';
import { IdentityChecksController } from './identity-checks.controller';
import { IdentityChecksRepository } from './identity-checks.repository';
import { IdentityChecks } from './identity-checks.service';
import { MailChannels } from './mail-channels';
import { MailThreadsRepository } from './mail-threads.repository';

/** On by e-mail in the same ticket, and whether customers are who they say. */
@Module({
  imports: [AuditModule, InboxModule, ChannelsModule, NotificationsModule],
  controllers: [HandoffController, IdentityChecksController],
  providers: [
    EmailHandoffsRepository,
    EmailHandoffService,
    HandoffAddresses,
    HandoffOverview,
    HandoffProgress,
    HandoffSettingsService,
    HandoffSubscriber,
    HandoffSweeper,
    FirstMails,
    IdentityChecksRepository,
    IdentityChecks,
    CodeMails,
    MailChannels,
    MailThreadsRepository,
  ],
  exports: [IdentityChecks],
})
export class HandoffModule {}
