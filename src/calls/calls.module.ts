import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { CalendarsModule } from '../calendars/calendars.module';
import { HandoffModule } from '../handoff/handoff.module';
import { InboxModule } from '../inbox/inbox.module';
import { NotificationsModule } from '../notifications/notifications.module';
import { AttemptsRepository } from './attempts.repository';
import { CallContacts } from './call-contacts';
import { CallFacts } from './call-facts.repository';
import { CallOutcomes } from './call-outcomes';
import { CallPromises } from './call-promises';
import { CallRecord } from './call-record';
import { CallSettingsStore } from './call-settings';
import { CallSlots } from './call-slots';
import { CallTimes } from './call-times.repository';
import { CallWork } from './call-work';
import { CallsController } from './calls.controller';
import { CallsRepository } from './calls.repository';
import { Calls } from './calls.service';
import { CallsSweeper } from './calls.sweeper';
import { VoiceAccounts } from './voice/voice-accounts';
import { VoiceAccountsRepository } from './voice/voice-accounts.repository';
import { VoiceCalls } from './voice/voice-calls';
import { VoiceController } from './voice/voice.controller';
import { VoiceDialling } from './voice/voice-dialling';
import { VoiceProviders } from './voice/voice-providers';
import { VoiceWebhooks } from './voice/voice-webhooks';

/** Conversations that go on by phone: promised, made, told in the thread they came from. */
@Module({
  imports: [InboxModule, CalendarsModule, NotificationsModule, AuditModule, HandoffModule],
  controllers: [CallsController, VoiceController],
  providers: [
    AttemptsRepository,
    CallContacts,
    CallFacts,
    CallOutcomes,
    CallPromises,
    CallRecord,
    CallSettingsStore,
    CallSlots,
    CallTimes,
    CallWork,
    Calls,
    CallsRepository,
    CallsSweeper,
    VoiceAccounts,
    VoiceAccountsRepository,
    VoiceCalls,
    VoiceDialling,
    VoiceProviders,
    VoiceWebhooks,
  ],
  exports: [VoiceWebhooks],
})
export class CallsModule {}
