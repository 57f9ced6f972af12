import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { BotController } from './bot.controller';
import { BotJobs } from './bot.jobs';
import { BotRepository } from './bot.repository';
import { BotService } from './bot.service';
import { BotSubscriber } from './bot.subscriber';
import { FaqController } from './faq.controller';
import { FaqRepository } from './faq.repository';
import { FaqService } from './faq.service';
import { Knowledge } from './knowledge';
import { FAQ_MATCHER } from './matcher';
import { NearestQuestionMatcher } from './nearest-question.matcher';

/** Needs `BOT_REPLIES` from a global module: the bot does not know how a reply goes out. */
@Module({
  imports: [AuditModule],
  controllers: [FaqController, BotController],
  providers: [
    { provide: FAQ_MATCHER, useFactory: () => new NearestQuestionMatcher() },
    FaqRepository,
    FaqService,
    BotRepository,
    Knowledge,
    BotService,
    BotJobs,
    BotSubscriber,
  ],
})
export class BotModule {}
