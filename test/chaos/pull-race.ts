import { givenOnce, replayAssignments } from './assignments';
import { clientOf, openDesk, untilCount, WAITING, write } from './desk';
import { type Scenario, some } from './scenario';
import { World } from './world';

const CAPACITY = 8;

/** Everybody reaches for the next ticket of one queue at once, on two nodes. */
export const pullRace: Scenario = {
  name: 'pull-race',
  test: 31,
  about: 'fifty agents pull from one queue of 500 on two nodes',
  long: true, // the e2e races are its short form
  run: ({ cut, say }) =>
    World.with({ nodes: [{}, {}] }, async (world) => {
      const [people, tickets] = cut ? [20, 200] : [50, 500];
      const desk = await openDesk(world, { agents: people, capacity: CAPACITY, assignment: 'pull' });
      const broken: string[] = [];
      if (!(await write(world, tickets, 0, () => world.app.url))) broken.push('not every message was acknowledged');
      if ((await untilCount(world, WAITING, [desk.teamId], tickets, 60_000)) === null)
        broken.push(`not all of ${tickets} tickets came into the queue`);
      say(`${tickets} tickets wait`);
      const refusals: Record<string, number> = {};
      const wrong: string[] = [];
      const started = performance.now();
      let pulls = 0;
      await Promise.all(
        desk.agents.map(async (agent, n) => {
          const api = clientOf(world.nodes[n % 2]!.url, agent);
          for (let more = true; more;) {
            const answer = await api.request<{ id: string; error?: { code: string } } | null>('POST', '/tickets/next');
            pulls += 1;
            if (answer.status === 200 && answer.body === null)
              more = false; // nothing waits any more
            else if (answer.body?.error?.code === 'capacity_full') {
              refusals['capacity_full'] = (refusals['capacity_full'] ?? 0) + 1;
              const { items } = await api.get<{ items: { id: string }[] }>(
                '/tickets?view=mine&status=new,open&limit=3',
              );
              for (const { id } of items) await api.ok('PUT', `/tickets/${id}/status`, { status: 'solved' });
            } else if (answer.status !== 200) {
              wrong.push(`${answer.status} ${JSON.stringify(answer.body)}`);
              more = wrong.length < 50;
            }
          }
        }),
      );
      const seconds = (performance.now() - started) / 1000;
      broken.push(...some(wrong));
      if ((await untilCount(world, WAITING, [desk.teamId], 0, 5_000)) === null)
        broken.push('somebody was told that nothing waits while tickets waited');
      if ((await world.untilSettled(60_000)) === null) broken.push('events were still waiting after a minute');
      const replay = await replayAssignments(world);
      broken.push(...replay.broken, ...givenOnce(replay.given, tickets));
      return {
        broken,
        facts: {
          agents: people,
          tickets,
          pulls,
          full: refusals['capacity_full'] ?? 0,
          perSecond: Math.round(pulls / seconds),
        },
      };
    }),
};
