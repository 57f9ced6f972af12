import { readFileSync } from 'node:fs';
import { canonicalDump, isSettled } from '../replay/canonical';
import { connectAccounts, replay, SAMPLE_SECRETS } from '../replay/replay-samples';
import { readSamples, RECORDINGS, type Sample } from '../replay/samples';
import { eventually, startApp } from '../harness';

const { samples, leftOut } = readSamples(RECORDINGS);

/** X speaks of the same posts and messages in two products, with other words each; nobody subscribes to both. */
const isOfOlderX = ({ file }: Sample) => file.includes('/aaa_');

/**
 * The customer's first word on WhatsApp names both of their ids, so what names one of them finds the same thread. When
 * two threads were begun by then, one under each id, they stay two.
 */
const isFirstWord = ({ file }: Sample) => file.endsWith('/whatsapp/__fixtures__/text.json');

/** A fresh installation of two nodes that has been sent samples. */
async function afterReplay(
  sent: readonly Sample[],
  how: { times: number; shuffle: boolean; seed?: number; concurrency?: number },
) {
  const one = await startApp();
  const two = await startApp({ databaseUrl: one.databaseUrl });
  try {
    const began = new Date();
    const where = await connectAccounts(one.owner, sent, SAMPLE_SECRETS);
    const target = { url: [one.url, two.url], secrets: SAMPLE_SECRETS, ...where };
    await replay({ ...target, samples: sent.filter(isFirstWord) });
    await eventually(() => isSettled(one.databaseUrl), 30_000);
    const result = await replay({ ...target, samples: sent, ...how });
    await eventually(() => isSettled(one.databaseUrl), 30_000);
    return { result, dump: await canonicalDump(one.databaseUrl, began) };
  } finally {
    await two.close();
    await one.close();
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

describe.each([
  ['every network', samples.filter((s) => !isOfOlderX(s)), 80],
  ['the older product of X', samples.filter(isOfOlderX), 3],
])('replaying %s over two nodes', (_, sent, leastMessages) => {
  let inOrder: Awaited<ReturnType<typeof afterReplay>>;
  beforeAll(async () => {
    inOrder = await afterReplay(sent, { times: 1, shuffle: false });
  }, 60_000);

  it('has every sample accepted and kept', () => {
    expect(inOrder.result).toMatchObject({ notAccepted: [], skipped: [] });
    expect(inOrder.dump['messages']!.length).toBeGreaterThanOrEqual(leastMessages);
    expect(inOrder.dump['ledger']!.filter((line) => /"state": "(received|failed)"/.test(line))).toEqual([]);
  });

  it('leaves the same database when everything comes three times', async () => {
    const { dump } = await afterReplay(sent, { times: 3, shuffle: false });
    expect(dump).toEqual(inOrder.dump);
  }, 60_000);

  it.each([1, 2, 3, 4])(
    'leaves the same database when everything comes three times and shuffled, seed %i',
    async (seed) => {
      const { dump } = await afterReplay(sent, { times: 3, shuffle: true, seed, concurrency: 4 });
      expect(dump).toEqual(inOrder.dump);
    },
    60_000,
  );
});
