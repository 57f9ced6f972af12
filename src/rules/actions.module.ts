import { Module } from '@nestjs/common';
import { CalendarsModule } from '../calendars/calendars.module';
import { TicketsModule } from '../inbox/tickets/tickets.module';
import { NotificationsModule } from '../notifications/notifications.module';
import { CannedRepliesRepository } from '../macros/canned-replies.repository';
import { CannedTexts } from '../macros/canned-texts';
import { MacrosRepository } from '../macros/macros.repository';
import { ActionRunner } from './action-runner';
import { Approvals } from './approvals';
import { ApprovalsRepository } from './approvals.repository';
import { References } from './references';
import { RuleWordsRepository } from './rule-words.repository';

/** What rules, macros and approvals do alike. Needs `BOT_REPLIES` and moderation from the global way out. */
@Module({
  imports: [TicketsModule, CalendarsModule, NotificationsModule],
  providers: [
    CannedRepliesRepository,
    CannedTexts,
    MacrosRepository,
    ApprovalsRepository,
    Approvals,
    References,
    RuleWordsRepository,
    ActionRunner,
  ],
  exports: [CannedRepliesRepository, CannedTexts, MacrosRepository, ApprovalsRepository, References, ActionRunner],
})
export class ActionsModule {}
