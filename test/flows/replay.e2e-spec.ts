import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalDump, isSettled } from '../replay/canonical';
import { connectAccounts, replay, SAMPLE_SECRETS } from '../replay/replay-samples';
import { readSamples, RECORDINGS } from '../replay/samples';
import { eventually, startApp } from '../harness';

const { samples, leftOut } = readSamples(RECORDINGS);

/** A fresh installation that has been sent every sample. */
async function afterReplay(how: { times: number; shuffle: boolean; seed?: number; concurrency?: number }) {
  const t = await startApp();
  try {
    const where = await connectAccounts(t.owner, samples, SAMPLE_SECRETS);
    const result = await replay({ url: t.url, samples, secrets: SAMPLE_SECRETS, ...where, ...how });
    await eventually(() => isSettled(t.databaseUrl), 20_000);
    return { result, dump: await canonicalDump(t.databaseUrl) };
  } finally {
    await t.close();
  }
}

describe('replaying recorded webhooks', () => {
  let inOrder: Awaited<ReturnType<typeof afterReplay>>;
  beforeAll(async () => {
    inOrder = await afterReplay({ times: 1, shuffle: false });
  });

  it('writes the bytes the networks write', () => {
    const laidOut = samples.filter((s) => s.network === 'meta' && s.file.endsWith('page_comment_added.json'));
    expect(laidOut).toHaveLength(1);
    const exact = readFileSync(laidOut[0]!.file.replace(/\.json$/, '.wire.txt'));
    expect(laidOut[0]!.bytes.equals(exact)).toBe(true);
  });

  it('knows what is no webhook', () => {
    expect(leftOut.map((file) => file.split('/').at(-1))).toContain('error_token_expired.json');
    expect(leftOut.filter((file) => file.startsWith(join(__dirname, '..', 'replay')))).toEqual([]);
  });

  it('has every sample accepted and kept', () => {
    expect(inOrder.result).toMatchObject({ notAccepted: [], skipped: [] });
    expect(new Set(samples.map((s) => s.network)).size).toBe(4);
    expect(inOrder.dump['messages']!.length).toBeGreaterThan(25);
    expect(inOrder.dump['ledger']!.filter((line) => /"state": "(received|failed)"/.test(line))).toEqual([]);
  });

  it('leaves the same database when everything comes twice', async () => {
    const { dump } = await afterReplay({ times: 2, shuffle: false });
    expect(dump).toEqual(inOrder.dump);
  });

  it.each([1, 2, 3, 4])('leaves the same database when everything comes twice and shuffled, seed %i', async (seed) => {
    const { dump } = await afterReplay({ times: 2, shuffle: true, seed, concurrency: 4 });
    expect(dump).toEqual(inOrder.dump);
  });
});
