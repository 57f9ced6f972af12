import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SAMPLE_AGENTS, SAMPLE_ARTICLES, SAMPLE_TEAMS } from '../../src/cli/sample-shop';
import { cloneDatabase } from '../database';
import { ApiClient, OWNER, startApp } from '../harness';

const SEED = join(__dirname, '..', '..', 'dist', 'src', 'cli', 'seed.js');

/** `npm test` has built it. */
async function seed(databaseUrl: string): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEY: 'a'.repeat(64),
    SESSION_SECRET: 'a secret of the tests, long enough',
    ADMIN_EMAIL: OWNER.email,
    ADMIN_PASSWORD: OWNER.password,
  };
  return (await promisify(execFile)(process.execPath, [SEED], { env })).stdout;
}

describe('the seed', () => {
  let databaseUrl: string;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    ({ url: databaseUrl, drop } = await cloneDatabase('template1')); // the seed migrates by itself
  });
  afterAll(() => drop?.());

  it('fills an installation, whose people can sign in, and changes nothing the second time', async () => {
    const first = await seed(databaseUrl);
    const [sara] = SAMPLE_AGENTS;
    const password = new RegExp(`${sara!.email}\\s+(\\S+)`).exec(first)![1]!;
    const second = await seed(databaseUrl);
    expect(second).toMatch(new RegExp(`${sara!.email}\\s+\\(kept\\)`));
    expect(second).toContain('FAQ articles: 0 added');

    const app = await startApp({ databaseUrl });
    try {
      const api = await ApiClient.signIn(app.url, sara!.email, password);
      const count = async (path: string) => (await api.get<{ items: unknown[] }>(`${path}?limit=200`)).items.length;
      expect(await count('/faq-articles')).toBe(SAMPLE_ARTICLES.length);
      expect(await count('/teams')).toBe(SAMPLE_TEAMS.length + 1); // and Support, of the first start
      expect(await count('/agents')).toBe(SAMPLE_AGENTS.length + 1);
      expect(await count('/channels')).toBe(1);
    } finally {
      await app.close();
    }
  });
});
