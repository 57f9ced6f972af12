import { Module } from '@nestjs/common';
import { ContactsModule } from './contacts/contacts.module';
import { ConversationsController } from './conversations/conversations.controller';
import { ConversationsRepository } from './conversations/conversations.repository';
import { ConversationsService } from './conversations/conversations.service';
import { HandoffTargets } from './conversations/handoffs';
import { ConversationIntake } from './conversations/intake';
import { IntakeAlbums } from './conversations/intake-albums';
import { IntakeForms } from './conversations/intake-forms';
import { IntakeChanges } from './conversations/intake-changes';
import { IntakeClaims } from './conversations/intake-claims';
import { IntakeEchoes } from './conversations/intake-echoes';
import { IntakeKeysRepository } from './conversations/intake-keys.repository';
import { IntakeMerges } from './conversations/intake-merges';
import { IntakeMergesRepository } from './conversations/intake-merges.repository';
import { IntakePeople } from './conversations/intake-people';
import { IntakePeopleRepository } from './conversations/intake-people.repository';
import { IntakePosts } from './conversations/intake-posts';
import { IntakeRoots } from './conversations/intake-roots';
import { IntakePreviewsRepository } from './conversations/intake-previews.repository';
import { IntakeReceipts } from './conversations/intake-receipts';
import { IntakeThreads } from './conversations/intake-threads';
import { IntakeThreadsRepository } from './conversations/intake-threads.repository';
import { IntakeRepository } from './conversations/intake.repository';
import { RepeatsSubscriber } from './repeats/repeats.subscriber';
import { TicketsModule } from './tickets/tickets.module';

/** The truth: people, threads, tickets. */
@Module({
  imports: [TicketsModule, ContactsModule],
  controllers: [ConversationsController],
  providers: [
    ConversationsRepository,
    ConversationsService,
    HandoffTargets,
    ConversationIntake,
    IntakeAlbums,
    IntakeForms,
    IntakeChanges,
    IntakeClaims,
    IntakeEchoes,
    IntakeKeysRepository,
    IntakeMerges,
    IntakeMergesRepository,
    IntakePeople,
    IntakePeopleRepository,
    IntakePosts,
    IntakeRoots,
    IntakePreviewsRepository,
    IntakeReceipts,
    IntakeRepository,
    IntakeThreads,
    IntakeThreadsRepository,
    RepeatsSubscriber,
  ],
  exports: [
    TicketsModule,
    ContactsModule,
    ConversationsRepository,
    ConversationsService,
    ConversationIntake,
    HandoffTargets,
  ],
})
export class InboxModule {}
