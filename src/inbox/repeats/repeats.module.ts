import { Module } from '@nestjs/common';
import { RepeatViewsRepository } from './repeat-views.repository';
import { RepeatsController } from './repeats.controller';
import { RepeatsRepository } from './repeats.repository';
import { RepeatsService } from './repeats.service';

/** What was said before. Its subscriber stands with the inbox, because it also merges tickets. */
@Module({
  controllers: [RepeatsController],
  providers: [RepeatsRepository, RepeatViewsRepository, RepeatsService],
  exports: [RepeatsRepository, RepeatViewsRepository, RepeatsService],
})
export class RepeatsModule {}
