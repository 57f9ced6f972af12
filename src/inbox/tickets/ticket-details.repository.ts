import { Injectable } from '@nestjs/common';
import type { Actor } from '../../outbox/domain-event';
import type { Tx } from '../../platform/database';
import { uuidv7 } from '../../platform/ids';
import type { Ticket, TicketStatus } from './ticket';

/** Why nobody needs to answer. */
export const DISMISSALS = ['thanks', 'spam', 'noise', 'duplicate', 'other'] as const;
export type Dismissal = (typeof DISMISSALS)[number];

export interface DismissedBefore {
  reason: Dismissal;
  status: TicketStatus;
  assigneeId: string | null;
  resolution: string | null;
  at: Date;
}

const COUNTS = Symbol('tag counts');
const COUNT_ORDER = 0; // counts are hot rows: late, but before the events take the head

/** Tags, followers, dismissals and notes of tickets that the caller holds locked. */
@Injectable()
export class TicketDetailsRepository {
  /** Keeps the rows behind `tickets.tags`, and at the end of the transaction the counts, in the order of the tags. */
  async moveTags(
    tx: Tx,
    ticket: Ticket,
    added: readonly string[],
    removed: readonly string[],
    at: Date,
  ): Promise<void> {
    if (added.length > 0) {
      await tx.execute(
        `INSERT INTO ticket_tags (workspace_id, tag, ticket_id) SELECT $1, tag, $2 FROM unnest($3::text[]) AS u(tag)
         ON CONFLICT DO NOTHING`,
        [ticket.workspaceId, ticket.id, added],
      );
    }
    if (removed.length > 0) {
      await tx.execute('DELETE FROM ticket_tags WHERE workspace_id = $1 AND ticket_id = $2 AND tag = ANY($3)', [
        ticket.workspaceId,
        ticket.id,
        removed,
      ]);
    }
    const counts = this.countsOf(tx, ticket.workspaceId, at);
    counts.push(...added.map((tag) => ({ tag, by: 1 })), ...removed.map((tag) => ({ tag, by: -1 })));
  }

  private countsOf(tx: Tx, workspaceId: string, at: Date): { tag: string; by: number }[] {
    const kept = tx.notes.get(COUNTS) as Map<string, { tag: string; by: number }[]> | undefined;
    const byWorkspace = kept ?? new Map<string, { tag: string; by: number }[]>();
    tx.notes.set(COUNTS, byWorkspace);
    const known = byWorkspace.get(workspaceId);
    if (known) return known;
    const counts: { tag: string; by: number }[] = [];
    byWorkspace.set(workspaceId, counts);
    tx.gathers(counts);
    tx.beforeCommit(COUNT_ORDER, () => this.saveCounts(tx, workspaceId, counts, at));
    return counts;
  }

  private async saveCounts(tx: Tx, workspaceId: string, counts: { tag: string; by: number }[], at: Date) {
    const sums = new Map<string, number>();
    for (const { tag, by } of counts) sums.set(tag, (sums.get(tag) ?? 0) + by);
    const changed = [...sums].filter(([, by]) => by !== 0).toSorted(([a], [b]) => (a < b ? -1 : 1));
    if (changed.length === 0) return;
    // $1 workspace, $2 tags in order, $3 by how many, $4 now
    await tx.execute(
      `INSERT INTO tags AS t (workspace_id, tag, tickets, last_used_at)
       SELECT $1, u.tag, u.by, $4 FROM unnest($2::text[], $3::int[]) AS u(tag, by)
       ON CONFLICT (workspace_id, tag) DO UPDATE SET tickets = t.tickets + excluded.tickets,
         last_used_at = CASE WHEN excluded.tickets > 0 THEN excluded.last_used_at ELSE t.last_used_at END`,
      [workspaceId, changed.map(([tag]) => tag), changed.map(([, by]) => by), at],
    );
  }

  /** Tags in use, the commonest first. */
  tags(tx: Tx, workspaceId: string, prefix: string, limit: number): Promise<TagUse[]> {
    // $1 workspace, $2 how they begin, $3 how many
    return tx.query<TagUse>(
      `SELECT tag, tickets, last_used_at AS "lastUsedAt" FROM tags
       WHERE workspace_id = $1 AND tickets > 0 AND starts_with(tag, $2) ORDER BY tickets DESC, tag LIMIT $3`,
      [workspaceId, prefix, limit],
    );
  }

  async tagUse(tx: Tx, workspaceId: string, tag: string): Promise<number> {
    const [row] = await tx.query<{ tickets: number }>(
      'SELECT tickets FROM tags WHERE workspace_id = $1 AND tag = $2',
      [workspaceId, tag],
      'tag_use',
    );
    return row?.tickets ?? 0;
  }

  /** @returns those who did not follow before */
  async follow(tx: Tx, ticket: Ticket, agentIds: readonly string[], at: Date): Promise<string[]> {
    const rows = await tx.query<{ agent_id: string }>(
      `INSERT INTO ticket_followers (workspace_id, ticket_id, agent_id, since)
       SELECT $1, $2, a.id, $4 FROM agents a WHERE a.workspace_id = $1 AND a.id = ANY($3::uuid[])
       ON CONFLICT DO NOTHING RETURNING agent_id`,
      [ticket.workspaceId, ticket.id, agentIds, at],
    );
    return rows.map((row) => row.agent_id);
  }

  /** @returns those who followed */
  async unfollow(tx: Tx, ticket: Ticket, agentIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ agent_id: string }>(
      `DELETE FROM ticket_followers WHERE workspace_id = $1 AND ticket_id = $2 AND agent_id = ANY($3::uuid[])
       RETURNING agent_id`,
      [ticket.workspaceId, ticket.id, agentIds],
    );
    return rows.map((row) => row.agent_id);
  }

  async followers(tx: Tx, workspaceId: string, ticketIds: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await tx.query<{ ticket_id: string; agent_ids: string[] }>(
      `SELECT ticket_id, array_agg(agent_id ORDER BY since, agent_id) AS agent_ids FROM ticket_followers
       WHERE workspace_id = $1 AND ticket_id = ANY($2::uuid[]) GROUP BY ticket_id`,
      [workspaceId, ticketIds],
      'ticket_followers',
    );
    return new Map(rows.map((row) => [row.ticket_id, row.agent_ids]));
  }

  async keepDismissal(tx: Tx, ticket: Ticket, reason: Dismissal, actor: Actor, at: Date): Promise<void> {
    // $1 workspace, $2 ticket, $3 reason, $4 to $6 what it was before, $7 actor, $8 now
    await tx.execute(
      `INSERT INTO ticket_dismissals (workspace_id, ticket_id, reason, status_before, assignee_before, resolution_before, actor, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (workspace_id, ticket_id) DO UPDATE SET reason = excluded.reason, status_before = excluded.status_before,
         assignee_before = excluded.assignee_before, resolution_before = excluded.resolution_before, actor = excluded.actor,
         at = excluded.at`,
      [
        ticket.workspaceId,
        ticket.id,
        reason,
        ticket.status,
        ticket.assigneeId,
        ticket.resolution,
        JSON.stringify(actor),
        at,
      ],
    );
  }

  async dismissal(tx: Tx, ticket: Ticket): Promise<DismissedBefore | undefined> {
    const [row] = await tx.query<DismissedBefore>(
      `SELECT reason, status_before AS status, assignee_before AS "assigneeId", resolution_before AS resolution, at
       FROM ticket_dismissals WHERE workspace_id = $1 AND ticket_id = $2`,
      [ticket.workspaceId, ticket.id],
    );
    return row;
  }

  /** Writes a note into a conversation that the caller holds locked. @returns its id and its place */
  async note(tx: Tx, ticket: Ticket, text: string, actor: Actor, at: Date): Promise<{ id: string; seq: number }> {
    const id = uuidv7(at.getTime());
    // $1 workspace, $2 conversation, $3 id, $4 ticket, $5 kind of author, $6 author, $7 text, $8 now
    const [row] = await tx.query<{ seq: number }>(
      `WITH c AS (
         UPDATE conversations SET last_seq = last_seq + 1, version = version + 1
         WHERE workspace_id = $1 AND id = $2 RETURNING channel_id, last_seq
       )
       INSERT INTO messages (workspace_id, id, conversation_id, ticket_id, channel_id, seq, direction, visibility, author_kind,
                             author_id, author_name, text, network_at, received_at, applied_at)
       SELECT $1, $3, $2, $4, c.channel_id, c.last_seq, 'note', 'internal', $5, $6,
              (SELECT name FROM agents WHERE workspace_id = $1 AND id = $6), $7, $8, $8, $8
       FROM c RETURNING seq`,
      [
        ticket.workspaceId,
        ticket.conversationId,
        id,
        ticket.id,
        actor.kind === 'agent' || actor.kind === 'bot' ? actor.kind : 'system',
        actor.kind === 'agent' ? (actor.id ?? null) : null,
        text,
        at,
      ],
    );
    return { id, seq: row!.seq };
  }
}

export interface TagUse {
  tag: string;
  tickets: number;
  lastUsedAt: Date;
}
