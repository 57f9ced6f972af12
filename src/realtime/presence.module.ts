import { Module } from '@nestjs/common';
import { PresenceStates } from './presence-states';
import { PresenceRepository } from './presence.repository';
import { TicketLooks } from './ticket-looks';

/** Presence as others change it and hear of it, without the sockets. */
@Module({
  providers: [PresenceRepository, PresenceStates, TicketLooks],
  exports: [PresenceRepository, PresenceStates, TicketLooks],
})
export class PresenceModule {}
