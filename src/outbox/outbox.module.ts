import { Global, Module } from '@nestjs/common';
import { EventCursors } from './event-cursors';
import { EventReader } from './event-reader';
import { EventTail } from './event-tail';
import { Outbox } from './outbox';
import { Subscriptions } from './subscriptions';

@Global()
@Module({
  providers: [Outbox, EventReader, EventTail, EventCursors, Subscriptions],
  exports: [Outbox, EventReader, Subscriptions],
})
export class OutboxModule {}
