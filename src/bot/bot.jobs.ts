import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { LOGGER } from '../platform/logger';
import { BotService } from './bot.service';

export const ANSWER_JOB = 'bot.answer';

@Injectable()
export class BotJobs implements OnModuleInit {
  constructor(
    private readonly jobs: JobQueue,
    private readonly bot: BotService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(ANSWER_JOB, (job) => this.answer(job), { queue: 'bot' });
  }

  private async answer({ workspaceId, payload }: RunningJob): Promise<void> {
    const { conversationId } = payload as { conversationId: string };
    const outcome = await this.bot.answer({ workspaceId, conversationId });
    this.log.info({ event: 'bot.looked', workspaceId, conversationId, outcome }, 'bot looked at a conversation');
  }
}
