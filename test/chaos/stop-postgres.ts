import { sleep } from '../support/post-bytes';
import { checkWords } from './checker';
import { between, type Scenario } from './scenario';
import { percentile, Sender, type Word, words } from './traffic';
import { World } from './world';

const RATE = 300;
const TICK_MS = 10;
const RECOVER_MS = 10_000;

/** Test 3: `pg_ctl stop -m immediate` under an open load: 503 or nothing, never a false 2xx, and the process stays. */
export const stopPostgres: Scenario = {
  name: 'stop-postgres',
  test: 3,
  about: 'Postgres stopped hard under 300 webhooks a second',
  run: ({ random, cut, say }) =>
    World.with({}, async (world) => {
      const stops = cut ? 2 : 10;
      await world.metaChannels();
      const pid = world.app.pid;
      const sender = new Sender(() => world.app.url, 256);
      const items: Word[] = [];
      const under = new Set<Promise<unknown>>();
      let failed = 0;
      const timer = setInterval(() => {
        const fresh = words((RATE * TICK_MS) / 1000, 100, random, items.length);
        items.push(...fresh);
        for (const item of fresh) {
          const sending: Promise<void> = sender.untilAcked(item, 60_000).then((acked) => {
            if (!acked) failed += 1;
            under.delete(sending);
          });
          under.add(sending);
        }
      }, TICK_MS);
      const recoveries: number[] = [];
      try {
        await sleep(2_000);
        for (let i = 0; i < stops; i++) {
          await sleep(between(random, 300, 1_500));
          await world.postgres.stopHard();
          say(`stop ${i + 1} of ${stops} after ${sender.acked} acknowledgements`);
          await sleep(between(random, 300, 2_000));
          await world.postgres.up();
          recoveries.push(await fullRateAgain(sender));
        }
        await sleep(1_000);
      } finally {
        clearInterval(timer);
      }
      await Promise.all(under);
      const settledMs = await world.untilSettled(60_000);
      sender.close();
      const slow = recoveries.filter((ms) => ms > RECOVER_MS);
      const odd = Object.keys(sender.statuses).filter((status) => !['200', '503', '0'].includes(status));
      return {
        broken: [
          ...(world.app.pid !== pid || world.app.deaths > 0 ? ['the app process ended'] : []),
          ...(slow.length > 0 ? [`full rate only after ${slow.join(', ')} ms (at most ${RECOVER_MS})`] : []),
          ...(failed > 0 ? [`${failed} webhooks were not acknowledged within a minute`] : []),
          ...(odd.length > 0 ? [`answers other than 200 and 503: ${odd.join(', ')}`] : []),
          ...(settledMs === null ? ['events were still waiting a minute after the last stop'] : []),
          ...(await checkWords(world, items)),
        ],
        facts: {
          stops,
          unique: items.length,
          answered503: sender.statuses['503'] ?? 0,
          notAnswered: sender.statuses['0'] ?? 0,
          slowestRecoveryMs: Math.max(...recoveries),
          ackP50Ms: Math.round(percentile(sender.times, 0.5)),
          settledMs: settledMs ?? -1,
        },
      };
    }),
};

/** @returns ms until the end of the first half second in which as many were acknowledged as came in */
async function fullRateAgain(sender: Sender): Promise<number> {
  const started = Date.now();
  for (let before = sender.acked; Date.now() - started < 3 * RECOVER_MS; before = sender.acked) {
    const from = Date.now();
    await sleep(500);
    if (sender.acked - before >= (RATE * (Date.now() - from)) / 1000) return Date.now() - started;
  }
  return Date.now() - started;
}
