import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';

/** What lists show of message `m`: its words, or what it is. */
export const WORDS = `CASE WHEN m.text <> '' THEN m.text ELSE '[' || coalesce((SELECT kind FROM attachments a
  WHERE a.workspace_id = m.workspace_id AND a.message_id = m.id ORDER BY a.position LIMIT 1), m.subtype, 'message') || ']' END`;

/** What was said to or by a customer, `at` when; the product's own words (a survey, say) are no part of it. $1 workspace. */
const SPOKEN = `SELECT *, least(network_at, received_at) AS at FROM messages
  WHERE workspace_id = $1 AND direction <> 'note' AND author_kind <> 'system'`;

/** What conversations and tickets show of their messages, when a message turns out to say something else. */
@Injectable()
export class IntakePreviewsRepository {
  /** What lists show of a message: its words, or what it is. */
  async wordsOf(tx: Tx, workspaceId: string, messageId: string): Promise<string> {
    const [row] = await tx.query<{ words: string }>(
      `SELECT ${WORDS} AS words FROM messages m WHERE m.workspace_id = $1 AND m.id = $2`,
      [workspaceId, messageId],
    );
    return row?.words ?? '';
  }

  /** What a message says now shows wherever its former words stood as a ticket's preview, or gave it its subject. */
  async correct(tx: Tx, workspaceId: string, ticketId: string | null, from: string, to: string): Promise<void> {
    if (!ticketId) return;
    await tx.execute(
      `UPDATE tickets SET preview = CASE WHEN preview = $3 THEN $4 ELSE preview END,
         subject = CASE WHEN subject = $3 THEN $4 ELSE subject END, version = version + 1, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND $3 IN (preview, subject)`,
      [workspaceId, ticketId, from, to],
    );
  }

  /** An edit of the message that a ticket shows in lists shows there too; what it was opened with stays its subject. */
  async correctEdited(tx: Tx, workspaceId: string, ticketId: string | null, from: string, to: string): Promise<void> {
    if (!ticketId) return;
    await tx.execute(
      `UPDATE tickets SET preview = $4, version = version + 1, updated_at = now() WHERE workspace_id = $1 AND id = $2 AND preview = $3`,
      [workspaceId, ticketId, from, to],
    );
  }

  /** What the customer took back is not left standing in a list: the ticket keeps its place, the words go. */
  async forget(tx: Tx, workspaceId: string, ticketId: string | null, preview: string): Promise<void> {
    if (!ticketId || preview === '') return;
    await tx.execute(
      `UPDATE tickets SET preview = CASE WHEN preview = $3 THEN '' ELSE preview END,
         subject = CASE WHEN subject = $3 THEN '' ELSE subject END, version = version + 1, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND $3 IN (preview, subject)`,
      [workspaceId, ticketId, preview],
    );
  }

  /**
   * A message turns out to have been written at another time than it was taken for: where conversation and ticket had it
   * as their latest, or it is the latest now, they look again.
   * @param tookFor the network time it had until now
   * @param preview words to show for a message without text or with a long one
   */
  async lookAgainForLatest(
    tx: Tx,
    message: { workspaceId: string; messageId: string; ticketId: string | null; tookFor: Date },
    preview: (text: string) => string,
  ): Promise<void> {
    // $1 workspace, $2 message, $3 the time it was taken for
    await tx.execute(
      `UPDATE conversations c SET version = c.version + 1, last_inbound_message_id = l.inbound_id,
         last_inbound_at = CASE WHEN c.last_inbound_at = $3 THEN l.inbound ELSE greatest(c.last_inbound_at, l.inbound) END,
         last_outbound_at = CASE WHEN c.last_outbound_at = $3 THEN l.outbound ELSE greatest(c.last_outbound_at, l.outbound) END,
         last_message_at = CASE WHEN c.last_message_at = $3 THEN l.latest ELSE greatest(c.last_message_at, l.latest) END
       FROM (SELECT conversation_id, max(at) AS latest, max(at) FILTER (WHERE direction = 'in') AS inbound,
                    max(at) FILTER (WHERE direction = 'out') AS outbound,
                    (array_agg(id ORDER BY at DESC, seq DESC) FILTER (WHERE direction = 'in'))[1] AS inbound_id
             FROM (${SPOKEN} AND conversation_id = (SELECT conversation_id FROM messages WHERE workspace_id = $1 AND id = $2)) m
             GROUP BY conversation_id) l
       WHERE c.workspace_id = $1 AND c.id = l.conversation_id
         AND ($3 IN (c.last_inbound_at, c.last_outbound_at, c.last_message_at) OR l.latest > c.last_message_at)`,
      [message.workspaceId, message.messageId, message.tookFor],
    );
    if (!message.ticketId) return;
    // $1 workspace, $2 ticket
    const [last] = await tx.query<{ text: string; direction: string; at: Date }>(
      `SELECT ${WORDS} AS text, m.direction, m.at FROM (${SPOKEN} AND ticket_id = $2) m ORDER BY m.at DESC, m.seq DESC LIMIT 1`,
      [message.workspaceId, message.ticketId],
    );
    if (!last) return;
    // $1 workspace, $2 ticket, $3 the time it was taken for, $4 preview, $5 direction, $6 when
    await tx.execute(
      `UPDATE tickets t SET preview = $4, preview_direction = $5, last_message_at = $6, version = version + 1, updated_at = now(),
         waiting_since = CASE WHEN waiting_since = $3 THEN (
           SELECT min(m.at) FROM (${SPOKEN} AND ticket_id = $2 AND direction = 'in') m WHERE m.at > coalesce((
             SELECT last_outbound_at FROM conversations c WHERE c.workspace_id = $1 AND c.id = t.conversation_id), '-infinity'))
           ELSE waiting_since END
       WHERE workspace_id = $1 AND id = $2 AND (last_message_at = $3 OR waiting_since = $3 OR last_message_at < $6)`,
      [message.workspaceId, message.ticketId, message.tookFor, preview(last.text), last.direction, last.at],
    );
  }
}
