import { answered, at, type IntakeWorld, orders, said, startIntakeWorld } from '../intake-world';
import { eventually, startApp, type TestApp } from '../harness';
import { isSettled } from '../replay/canonical';
import type { InboundEvent } from '../../src/inbox/conversations/inbound-event';

let w: IntakeWorld;
let worker: TestApp;
beforeAll(async () => {
  w = await startIntakeWorld();
  worker = await startApp({ databaseUrl: w.t.databaseUrl });
}, 120_000);
afterAll(async () => {
  await worker.close();
  await w.t.close();
});

interface Left {
  waiting_since: Date | null;
  first_responded_at: Date | null;
  clocks: { kind: string; from: string; met: string | null }[];
}

/** What each of these tellings, one event at a time, leaves of one person's ticket. */
async function leftBy(tellings: readonly (readonly InboundEvent[])[], inOneBatch = false): Promise<Left[]> {
  const worlds: IntakeWorld[] = [];
  for (const events of tellings) {
    const world = await w.aside();
    worlds.push(world);
    if (inOneBatch) await world.take(events);
    else await world.tell(...events);
  }
  // a reader that has not begun yet has no bookmark to be behind with: then tickets have no clocks
  await eventually(async () => {
    const unread = await w.rows(
      'SELECT 1 FROM tickets t WHERE NOT EXISTS (SELECT FROM sla_clocks c WHERE c.ticket_id = t.id) AND t.channel_id <> $1',
    );
    return unread.length === 0 && (await isSettled(w.t.databaseUrl));
  }, 60_000);
  return Promise.all(
    worlds.map(async (world) => {
      const [ticket, ...more] = await world.rows<Left>(
        `SELECT t.waiting_since, t.first_responded_at, (
           SELECT jsonb_agg(jsonb_build_object('kind', c.kind, 'from', c.started_at, 'met', c.met_at) ORDER BY c.started_at)
           FROM sla_clocks c WHERE c.workspace_id = t.workspace_id AND c.ticket_id = t.id
             AND c.ended_why IS DISTINCT FROM 'taken_back') AS clocks
         FROM tickets t WHERE t.channel_id = $1`,
      );
      expect(more).toEqual([]);
      return ticket!;
    }),
  );
}

const minute = (n: number) => at(n).replace('.000Z', '+00:00');
const first = said('c1', 'u1', 'first', { occurredAt: at(1) });
const second = said('c2', 'u1', 'second', { occurredAt: at(2) });
const answer = answered('a', 'u1', 'answer', { occurredAt: at(3) });
const third = said('c3', 'u1', 'third', { occurredAt: at(5) });

describe('however words of the customer and of another tool come', () => {
  const story = [first, second, answer, third];
  const expected: Left = {
    waiting_since: new Date(at(5)),
    first_responded_at: new Date(at(3)),
    clocks: [
      { kind: 'first_response', from: minute(1), met: minute(3) },
      { kind: 'next_response', from: minute(5), met: null },
    ],
  };

  it.each([
    ['one by one', false],
    ['in one batch', true],
  ])(
    'the clocks are those of what was written, %s',
    async (_, inOneBatch) => {
      const all = orders(story);
      for (const [i, left] of (await leftBy(all, inOneBatch)).entries())
        expect({ order: i, left }).toEqual({ order: i, left: expected });
    },
    120_000,
  );

  it('within one instant a question is before its answer', async () => {
    const once = answered('a', 'u1', 'answer', { occurredAt: at(1) });
    for (const left of await leftBy(orders([first, once])))
      expect(left).toEqual({
        waiting_since: null,
        first_responded_at: new Date(at(1)),
        clocks: [{ kind: 'first_response', from: minute(1), met: minute(1) }],
      });
  }, 60_000);

  it('what was taken back asks for nothing, whether that was known before it or after', async () => {
    const { type: _message, author: _author, ...rest } = first;
    const gone: InboundEvent = { ...rest, type: 'delete', eventKey: 'c1:deleted', occurredAt: at(6), by: 'contact' };
    for (const left of await leftBy(orders([first, third, gone])))
      expect(left).toEqual({
        waiting_since: new Date(at(5)),
        first_responded_at: null,
        clocks: [{ kind: 'first_response', from: minute(5), met: null }],
      });
  }, 60_000);
});
