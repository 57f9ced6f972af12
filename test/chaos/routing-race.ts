import { fair, givenOnce, replayAssignments } from './assignments';
import { clientOf, HELD, openDesk, untilCount, WAITING, write } from './desk';
import { between, type Scenario } from './scenario';
import { World } from './world';

const NODES = [{}, {}, {}];
const EACH = 5;

/** Test 31: three routers give the same line to the same agents. */
export const routingRace: Scenario = {
  name: 'routing-race',
  test: 31,
  about: 'three nodes route the same line to the same agents',
  long: true, // the e2e races are its short form
  run: ({ random, cut, say }) =>
    World.with({ nodes: NODES }, async (world) => {
      const people = cut ? 40 : 200;
      const desk = await openDesk(world, { agents: people, capacity: 2 * EACH, assignment: 'push' });
      const broken: string[] = [];
      const must = (held: unknown, words: string) => void (held === null || held === false ? broken.push(words) : null);
      let turn = 0;
      const url = () => world.nodes[turn++ % world.nodes.length]!.url;

      const half = people * EACH;
      must(await write(world, half, 0, url), 'not every message was acknowledged');
      const firstMs = await untilCount(world, HELD, [desk.teamId], half, 60_000);
      must(firstMs, `not all of ${half} tickets were given although there was room`);
      broken.push(...fair((await replayAssignments(world)).turns, people));
      say(`${half} tickets given`);

      const spare = Math.floor(people / 2);
      must(await write(world, half + spare, half, url), 'not every message was acknowledged');
      must(await untilCount(world, HELD, [desk.teamId], 2 * half, 60_000), 'room was left while tickets waited');
      say(`all ${people} agents are full, ${spare} tickets wait`);
      const solvers = Array.from({ length: 3 * spare }, () => desk.agents[between(random, 0, people - 1)]!);
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let agent = solvers.pop(); agent; agent = solvers.pop()) {
            const api = clientOf(url(), agent);
            const { items } = await api.get<{ items: { id: string }[] }>('/tickets?view=mine&status=new,open&limit=1');
            if (items[0]) await api.ok('PUT', `/tickets/${items[0].id}/status`, { status: 'solved' });
          }
        }),
      );
      must(await untilCount(world, WAITING, [desk.teamId], 0, 60_000), 'tickets waited although agents had room');
      must(await world.untilSettled(60_000), 'events were still waiting after a minute');
      const replay = await replayAssignments(world);
      broken.push(...replay.broken, ...givenOnce(replay.given, 2 * half + spare));
      return { broken, facts: { agents: people, tickets: 2 * half + spare, firstHalfMs: firstMs ?? -1 } };
    }),
};
