import { Global, Module } from '@nestjs/common';
import { EventReader } from './event-reader';
import { Outbox } from './outbox';
import { Subscriptions } from './subscriptions';

@Global()
@Module({ providers: [Outbox, EventReader, Subscriptions], exports: [Outbox, EventReader, Subscriptions] })
export class OutboxModule {}
