import { Controller, Get, Header, HttpCode, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { collectDefaultMetrics, register } from 'prom-client';
import { Public } from '../identity/access.decorators';
import { Config } from '../platform/config';
import { Database } from '../platform/database';

if (!register.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics();

@ApiTags('health')
@Controller()
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /** The process runs and its event loop turns. */
  @Get('health/live')
  @Public()
  @HttpCode(200)
  live() {
    return { status: 'ok', role: this.config.ROLE };
  }

  /** It can do its work: Postgres answers. Redis being away slows jobs down but stops nothing. */
  @Get('health/ready')
  @Public()
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const database = await this.database.ping();
    reply.status(database ? 200 : 503);
    return { status: database ? 'ok' : 'unavailable', database };
  }

  @Get('metrics')
  @Public()
  @Header('content-type', register.contentType)
  metrics() {
    return register.metrics();
  }
}
