import { Global, Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { AuditModule } from '../audit/audit.module';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { BullDriver } from './bull-driver';
import { JobDriver } from './job-driver';
import { JobExecutor } from './job-executor';
import { JobHandlers } from './job-handlers';
import { JobMetrics } from './job-metrics';
import { JobQueue } from './job-queue';
import { JobsController } from './jobs.controller';
import { JobsRepository } from './jobs.repository';
import { JobsService } from './jobs.service';
import { JobsViewRepository } from './jobs-view.repository';
import { PgRunner } from './pg-runner';

@Global()
@Module({
  imports: [AuditModule],
  controllers: [JobsController],
  providers: [
    JobsRepository,
    JobsViewRepository,
    JobHandlers,
    JobMetrics,
    JobExecutor,
    PgRunner,
    {
      provide: JobDriver,
      inject: [Config, Database, JobsRepository, JobHandlers, JobExecutor, PgRunner, LOGGER],
      useFactory: (
        config: Config,
        database: Database,
        jobs: JobsRepository,
        handlers: JobHandlers,
        executor: JobExecutor,
        table: PgRunner,
        log: Logger,
      ) => (config.REDIS_URL ? new BullDriver(config, database, jobs, handlers, executor, table, log) : table),
    },
    JobQueue,
    JobsService,
  ],
  exports: [JobQueue, JobDriver],
})
export class JobsModule implements OnApplicationBootstrap, OnModuleDestroy {
  private starting?: NodeJS.Immediate;

  constructor(@Inject(JobDriver) private readonly driver: JobDriver) {}

  /** Handlers may be registered while other modules bootstrap, so it begins when all have. */
  onApplicationBootstrap(): void {
    this.starting = setImmediate(() => this.driver.start());
  }

  /** Before the modules whose services the running jobs use are taken down. */
  async onModuleDestroy(): Promise<void> {
    clearImmediate(this.starting);
    await this.driver.stop();
  }
}
