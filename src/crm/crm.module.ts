import { Global, Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { ContactCrmSource } from '../inbox/contacts/contact-crm';
import { CrmBackfill } from './crm-backfill';
import { CrmBatches } from './crm-batches';
import { CrmClients } from './crm-clients';
import { CrmConnectionsRepository } from './crm-connections.repository';
import { CrmLinksRepository } from './crm-links.repository';
import { CrmQueueRepository } from './crm-queue.repository';
import { CrmRecordsRepository } from './crm-records.repository';
import { CrmSettlement } from './crm-settlement';
import { CrmStatus } from './crm-status';
import { CrmController } from './crm.controller';
import { CrmService } from './crm.service';
import { CrmSubscriber } from './crm.subscriber';
import { CrmSync } from './crm.sync';
import { CrmWatchRepository } from './crm-watch.repository';
import { CrmWatchSweeper } from './crm-watch.sweeper';

/** Global because the inbox asks it through a port of its own, without knowing it. */
@Global()
@Module({
  imports: [AuditModule],
  controllers: [CrmController],
  providers: [
    CrmConnectionsRepository,
    CrmQueueRepository,
    CrmLinksRepository,
    CrmRecordsRepository,
    CrmClients,
    CrmBatches,
    CrmSettlement,
    CrmSync,
    CrmBackfill,
    CrmSubscriber,
    CrmWatchRepository,
    CrmWatchSweeper,
    CrmStatus,
    CrmService,
    { provide: ContactCrmSource, useExisting: CrmStatus },
  ],
  exports: [CrmStatus, ContactCrmSource],
})
export class CrmModule {}
