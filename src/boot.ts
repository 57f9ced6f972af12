import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module';
import { BullDriver } from './jobs/bull-driver';
import { mountBullBoard } from './jobs/bull-board';
import { JobDriver } from './jobs/job-driver';
import { credentialsOf } from './identity/credentials';
import { Sessions } from './identity/sessions';
import type { Config } from './platform/config';
import { LOGGER } from './platform/logger';
import { NestLog } from './platform/nest-log';
import { createAdapter, mountApiDocs, setup } from './setup';

/** Builds the application on a database that is up to date, ready to listen. The same for main and for tests. */
export async function createApp(config: Config): Promise<NestFastifyApplication> {
  const { adapter, route } = createAdapter(config);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config), adapter, {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(new NestLog(app.get<Logger>(LOGGER)));
  await setup(app, route);
  const driver = app.get(JobDriver);
  if (driver instanceof BullDriver) {
    const sessions = app.get(Sessions);
    await mountBullBoard(app.getHttpAdapter().getInstance(), driver, async (request) => {
      const authentication = await sessions.authenticate(credentialsOf(request.headers));
      return authentication?.principal.permissions.has('jobs.manage') ?? false;
    });
  }
  await mountApiDocs(app);
  return app;
}
