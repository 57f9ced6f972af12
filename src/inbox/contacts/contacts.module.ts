import { Module } from '@nestjs/common';
import { TicketsModule } from '../tickets/tickets.module';
import { ContactMergesRepository } from './contact-merges.repository';
import { ContactMerging } from './contact-merging';
import { ContactsController } from './contacts.controller';
import { ContactsRepository } from './contacts.repository';
import { ContactsService } from './contacts.service';

@Module({
  imports: [TicketsModule],
  controllers: [ContactsController],
  providers: [ContactsRepository, ContactsService, ContactMergesRepository, ContactMerging],
  exports: [ContactsService],
})
export class ContactsModule {}
