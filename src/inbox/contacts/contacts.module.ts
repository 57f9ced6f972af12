import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module';
import { TicketsModule } from '../tickets/tickets.module';
import { ContactMergesRepository } from './contact-merges.repository';
import { ContactMerging } from './contact-merging';
import { ContactVerdicts } from './contact-verdicts';
import { ContactVerdictsRepository } from './contact-verdicts.repository';
import { ContactsController } from './contacts.controller';
import { ContactsRepository } from './contacts.repository';
import { ContactsService } from './contacts.service';

@Module({
  imports: [TicketsModule, AuditModule],
  controllers: [ContactsController],
  providers: [
    ContactsRepository,
    ContactsService,
    ContactMergesRepository,
    ContactMerging,
    ContactVerdictsRepository,
    ContactVerdicts,
  ],
  exports: [ContactsService],
})
export class ContactsModule {}
