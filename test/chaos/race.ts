import { checkWords } from './checker';
import { type Scenario, some } from './scenario';
import { percentile, Sender, words } from './traffic';
import { World } from './world';

const AT_ONCE = 50;

/** Test 6: one event fifty times at the same moment, on two nodes. */
export const race: Scenario = {
  name: 'redelivery-race',
  test: 6,
  about: 'the same event 50 times at once on two nodes',
  run: ({ random, cut }) =>
    World.with({ nodes: [{}, {}] }, async (world) => {
      const rounds = cut ? 20 : 200;
      await world.metaChannels();
      let turn = 0;
      const sender = new Sender(() => world.nodes[turn++ % world.nodes.length]!.url, AT_ONCE);
      const items = words(rounds, 20, random);
      const refused: string[] = [];
      for (const item of items) {
        const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => sender.once(item)));
        const no = answers.filter((acked) => !acked).length;
        if (no > 0) refused.push(`round ${item.n}: ${no} of ${AT_ONCE} were not acknowledged`);
      }
      const settledMs = await world.untilSettled(30_000);
      sender.close();
      return {
        broken: [
          ...some(refused),
          ...(settledMs === null ? ['events were still waiting after half a minute'] : []),
          ...(await checkWords(world, items)),
        ],
        facts: {
          rounds,
          requests: rounds * AT_ONCE,
          p50Ms: Math.round(percentile(sender.times, 0.5)),
          p99Ms: Math.round(percentile(sender.times, 0.99)),
        },
      };
    }),
};
