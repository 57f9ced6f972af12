import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DataSource, type MixedList } from 'typeorm';
import { Clock } from './clock';
import { Config } from './config';
import { openDataSource } from './data-source';
import { Database } from './database';
import { createLogger, LOGGER } from './logger';
import { Secrets } from './secrets';

/** The ground: configuration, database, clock, secrets, log. Knows no domain words. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(config: Config, entities: MixedList<Function>): DynamicModule {
    return {
      module: PlatformModule,
      providers: [
        { provide: Config, useValue: config },
        { provide: LOGGER, useFactory: () => createLogger(config) },
        { provide: DataSource, useFactory: () => openDataSource(config, entities) },
        { provide: Secrets, useFactory: () => new Secrets(config) },
        Database,
        Clock,
      ],
      exports: [Config, LOGGER, DataSource, Secrets, Database, Clock],
    };
  }
}
