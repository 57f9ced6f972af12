import 'reflect-metadata';
import { loadConfig } from '../platform/config';
import { holdDataDir, startEmbeddedPostgres } from '../platform/embedded-postgres';
import { migrate } from '../platform/migrations';

const HELP = `npm run migrate

Brings the schema of DATABASE_URL (or of the embedded Postgres) up to date and says what ran.
Safe to run while an older version is working and from several machines at once.
`;

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(HELP);
    return;
  }
  const config = loadConfig(process.env);
  const release = config.embedded ? holdDataDir(config.DATA_DIR) : undefined;
  const postgres = config.embedded ? await startEmbeddedPostgres(config.DATA_DIR) : undefined;
  try {
    const ran = await migrate(postgres?.url ?? config.DATABASE_URL!);
    process.stdout.write(
      ran.length > 0 ? `${ran.map((name) => `ran ${name}`).join('\n')}\n` : 'The schema is up to date.\n',
    );
  } finally {
    await postgres?.stop();
    release?.();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
