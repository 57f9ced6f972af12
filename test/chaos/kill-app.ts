import { shuffled } from '../simulators/meta/faults';
import { sleep } from '../support/post-bytes';
import { AgentClient, checkClients } from './agent-client';
import { checkWords } from './checker';
import { between, type Scenario } from './scenario';
import { Sender, words } from './traffic';
import { World } from './world';

const SENDERS = 24;
const CONVERGE_MS = 5_000;

/** Test 1: kill -9 of the only node, again and again, under webhooks that come one to four times in any order. */
export const killApp: Scenario = {
  name: 'kill-app',
  test: 1,
  about: 'kill -9 the app under webhooks with redeliveries',
  run: ({ random, cut, say }) =>
    World.with({}, async (world) => {
      const [unique, kills] = cut ? [1_000, 5] : [5_000, 20];
      const teamId = await world.seeder.team(world.owner.workspaceId, 'Care');
      await world.metaChannels(teamId);
      const people = [world.owner];
      for (let i = 0; i < 5; i++) people.push(await world.seeder.agent(world.owner.workspaceId, 'agent', [teamId]));
      const clients = people.map((agent) => new AgentClient(agent, () => world.app.url));
      await Promise.all(clients.map((client) => client.start()));

      const items = words(unique, 150, random);
      const copies = items.flatMap((item) => Array.from({ length: between(random, 1, 4) }, () => item));
      const queue = shuffled(copies, random);
      const sender = new Sender(() => world.app.url, SENDERS);
      let next = 0;
      let gaveUp = 0;
      const work = Array.from({ length: SENDERS }, async () => {
        for (let item = queue[next++]; item; item = queue[next++])
          if (!(await sender.untilAcked(item, 120_000))) gaveUp += 1;
      });
      const killAt = Array.from({ length: kills }, (_, i) =>
        Math.floor((queue.length * (i + 0.3 + random() * 0.5)) / kills),
      );
      const killing = (async () => {
        for (const [i, at] of killAt.entries()) {
          while (sender.acked < at && next < queue.length + SENDERS) await sleep(5);
          await sleep(between(random, 0, 40));
          await world.app.kill();
          say(`kill ${i + 1} of ${kills} after ${sender.acked} acknowledgements`);
          await world.app.up();
        }
      })();
      await Promise.all([...work, killing]);
      const settledMs = await world.untilSettled(60_000);
      const { broken, ms } = await checkClients(world, clients, CONVERGE_MS);
      clients.forEach((client) => client.close());
      sender.close();
      return {
        broken: [
          ...(settledMs === null ? ['events were still waiting a minute after the last kill'] : []),
          ...(gaveUp > 0 ? [`${gaveUp} deliveries were not acknowledged within two minutes`] : []),
          ...broken,
          ...(await checkWords(world, items)),
        ],
        facts: {
          unique,
          sent: queue.length,
          kills,
          acknowledged: sender.acked,
          notAnswered: sender.statuses['0'] ?? 0,
          settledMs: settledMs ?? -1,
          clientsConvergedMs: ms,
          clientConnects: clients.reduce((sum, client) => sum + client.connects, 0),
        },
      };
    }),
};
