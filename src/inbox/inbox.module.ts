import { Module } from '@nestjs/common';
import { ContactsModule } from './contacts/contacts.module';
import { ConversationsController } from './conversations/conversations.controller';
import { ConversationsRepository } from './conversations/conversations.repository';
import { ConversationsService } from './conversations/conversations.service';
import { ConversationIntake } from './conversations/intake';
import { IntakeChanges } from './conversations/intake-changes';
import { IntakeRepository } from './conversations/intake.repository';
import { TicketsModule } from './tickets/tickets.module';

/** The truth: people, threads, tickets. */
@Module({
  imports: [TicketsModule, ContactsModule],
  controllers: [ConversationsController],
  providers: [ConversationsRepository, ConversationsService, ConversationIntake, IntakeChanges, IntakeRepository],
  exports: [TicketsModule, ContactsModule, ConversationsRepository, ConversationsService, ConversationIntake],
})
export class InboxModule {}
