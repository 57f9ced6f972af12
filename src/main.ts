import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './boot';
import { ChannelsService } from './channels/channels.service';
import { ensureOwner, type FirstOwner } from './identity/first-start';
import { Clock } from './platform/clock';
import { type Config, loadConfig } from './platform/config';
import { Database } from './platform/database';
import { type EmbeddedPostgres, holdDataDir, startEmbeddedPostgres } from './platform/embedded-postgres';
import { DomainError } from './platform/errors';
import { migrate } from './platform/migrations';

const GIVE_UP_STOPPING_MS = 20_000;

async function main(): Promise<void> {
  const started = Date.now();
  const config = loadConfig(process.env);
  const release = config.embedded ? holdDataDir(config.DATA_DIR) : undefined;
  let postgres: EmbeddedPostgres | undefined;
  let app: NestFastifyApplication | undefined;
  let stopping = false;

  /** In this order: requests and jobs end, then the database that served them. */
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    process.stdout.write(`\n${signal}: finishing what is under way …\n`);
    setTimeout(() => process.exit(1), GIVE_UP_STOPPING_MS).unref();
    await app?.close().catch((error: unknown) => console.error(error));
    await postgres?.stop();
    release?.();
    process.exit(0);
  };
  process.on('SIGINT', () => void stop('SIGINT'));
  process.on('SIGTERM', () => void stop('SIGTERM'));

  try {
    if (config.embedded) {
      postgres = await startEmbeddedPostgres(config.DATA_DIR);
      config.DATABASE_URL = postgres.url;
    }
    await migrate(config.DATABASE_URL!);
    app = await createApp(config);
    const owner = await ensureOwner(app.get(Database), config, app.get(Clock));
    if (owner) await app.get(ChannelsService).connectFirstWebchat(owner.workspaceId);
    await app.listen(config.PORT, config.HOST);
    announce(config, await app.getUrl(), Date.now() - started, owner);
  } catch (error) {
    await postgres?.stop();
    release?.();
    throw error;
  }
}

function announce(config: Config, url: string, ms: number, owner: FirstOwner | null): void {
  const lines = [
    `Pasokh is ready at ${url.replace('[::1]', 'localhost')} (${(ms / 1000).toFixed(1)} s, role ${config.ROLE})`,
  ];
  if (config.embedded)
    lines.push(`  data: ${config.DATA_DIR} (embedded Postgres; secrets are kept there too: back it up as a whole)`);
  if (owner) {
    lines.push(`  first owner: ${owner.email}`);
    if (owner.generatedPassword) lines.push(`  password:    ${owner.generatedPassword}   (shown only now)`);
    lines.push(`  write as a visitor of a site: ${url.replace('[::1]', 'localhost')}/widget/demo`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error: unknown) => {
  console.error(error instanceof DomainError ? error.message : error);
  process.exit(1);
});
