import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module';
import { FaqService } from '../bot/faq.service';
import { ChannelsService } from '../channels/channels.service';
import { AgentEntity } from '../identity/agent.entity';
import { AgentsService } from '../identity/agents.service';
import { ensureOwner } from '../identity/first-start';
import { permissionsOf, type Principal } from '../identity/principal';
import { WorkspaceService } from '../identity/workspace.service';
import { Clock } from '../platform/clock';
import { Config, loadConfig } from '../platform/config';
import { Database } from '../platform/database';
import { holdDataDir, startEmbeddedPostgres } from '../platform/embedded-postgres';
import { migrate } from '../platform/migrations';
import { openDesk } from './open-desk';
import { SAMPLE_AGENTS, SAMPLE_ARTICLES, SAMPLE_TEAMS } from './sample-shop';
import { everything, serviceDesk } from './service-desk';

const HELP = `npm run seed

Fills the installation (DATABASE_URL, or the embedded Postgres in DATA_DIR) with a small cast to try things with: two
teams, ${SAMPLE_AGENTS.length} agents with their skills, ${SAMPLE_ARTICLES.length} FAQ articles in Persian and English and a web chat; an Iranian calendar,
SLA policies, queues, rules, macros, canned replies and a survey. What is there already is left as it is, so it may run as
often as you like. Prints the logins; a password is shown only when its agent is made.

With the embedded Postgres, stop the product first.
`;
const WEBCHAT = 'گفتگوی سایت';
const PAGE = 100;

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(HELP);
    return;
  }
  const config = loadConfig({ ...process.env, ROLE: 'web', LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn' });
  const release = config.embedded ? holdDataDir(config.DATA_DIR) : undefined;
  const postgres = config.embedded ? await startEmbeddedPostgres(config.DATA_DIR) : undefined;
  let app: INestApplicationContext | undefined;
  try {
    config.DATABASE_URL ??= postgres?.url;
    await migrate(config.DATABASE_URL!);
    app = await NestFactory.createApplicationContext(AppModule.forRoot(config), {
      logger: ['error', 'warn'],
      abortOnError: false,
    });
    process.stdout.write(`${(await seed(app)).join('\n')}\n`);
  } finally {
    await app?.close();
    await postgres?.stop();
    release?.();
  }
}

/** @returns what to tell the person */
async function seed(app: INestApplicationContext): Promise<string[]> {
  const made = await ensureOwner(app.get(Database), app.get(Config), app.get(Clock));
  const owner = await ownerOf(app.get(Database));
  const teams = await seedTeams(app.get(WorkspaceService), owner);
  const { logins, ids } = await seedAgents(app.get(AgentsService), owner, teams);
  const added = await openDesk(serviceDesk(app, owner), teams, ids);
  const articles = await seedArticles(app.get(FaqService), owner);
  const webchat = await seedWebchat(app.get(ChannelsService), owner, teams.get(SAMPLE_TEAMS[0]!.name)!);
  return [
    'Logins (password, shown only now):',
    `  ${owner.email.padEnd(24)} ${made?.generatedPassword ?? '(kept)'}`,
    ...logins.map(({ email, password }) => `  ${email.padEnd(24)} ${password ?? '(kept)'}`),
    `FAQ articles: ${articles} added, ${SAMPLE_ARTICLES.length - articles} were there.`,
    ...Object.entries(added).map(([kind, count]) => `${kind}: ${count} added`),
    `Web chat to try: /widget/demo?inbox=${webchat}`,
  ];
}

/** The seed acts as the first owner, so that the audit log says so. */
function ownerOf(database: Database): Promise<Principal> {
  return database.transaction('system', async (tx) => {
    const [row] = await tx.entities.find(AgentEntity, { where: { role: 'owner' }, order: { id: 'ASC' }, take: 1 });
    if (!row) throw new Error('This installation has no owner.');
    const { workspaceId, id: agentId, role, name, email, locale } = row;
    return {
      workspaceId,
      agentId,
      role,
      teamIds: [],
      permissions: permissionsOf(role),
      name,
      email,
      locale,
      via: 'token',
    };
  });
}

async function seedTeams(workspace: WorkspaceService, owner: Principal): Promise<Map<string, string>> {
  const known = await everything((cursor) => workspace.teams(owner, cursor, PAGE));
  const ids = new Map(known.map(({ team }) => [team.name, team.id]));
  for (const { name, assignment } of SAMPLE_TEAMS) {
    if (!ids.has(name)) ids.set(name, (await workspace.createTeam(owner, name, assignment)).team.id);
  }
  return ids;
}

async function seedAgents(agents: AgentsService, owner: Principal, teams: ReadonlyMap<string, string>) {
  const known = await everything((cursor) => agents.list(owner, cursor, PAGE));
  const ids = new Map(known.map(({ email, id }) => [email, id]));
  const logins: { email: string; password: string | null }[] = [];
  for (const { teams: names, ...agent } of SAMPLE_AGENTS) {
    const teamIds = names.map((name) => teams.get(name)!);
    const made = ids.has(agent.email) ? null : await agents.create(owner, { ...agent, teamIds });
    if (made) ids.set(agent.email, made.agent.id);
    logins.push({ email: agent.email, password: made?.password ?? null });
  }
  return { logins, ids };
}

async function seedArticles(faq: FaqService, owner: Principal): Promise<number> {
  const known = new Set(
    (await everything((cursor) => faq.list(owner, { cursor, limit: PAGE }))).map(({ title }) => title),
  );
  const missing = SAMPLE_ARTICLES.filter(({ title }) => !known.has(title));
  for (const { phrasings, ...article } of missing) await faq.create(owner, { ...article, phrasings: [...phrasings] });
  return missing.length;
}

async function seedWebchat(channels: ChannelsService, owner: Principal, teamId: string): Promise<string> {
  const known = await everything((cursor) => channels.list(owner, cursor, PAGE));
  const webchat = known.find(({ kind, name }) => kind === 'webchat' && name === WEBCHAT);
  return (webchat ?? (await channels.create(owner, { kind: 'webchat', name: WEBCHAT, teamId }))).externalId;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
