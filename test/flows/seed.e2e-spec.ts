import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  SAMPLE_CALENDARS,
  SAMPLE_FIELDS,
  SAMPLE_MACROS,
  SAMPLE_POLICIES,
  SAMPLE_QUEUES,
  SAMPLE_REPLIES,
  SAMPLE_RULES,
  SAMPLE_SKILLS,
} from '../../src/cli/sample-desk';
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
    expect(second.match(/: 0 added$/gm)).toHaveLength(7);
    expect(second).not.toMatch(/: [1-9]\d* added/);

    const app = await startApp({ databaseUrl });
    try {
      const api = await ApiClient.signIn(app.url, sara!.email, password);
      const count = async (path: string) => (await api.get<{ items: unknown[] }>(`${path}?limit=200`)).items.length;
      expect(await count('/faq-articles')).toBe(SAMPLE_ARTICLES.length);
      expect(await count('/teams')).toBe(SAMPLE_TEAMS.length + 1); // and Support, of the first start
      expect(await count('/agents')).toBe(SAMPLE_AGENTS.length + 1);
      expect(await count('/channels')).toBe(1);
      expect(await count('/calendars')).toBe(SAMPLE_CALENDARS.length);
      expect(await count('/rules')).toBe(SAMPLE_RULES.length);
      expect(await count('/macros')).toBe(SAMPLE_MACROS.length);
      expect(await count('/canned-replies')).toBe(SAMPLE_REPLIES.length);
      expect(await count('/ticket-fields')).toBe(SAMPLE_FIELDS.length);
      const policies = await api.get<{ items: { name: string }[] }>('/sla-policies');
      expect(policies.items.map(({ name }) => name)).toEqual(
        expect.arrayContaining(SAMPLE_POLICIES.map(({ name }) => name)),
      );
      const queues = await api.get<{ items: { name: string | null }[] }>('/queues');
      expect(queues.items.flatMap(({ name }) => name ?? []).sort()).toEqual(
        SAMPLE_QUEUES.map(({ name }) => name).sort(),
      );
      expect(await api.get('/routing/settings')).toMatchObject({ vipTiers: ['vip', 'gold'] });
      const owner = await ApiClient.signIn(app.url, OWNER.email, OWNER.password);
      expect(await owner.get('/surveys/settings')).toMatchObject({ items: [{ enabled: true, kind: 'csat' }] });
      const { items } = await api.get<{ items: { id: string; email: string }[] }>('/agents?limit=200');
      for (const { id, email } of items.filter((each) => each.email.endsWith('@sibsorkh.test'))) {
        const { skills } = await api.get<{ skills: object }>(`/agents/${id}/skills`);
        expect(skills).toEqual(SAMPLE_SKILLS[email.split('@')[0]!]);
      }
    } finally {
      await app.close();
    }
  });
});
