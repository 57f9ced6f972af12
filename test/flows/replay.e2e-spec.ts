import { readFileSync } from 'node:fs';
import { canonicalDump, isSettled } from '../replay/canonical';
import { connectAccounts, replay, SAMPLE_SECRETS } from '../replay/replay-samples';
import { readSamples, RECORDINGS } from '../replay/samples';
import { cloneDatabase } from '../database';
import { ApiClient, eventually } from '../harness';
import { AppProcess, OWNER } from '../support/app-process';

const { samples, leftOut } = readSamples(RECORDINGS);

/** An installation with every account connected, to be copied; `telegramChannelId` is the same in each copy. */
interface Connected {
  name: string;
  telegramChannelId: string | undefined;
  drop: () => Promise<void>;
}

async function connected(): Promise<Connected> {
  const { url, drop } = await cloneDatabase('template1');
  const app = await AppProcess.start(url);
  try {
    const owner = await ApiClient.signIn(app.url, OWNER.email, OWNER.password);
    const { telegramChannelId } = await connectAccounts(owner, samples, SAMPLE_SECRETS);
    return { name: new URL(url).pathname.slice(1), telegramChannelId, drop };
  } finally {
    await app.kill();
  }
}

/** A copy of it that was sent all samples, by two processes of the operating system that share nothing but the database. */
async function afterReplay(
  { name, telegramChannelId }: Connected,
  how: { times: number; shuffle: boolean; seed?: number; concurrency?: number },
) {
  const { url, drop } = await cloneDatabase(name);
  const nodes = await Promise.all([AppProcess.start(url), AppProcess.start(url)]);
  try {
    expect(new Set([process.pid, ...nodes.map(({ pid }) => pid)]).size).toBe(3);
    const began = new Date();
    const target = { url: nodes.map((node) => node.url), secrets: SAMPLE_SECRETS, telegramChannelId };
    const result = await replay({ ...target, samples, ...how });
    await eventually(() => isSettled(url), 60_000);
    return { result, dump: await canonicalDump(url, began), deaths: nodes.map(({ deaths }) => deaths) };
  } finally {
    await Promise.all(nodes.map((node) => node.kill()));
    await drop();
  }
}

describe('the recorded webhooks', () => {
  it('are written as the networks write them', () => {
    const laidOut = samples.filter((s) => s.network === 'meta' && s.file.endsWith('page_comment_added.json'));
    expect(laidOut).toHaveLength(1);
    const exact = readFileSync(laidOut[0]!.file.replace(/\.json$/, '.wire.txt'));
    expect(laidOut[0]!.bytes.equals(exact)).toBe(true);
  });

  it('are told from what no network posts', () => {
    const names = leftOut.map((file) => file.split('/').at(-1));
    expect(names).toEqual(expect.arrayContaining(['error_token_expired.json', 'rest_mentions_page.json']));
    expect(leftOut.filter((file) => file.includes('/test/replay/'))).toEqual([]);
    expect(new Set(samples.map((s) => s.network)).size).toBe(4);
  });
});

const WITHIN_MS = 300_000; // seconds on a machine of its own

describe('replaying all of them over two processes', () => {
  let fresh: Connected;
  let inOrder: Awaited<ReturnType<typeof afterReplay>>;
  beforeAll(async () => {
    fresh = await connected();
    inOrder = await afterReplay(fresh, { times: 1, shuffle: false });
  }, WITHIN_MS);
  afterAll(() => fresh.drop());

  it('has every sample accepted and kept', () => {
    expect(inOrder.result).toMatchObject({ notAccepted: [], skipped: [] });
    expect(inOrder.deaths).toEqual([0, 0]);
    expect(inOrder.dump['messages']!.length).toBeGreaterThanOrEqual(80);
    expect(inOrder.dump['ledger']!.filter((line) => /"state": "(received|failed)"/.test(line))).toEqual([]);
  });

  it(
    'leaves the same database when everything comes three times',
    async () => {
      const { dump } = await afterReplay(fresh, { times: 3, shuffle: false });
      expect(dump).toEqual(inOrder.dump);
    },
    WITHIN_MS,
  );

  it.each([1, 2, 3, 4])(
    'leaves the same database when everything comes three times and shuffled, seed %i',
    async (seed) => {
      const { dump } = await afterReplay(fresh, { times: 3, shuffle: true, seed, concurrency: 4 });
      expect(dump).toEqual(inOrder.dump);
    },
    WITHIN_MS,
  );
});
