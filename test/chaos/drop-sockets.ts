import { sleep } from '../support/post-bytes';
import { AgentClient, checkClients } from './agent-client';
import { checkWords } from './checker';
import { between, type Scenario } from './scenario';
import { Sender, type Word, words } from './traffic';
import { World } from './world';

const TICK_MS = 20;
const CONVERGE_MS = 10_000;
const EVENTS_PER_WORD = 1.3; // a word is a message.received; the first of a thread also opens conversation and ticket

/** Test 24: hundreds of agents whose connections break all the time, under a steady stream of events for many rooms. */
export const dropSockets: Scenario = {
  name: 'drop-sockets',
  test: 24,
  about: 'agents whose sockets drop under a stream of events',
  run: ({ random, cut, say }) =>
    World.with({}, async (world) => {
      const [clients, rate, seconds] = cut ? [60, 100, 25] : [500, 300, 600];
      const { workspaceId } = world.owner;
      const teams: string[] = [];
      for (let i = 0; i < Math.ceil(clients / 20); i++) teams.push(await world.seeder.team(workspaceId, `Team ${i}`));
      await world.metaChannels(teams[0]);
      const foreign = await world.seeder.workspace('elsewhere');
      const screens: AgentClient[] = [];
      for (let i = 0; i < clients; i++) {
        const lead = i % 50 === 0;
        const away = i % 30 === 7;
        const agent = away
          ? await world.seeder.agent(foreign, 'agent')
          : await world.seeder.agent(workspaceId, lead ? 'lead' : 'agent', lead ? [] : [teams[i % teams.length]!]);
        screens.push(new AgentClient(agent, () => world.app.url));
      }
      for (let i = 0; i < screens.length; i += 25)
        await Promise.all(screens.slice(i, i + 25).map((screen) => screen.start()));
      say(`${clients} clients live`);

      const sender = new Sender(() => world.app.url, 64);
      const items: Word[] = [];
      const under = new Set<Promise<unknown>>();
      let owed = 0;
      const traffic = setInterval(() => {
        owed += (rate * TICK_MS) / 1000 / EVENTS_PER_WORD;
        const fresh = words(Math.floor(owed), 400, random, items.length);
        owed -= fresh.length;
        items.push(...fresh);
        for (const item of fresh) {
          const sending: Promise<void> = sender.untilAcked(item, 30_000).then(() => void under.delete(sending));
          under.add(sending);
        }
      }, TICK_MS);
      const moving = moveTickets(world, teams, random);
      let drops = 0;
      const end = Date.now() + seconds * 1000;
      const howlong = cut ? 4_000 : 60_000;
      try {
        while (Date.now() < end) {
          await sleep(between(random, 5, cut ? 250 : 60));
          const screen = screens[between(random, 0, screens.length - 1)]!;
          const how = (['reset', 'close', 'freeze'] as const)[between(random, 0, 2)]!;
          if (screen.live) drops += 1;
          screen.drop(how, between(random, 100, howlong));
        }
      } finally {
        clearInterval(traffic);
        moving.stop();
      }
      await Promise.all(under);
      const moved = await moving.done;
      const settledMs = await world.untilSettled(30_000);
      await sleep(howlong); // the last frozen connection is cut by now, and its agent back
      for (const screen of screens) while (!screen.live) await sleep(20);
      const { broken, ms } = await checkClients(world, screens, CONVERGE_MS);
      const heard = screens.reduce((sum, screen) => sum + screen.heard.length, 0);
      screens.forEach((screen) => screen.close());
      sender.close();
      const [head] = await world.query<{ position: string }>(
        `SELECT position FROM event_heads WHERE workspace_id = $1`,
        [workspaceId],
      );
      return {
        broken: [
          ...broken,
          ...(heard === 0 ? ['no client heard anything'] : []),
          ...(settledMs === null ? ['events were still waiting after half a minute'] : []),
          ...(await checkWords(world, items)),
        ],
        facts: {
          clients,
          drops,
          reconnects: screens.reduce((sum, screen) => sum + screen.connects, 0) - clients,
          events: Number(head?.position ?? 0),
          moved,
          deliveries: heard,
          convergedMs: ms,
        },
      };
    }),
};

/** Keeps moving tickets between teams, so that every team's room hears something. */
function moveTickets(world: World, teams: readonly string[], random: () => number) {
  let wanted = true;
  let moved = 0;
  const done = (async () => {
    while (wanted) {
      const { items } = await world.api.get<{ items: { id: string }[] }>(`/tickets?view=all&sort=recent&limit=50`);
      for (const { id } of items.slice(0, 10)) {
        const teamId = teams[between(random, 0, teams.length - 1)]!;
        const answer = await world.api.request('PUT', `/tickets/${id}/team`, { teamId });
        if (answer.status === 200) moved += 1;
      }
      await sleep(100);
    }
    return moved;
  })();
  return { stop: () => (wanted = false), done };
}
