import { Injectable } from '@nestjs/common';
import type { Actor } from '../outbox/domain-event';
import type { Tx } from '../platform/database';

type Named = { id: string; name: string };

/** One step in how a ticket came to whom. */
export interface Assignment {
  position: number;
  at: Date;
  what: 'assigned' | 'offered' | 'offer_ended' | 'queued';
  /** How it was assigned, or how the offer ended. */
  how: string;
  /** Whose it became, or whose screen it was on. */
  agent: Named | null;
  from: Named | null;
  /** Codes and figures; the reader's screen has the words. */
  why: Record<string, unknown>;
  actor: { kind: string; id: string | null; name: string | null };
}

interface Row {
  position: string;
  at: Date;
  type: string;
  actor: Actor;
  data: { from?: string | null; to?: string | null; agentId?: string; how?: string; why?: unknown; reason?: string };
  agent: string | null;
  from: string | null;
  actor_name: string | null;
}

const WHAT: Record<string, Assignment['what']> = {
  'ticket.assigned': 'assigned',
  'ticket.offered': 'offered',
  'ticket.offer_ended': 'offer_ended',
  'ticket.queued': 'queued',
};

/** Why a ticket is where it is, read from what happened. */
@Injectable()
export class ExplainRepository {
  async assignments(
    tx: Tx,
    workspaceId: string,
    ticketId: string,
    after: number,
    limit: number,
  ): Promise<Assignment[]> {
    const name = (id: string) => `(SELECT a.name FROM agents a WHERE a.workspace_id = $1 AND a.id = (${id})::uuid)`;
    // $1 workspace, $2 ticket, $3 position, $4 how many, $5 event types
    const rows = await tx.query<Row>(
      `SELECT e.position, e.at, e.type, e.actor, e.data,
         CASE WHEN e.type <> 'ticket.queued' THEN ${name(`coalesce(e.data->>'agentId', e.data->>'to')`)} END AS agent,
         CASE WHEN e.type = 'ticket.assigned' THEN ${name(`e.data->>'from'`)} END AS "from",
         CASE WHEN e.actor->>'kind' = 'agent' THEN ${name(`e.actor->>'id'`)} END AS actor_name
       FROM domain_events e
       WHERE e.workspace_id = $1 AND e.ticket_id = $2 AND e.position > $3 AND e.type = ANY($5)
       ORDER BY e.position LIMIT $4`,
      [workspaceId, ticketId, after, limit, Object.keys(WHAT)],
      'routing_assignments',
    );
    return rows.map(({ position, at, type, actor, data, agent, from, actor_name: actorName }) => {
      const agentId = type === 'ticket.queued' ? null : (data.agentId ?? data.to ?? null);
      const why = typeof data.why === 'string' ? { reason: data.why } : ((data.why ?? {}) as Record<string, unknown>);
      const queues = type === 'ticket.queued' ? { fromQueueId: data.from, queueId: data.to } : {};
      return {
        position: Number(position),
        at,
        what: WHAT[type]!,
        how: data.how ?? (type === 'ticket.queued' ? 'rules' : 'push'),
        agent: agentId === null ? null : { id: agentId, name: agent ?? '' },
        from: type === 'ticket.assigned' && data.from ? { id: data.from, name: from ?? '' } : null,
        why: { ...why, ...queues, ...(data.reason && { reason: data.reason }) },
        actor: { kind: actor.kind, id: actor.id ?? null, name: actorName },
      };
    });
  }
}
