import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module';
import { RealtimeAccess } from './access';
import { AgentsGateway } from './agents.gateway';
import { EventsController } from './events.controller';
import { LocalSockets } from './local-sockets';
import { MissedEvents } from './missed-events';
import { PresenceController } from './presence.controller';
import { PresenceModule } from './presence.module';
import { PRESENCE_TIMES, PresenceService, USUAL_TIMES } from './presence.service';
import { RedisLink } from './redis-link';
import { Relay } from './relay';
import { Resumption } from './resumption';
import { SlowReaders } from './slow-readers';
import { TicketSight } from './ticket-sight';
import { Watchers } from './watchers';

/** Sockets, rooms and presence. Runs on every node: a worker has no sockets, but it wakes the nodes that have. */
@Module({
  imports: [IdentityModule, PresenceModule],
  controllers: [EventsController, PresenceController],
  providers: [
    AgentsGateway,
    LocalSockets,
    MissedEvents,
    PresenceService,
    { provide: PRESENCE_TIMES, useValue: USUAL_TIMES },
    RealtimeAccess,
    RedisLink,
    Relay,
    Resumption,
    SlowReaders,
    TicketSight,
    Watchers,
  ],
  exports: [RedisLink, RealtimeAccess, Watchers],
})
export class RealtimeModule {}
