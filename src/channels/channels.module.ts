import { Global, Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { BrandChannels } from '../identity/brand-channels';
import { ThreadTokens } from '../inbox/conversations/thread-tokens';
import { InboxModule } from '../inbox/inbox.module';
import { NotificationsModule } from '../notifications/notifications.module';
import { AlarmsRepository } from './care/alarms.repository';
import { AlarmsController, CareController } from './care/care.controller';
import { CareRepository } from './care/care.repository';
import { CareService } from './care/care.service';
import { ChannelAlarms } from './care/channel-alarms';
import { SendingTrouble } from './care/sending-trouble';
import { ChannelCare } from './care/channel-care';
import { NetworkEnds } from './care/network-ends';
import { ChannelHealth } from './care/channel-health';
import { CredentialRefresh } from './care/credential-refresh';
import { Broadcasts } from './broadcasts';
import { BroadcastsRepository } from './broadcasts.repository';
import { ChannelDirectory } from './channel-directory';
import { ChannelThreadTokens } from './channel-thread-tokens';
import { ChannelsController } from './channels.controller';
import { ChannelsOfBrands } from './channels-of-brands';
import { ChannelsService } from './channels.service';
import { ConnectingController } from './connecting/connecting.controller';
import { ConnectionsRepository } from './connecting/connections.repository';
import { ConnectionsService } from './connecting/connections.service';
import { Connectors } from './connectors/registry';
import { Enrichment } from './enrichment';
import { EnrichmentRepository } from './enrichment.repository';
import { Applier } from './ingress/applier';
import { DeliveryReader } from './ingress/delivery-reader';
import { DeliveryWriter } from './ingress/delivery-writer';
import { IngressMetrics } from './ingress/ingress-metrics';
import { LastEvents } from './ingress/last-events';
import { LedgerController } from './ingress/ledger.controller';
import { LedgerRepository } from './ingress/ledger.repository';
import { LedgerService } from './ingress/ledger.service';
import { Presses } from './presses';
import { PullRunner } from './pulls/pull-runner';
import { PullSchedule } from './pulls/pull-schedule';
import { PulledDeliveries } from './pulls/pulled-deliveries';
import { PullsController } from './pulls/pulls.controller';
import { PullsService } from './pulls/pulls.service';
import { PullsRepository } from './pulls/pulls.repository';
import { StoredDeliveries } from './ingress/stored-deliveries';
import { WebhookSources } from './ingress/sources';
import { WebhookServer } from './ingress/webhook-server';
import { WebhookAddress } from './webhook-address';

/** Global because the inbox asks it, through a port of its own, where a reply address leads, and identity which channels a brand has. */
@Global()
@Module({
  imports: [InboxModule, AuditModule, NotificationsModule],
  controllers: [
    ConnectingController,
    AlarmsController,
    ChannelsController,
    CareController,
    LedgerController,
    PullsController,
  ],
  providers: [
    ChannelDirectory,
    ChannelsService,
    Connectors,
    WebhookSources,
    WebhookServer,
    DeliveryReader,
    StoredDeliveries,
    DeliveryWriter,
    IngressMetrics,
    LedgerRepository,
    LedgerService,
    LastEvents,
    Applier,
    EnrichmentRepository,
    Enrichment,
    BroadcastsRepository,
    Broadcasts,
    Presses,
    PullsRepository,
    PulledDeliveries,
    PullSchedule,
    PullRunner,
    PullsService,
    WebhookAddress,
    { provide: ThreadTokens, useClass: ChannelThreadTokens },
    { provide: BrandChannels, useClass: ChannelsOfBrands },
    AlarmsRepository,
    CareRepository,
    ChannelAlarms,
    SendingTrouble,
    CareService,
    ChannelHealth,
    CredentialRefresh,
    ChannelCare,
    NetworkEnds,
    ConnectionsRepository,
    ConnectionsService,
  ],
  exports: [
    BrandChannels,
    Broadcasts,
    ChannelDirectory,
    ChannelsService,
    Connectors,
    SendingTrouble,
    StoredDeliveries,
    ThreadTokens,
  ],
})
export class ChannelsModule {}
