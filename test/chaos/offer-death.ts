import { replayAssignments } from './assignments';
import { openDesk, untilCount, write } from './desk';
import { type Scenario, some } from './scenario';
import { World } from './world';

const OFFERS = 50;
const ACCEPT_SECONDS = 5;
const AGAIN_MS = 10_000;

const OFFERED = `SELECT count(*)::int AS n FROM tickets WHERE team_id = $1 AND offered_to IS NOT NULL`;
const AGAIN = `SELECT count(DISTINCT ticket_id)::int AS n FROM routing_offers o WHERE o.team_id = $1 AND EXISTS (
  SELECT 1 FROM routing_offers f WHERE f.workspace_id = o.workspace_id AND f.ticket_id = o.ticket_id AND f.how = 'timed_out'
    AND f.offered_at < o.offered_at)`;

/** Test 34: the node that made the offers dies with all of them on screens that nobody answers. */
export const offerDeath: Scenario = {
  name: 'offer-death',
  test: 34,
  about: 'the node that offered 50 tickets is killed; others offer them again',
  run: ({ say }) =>
    World.with({ nodes: [{}, {}] }, async (world) => {
      // twice as many agents as offers: whoever lets one pass is not asked again while another can be
      const desk = await openDesk(world, { agents: 2 * OFFERS, capacity: 1, assignment: 'push' });
      await world.query(
        `INSERT INTO routing_queues (workspace_id, id, team_id, name, accept_seconds) VALUES ($1, gen_random_uuid(), $2, 'All', $3)`,
        [world.owner.workspaceId, desk.teamId, ACCEPT_SECONDS],
      );
      const broken: string[] = [];
      if (!(await write(world, OFFERS, 0, () => world.app.url))) broken.push('not every message was acknowledged');
      if ((await untilCount(world, OFFERED, [desk.teamId], OFFERS, 20_000)) === null)
        broken.push(`not all of ${OFFERS} tickets were offered at once`);
      await world.app.kill();
      say('killed');
      const ms = await untilCount(world, AGAIN, [desk.teamId], OFFERS, ACCEPT_SECONDS * 1_000 + AGAIN_MS + 5_000);
      if (ms === null) broken.push('not every ticket was offered again');
      const slow = await world.query<{ ticket_id: string; late: number }>(
        `SELECT f.ticket_id, (1000 * extract(epoch FROM min(o.offered_at) - f.expires_at))::float8 AS late
         FROM routing_offers f JOIN routing_offers o ON o.workspace_id = f.workspace_id AND o.ticket_id = f.ticket_id
           AND o.offered_at > f.offered_at
         WHERE f.how = 'timed_out' GROUP BY f.ticket_id, f.expires_at`,
      );
      const worst = Math.max(0, ...slow.map((row) => row.late));
      if (worst > AGAIN_MS) broken.push(`a ticket was offered again ${Math.round(worst)} ms after its time was over`);
      const twice = await world.query<{ ticket_id: string }>(
        `SELECT a.ticket_id FROM routing_offers a JOIN routing_offers b ON b.workspace_id = a.workspace_id AND b.ticket_id = a.ticket_id
           AND b.id <> a.id AND a.offered_at <= b.offered_at AND coalesce(a.ended_at, 'infinity') > b.offered_at`,
      );
      broken.push(...some(twice.map((row) => `${row.ticket_id} was on two screens at once`)));
      broken.push(...(await replayAssignments(world)).broken);
      return { broken, facts: { offers: OFFERS, againAfterMs: Math.round(worst) } };
    }),
};
