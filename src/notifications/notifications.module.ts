import { Module } from '@nestjs/common';
import { Notifications } from './notifications';
import { NotificationsController } from './notifications.controller';
import { NotificationsRepository } from './notifications.repository';

@Module({
  controllers: [NotificationsController],
  providers: [Notifications, NotificationsRepository],
  exports: [Notifications, NotificationsRepository],
})
export class NotificationsModule {}
