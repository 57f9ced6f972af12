import { EventReader } from '../src/outbox/event-reader';
import { SLA_SUBSCRIBER } from '../src/sla/sla.names';
import { CLOCK_EVENTS, SlaSubscriber } from '../src/sla/sla.subscriber';
import type { startInboxNode, World } from './inbox-node';

export type Node = Awaited<ReturnType<typeof startInboxNode>>;

/** A clock as `GET /tickets/:id/sla` tells it. */
export interface ClockJson {
  id: string;
  kind: string;
  policy: { id: string; name: string };
  startedAt: string;
  targetMs: number;
  dueAt: string;
  metAt: string | null;
  breached: boolean;
  cancelledAt: string | null;
  endedWhy: string | null;
  pausedSince: string | null;
  remainingMs: number | null;
  explanation: {
    from: string;
    to: string;
    counted: boolean;
    why: string;
    holiday?: { name: { fa: string; en: string } };
  }[];
  moves: { why: string; from: string | null; to: string | null }[];
  text: { fa: string; en: string };
}

/** Hands the subscriber what it has not seen, `batch` events at a time, moving its bookmark as the outbox does. */
export async function catchUp(node: Node, world: World, batch = 200, most = Infinity): Promise<void> {
  const types = new Set<string>(CLOCK_EVENTS);
  for (let done = 0; done < most; done += batch) {
    const more = await node.database.transaction('system', async (tx) => {
      const [cursor] = await tx.query<{ position: string }>(
        'SELECT position FROM event_cursors WHERE subscriber = $1 AND workspace_id = $2',
        [SLA_SUBSCRIBER, world.id],
      );
      const events = await node.app.get(EventReader).read(tx, world.id, Number(cursor?.position ?? 0), batch);
      if (events.length === 0) return false;
      const wanted = events.filter((e) => types.has(e.type));
      if (wanted.length > 0) await node.app.get(SlaSubscriber).handle(tx, wanted);
      await tx.execute(
        `INSERT INTO event_cursors (subscriber, workspace_id, position) VALUES ($1, $2, $3)
         ON CONFLICT (subscriber, workspace_id) DO UPDATE SET position = excluded.position`,
        [SLA_SUBSCRIBER, world.id, events.at(-1)!.position],
      );
      return true;
    });
    if (!more) return;
  }
}

export const clocksOf = async (node: Node, agentId: string, ticketId: string): Promise<ClockJson[]> =>
  ((await node.http(agentId, 'GET', `/tickets/${ticketId}/sla`)).body as { clocks: ClockJson[] }).clocks;
