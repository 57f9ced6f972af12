import { Module } from '@nestjs/common';
import { InboxModule } from '../../../inbox/inbox.module';
import { RealtimeModule } from '../../../realtime/realtime.module';
import { ChannelsModule } from '../../channels.module';
import { VisitorController } from './visitor.controller';
import { VisitorGateway } from './visitor.gateway';
import { VisitorMessages } from './visitor-messages';
import { VisitorRelay } from './visitor-relay';
import { VisitorSessions } from './visitor-sessions';
import { VisitorSockets } from './visitor-sockets';
import { VisitorTyping } from './visitor-typing';
import { VisitorsRepository } from './visitors.repository';
import { WidgetPagesController } from './widget-pages.controller';

/** The site widget: its pages, the visitors' HTTP and their sockets. Its paths stand outside the API's prefix. */
@Module({
  imports: [InboxModule, ChannelsModule, RealtimeModule],
  controllers: [WidgetPagesController, VisitorController],
  providers: [
    VisitorsRepository,
    VisitorSessions,
    VisitorMessages,
    VisitorSockets,
    VisitorRelay,
    VisitorTyping,
    VisitorGateway,
  ],
})
export class WebchatModule {}
