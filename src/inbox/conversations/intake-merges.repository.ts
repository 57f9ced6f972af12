import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import { WORDS } from './intake-previews.repository';

/** A thread about to be merged, locked. */
export interface MergingThread {
  id: string;
  contactId: string;
  mergedIntoId: string | null;
  /** Another thread's ticket, not closed, whose work its words are. */
  joinedTicketId: string | null;
  lastSeq: number;
  /** Its ticket under work. */
  activeId: string | null;
}

/** What a ticket under work shows of its thread, and whether it has been answered. */
export interface TicketSummary {
  preview: string;
  direction: 'in' | 'out';
  lastMessageAt: Date;
  waitingSince: Date | null;
  answered: boolean;
}

/**
 * Rows that belong to a thread, by table and column, beside its messages, tickets, deliveries and names: they go where it
 * goes, in the same transaction. What tells of the past (events, facts for reports) keeps the id it was written with,
 * which stays valid.
 */
export const FOLLOWING: readonly (readonly [table: string, column: string])[] = [
  ['conversation_aliases', 'conversation_id'],
  ['bot_answers', 'conversation_id'],
  ['approvals', 'conversation_id'],
  ['call_promises', 'conversation_id'],
  ['email_handoffs', 'conversation_id'],
  ['email_handoffs', 'mail_conversation_id'],
  ['email_handoffs', 'asked_in_conversation_id'],
  ['identity_checks', 'conversation_id'],
  ['surveys', 'conversation_id'],
  ['message_repeats', 'conversation_id'],
  ['reply_batch_items', 'conversation_id'],
  ['conversations', 'merged_into_id'],
];

/** Spoken words of thread $2, as `at` when; a bare score asks for no work. */
const SPOKEN = `SELECT *, least(network_at, received_at) AS at FROM messages
  WHERE workspace_id = $1 AND conversation_id = $2 AND direction <> 'note' AND author_kind <> 'system' AND deleted_at IS NULL`;
const CALLS = `FROM spoken WHERE direction = 'in' AND subtype IS DISTINCT FROM 'survey_answer' AND ticket_id = ANY($3::uuid[])`;

@Injectable()
export class IntakeMergesRepository {
  /** Locks both in id order. */
  async lock(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<MergingThread[]> {
    await tx.query(
      `SELECT 1 FROM conversations WHERE workspace_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE`,
      [workspaceId, ids],
    );
    // a statement of its own: its snapshot is taken after the lock
    return tx.query<MergingThread>(
      `SELECT c.id, c.contact_id AS "contactId", c.merged_into_id AS "mergedIntoId", j.id AS "joinedTicketId",
         c.last_seq AS "lastSeq", t.id AS "activeId"
       FROM conversations c LEFT JOIN tickets t ON t.workspace_id = c.workspace_id AND t.conversation_id = c.id
         AND t.status IN ('new', 'open', 'pending', 'on_hold')
       LEFT JOIN tickets j ON j.workspace_id = c.workspace_id AND j.id = c.joined_ticket_id AND j.status <> 'closed'
       WHERE c.workspace_id = $1 AND c.id = ANY($2::uuid[]) ORDER BY c.id`,
      [workspaceId, ids],
      'intake_merging_threads',
    );
  }

  /**
   * Messages and what is on its way stand after those of the other thread, numbered without a gap; where something there
   * was written later, they stand by their time (see `fileAmongOlder`).
   */
  async moveMessages(tx: Tx, workspaceId: string, from: string, into: string, after: number): Promise<void> {
    // $1 workspace, $2 thread, $3 the other, $4 its last number
    await tx.execute(
      `WITH keys AS (
         UPDATE message_keys k SET conversation_id = $3 FROM messages m
         WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND k.workspace_id = $1 AND k.channel_id = m.channel_id
           AND k.external_id = m.external_id
       ), sends AS (
         UPDATE outbound_deliveries SET conversation_id = $3, seq = seq + $4 WHERE workspace_id = $1 AND message_id IN (
           SELECT id FROM messages WHERE workspace_id = $1 AND conversation_id = $2 AND direction = 'out')
       )
       UPDATE messages SET conversation_id = $3, seq = seq + $4, place = NULL WHERE workspace_id = $1 AND conversation_id = $2`,
      [workspaceId, from, into, after],
    );
    // $1 workspace, $2 thread, $3 the last number before
    await tx.execute(
      `UPDATE messages m SET place = extract(epoch FROM m.network_at)::float8 / 1e10 - 1 + n.seq + least(9, n.nth - 1) * 1e-11
       FROM (SELECT o.id, row_number() OVER (PARTITION BY o.network_at ORDER BY o.seq) AS nth,
               (SELECT min(n.seq) FROM messages n WHERE n.workspace_id = $1 AND n.conversation_id = $2 AND n.place IS NULL
                  AND n.network_at > o.network_at AND n.seq < o.seq) AS seq
             FROM messages o WHERE o.workspace_id = $1 AND o.conversation_id = $2 AND o.seq > $3) n
       WHERE m.workspace_id = $1 AND m.id = n.id AND n.seq IS NOT NULL`,
      [workspaceId, into, after],
    );
  }

  /** Tickets in the order in which they were opened, the one under work last. */
  async moveTickets(tx: Tx, workspaceId: string, from: string, into: string): Promise<void> {
    // $1 workspace, $2 threads; out of the way first, since no two may share a number in between
    const both = [from, into];
    await tx.execute(
      `UPDATE tickets SET position = -position WHERE workspace_id = $1 AND conversation_id = ANY($2::uuid[])`,
      [workspaceId, both],
    );
    // $1 workspace, $2 threads, $3 where they go
    await tx.execute(
      `UPDATE tickets t SET conversation_id = $3, position = o.position, version = version + 1, updated_at = now()
       FROM (SELECT id, row_number() OVER (ORDER BY status IN ('new', 'open', 'pending', 'on_hold'), created_at, id) AS position
             FROM tickets WHERE workspace_id = $1 AND conversation_id = ANY($2::uuid[])) o
       WHERE t.workspace_id = $1 AND t.id = o.id`,
      [workspaceId, both, into],
    );
  }

  /** Everything else of the thread, its own names among it. */
  async moveRest(tx: Tx, workspaceId: string, from: string, into: string): Promise<void> {
    for (const [table, column] of FOLLOWING) {
      await tx.execute(`UPDATE ${table} SET ${column} = $3 WHERE workspace_id = $1 AND ${column} = $2`, [
        workspaceId,
        from,
        into,
      ]);
    }
    await tx.execute(
      `INSERT INTO conversation_aliases (workspace_id, channel_id, thread_key, conversation_id)
       SELECT workspace_id, channel_id, thread_key, $3 FROM conversations WHERE workspace_id = $1 AND id = $2
       ON CONFLICT (workspace_id, channel_id, thread_key) DO UPDATE SET conversation_id = excluded.conversation_id`,
      [workspaceId, from, into],
    );
  }

  /** The thread that remains takes over what the other knew; the other only leads there. */
  async close(tx: Tx, workspaceId: string, from: string, into: string, identityId: string): Promise<void> {
    // $1 workspace, $2 thread, $3 the one that remains, $4 identity
    await tx.execute(
      `UPDATE conversations c SET last_seq = c.last_seq + f.last_seq, ticket_count = c.ticket_count + f.ticket_count,
         last_message_at = greatest(c.last_message_at, f.last_message_at),
         last_inbound_message_id = CASE WHEN f.last_inbound_at > coalesce(c.last_inbound_at, '-infinity')
           THEN f.last_inbound_message_id ELSE c.last_inbound_message_id END,
         last_inbound_at = greatest(c.last_inbound_at, f.last_inbound_at),
         last_outbound_at = greatest(c.last_outbound_at, f.last_outbound_at),
         handler = CASE WHEN 'human' IN (c.handler, f.handler) THEN 'human' ELSE 'bot' END,
         handler_changed_at = CASE WHEN c.handler <> f.handler THEN greatest(c.handler_changed_at, f.handler_changed_at)
           ELSE c.handler_changed_at END,
         post_id = coalesce(c.post_id, f.post_id), subject = coalesce(c.subject, f.subject),
         joined_ticket_id = (SELECT j.id FROM tickets j WHERE j.workspace_id = $1 AND j.id IN (c.joined_ticket_id, f.joined_ticket_id)
           AND j.conversation_id <> $3 AND (j.id = c.joined_ticket_id OR NOT EXISTS (SELECT 1 FROM tickets t WHERE t.workspace_id = $1
             AND t.conversation_id = $3 AND t.status IN ('new', 'open', 'pending', 'on_hold')))
           ORDER BY j.id = c.joined_ticket_id DESC LIMIT 1),
         survey_kind = CASE WHEN f.survey_until > coalesce(c.survey_until, '-infinity') THEN f.survey_kind ELSE c.survey_kind END,
         survey_until = greatest(c.survey_until, f.survey_until),
         identity_id = coalesce((SELECT id FROM contact_identities i WHERE i.workspace_id = $1 AND i.id = $4
           AND i.superseded_at IS NULL), c.identity_id),
         version = c.version + 1
       FROM conversations f WHERE f.workspace_id = $1 AND f.id = $2 AND c.workspace_id = $1 AND c.id = $3`,
      [workspaceId, from, into, identityId],
    );
    // nothing was said here any more: who looks for a person's latest thread does not find it
    await tx.execute(
      `UPDATE conversations SET merged_into_id = $3, joined_ticket_id = NULL, last_seq = 0, ticket_count = 0, last_message_at = NULL,
         last_inbound_at = NULL, last_inbound_message_id = NULL, last_outbound_at = NULL, survey_until = NULL, survey_kind = NULL,
         version = version + 1
       WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, from, into],
    );
  }

  /** What the ticket under work is now that all words stand in one thread; it takes those that nobody had opened one for. */
  async summarise(
    tx: Tx,
    workspaceId: string,
    threadId: string,
    ticketIds: readonly string[],
  ): Promise<TicketSummary | undefined> {
    // $1 workspace, $2 thread, $3 tickets whose words they are
    const [row] = await tx.query<TicketSummary>(
      `WITH spoken AS (${SPOKEN}), said AS (SELECT max(at) FILTER (WHERE direction = 'out') AS last_out FROM spoken)
       SELECT ${WORDS} AS preview, m.direction, m.at AS "lastMessageAt", (SELECT min(at) ${CALLS} AND at > coalesce(last_out, '-infinity')) AS "waitingSince",
         coalesce(last_out >= (SELECT min(at) ${CALLS}), false) AS answered
       FROM spoken m, said ORDER BY m.at DESC, m.seq DESC LIMIT 1`,
      [workspaceId, threadId, ticketIds],
    );
    return row;
  }

  async saveSummary(tx: Tx, workspaceId: string, threadId: string, ticketId: string, s: TicketSummary): Promise<void> {
    // $1 workspace, $2 ticket, $3 preview, $4 direction, $5 last message, $6 waiting since
    await tx.execute(
      `UPDATE tickets SET preview = $3, preview_direction = $4, last_message_at = $5, waiting_since = $6, version = version + 1,
         updated_at = now() WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, ticketId, s.preview, s.direction, s.lastMessageAt, s.waitingSince],
    );
    // $1 workspace, $2 thread, $3 ticket
    await tx.execute(
      `UPDATE messages SET ticket_id = $3 WHERE workspace_id = $1 AND conversation_id = $2 AND ticket_id IS NULL
         AND network_at >= (SELECT min(network_at) FROM messages WHERE workspace_id = $1 AND conversation_id = $2
                              AND ticket_id = $3 AND direction = 'in')`,
      [workspaceId, threadId, ticketId],
    );
  }
}
