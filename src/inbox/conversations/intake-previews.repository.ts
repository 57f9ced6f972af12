import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';

/** What lists show of message `m`: its words, or what it is. */
export const WORDS = `CASE WHEN m.text <> '' THEN m.text ELSE '[' || coalesce((SELECT kind FROM attachments a
  WHERE a.workspace_id = m.workspace_id AND a.message_id = m.id ORDER BY a.position LIMIT 1), m.subtype, 'message') || ']' END`;

/** What was said to or by a customer, `at` when; the product's own words (a survey, say) are no part of it. $1 workspace. */
const SPOKEN = `SELECT *, least(network_at, received_at) AS at FROM messages
  WHERE workspace_id = $1 AND direction <> 'note' AND author_kind <> 'system'`;

/** What asks for work, as far as a message tells. $1 workspace. */
const CALLS = `SELECT *, least(network_at, received_at) AS at FROM messages
  WHERE workspace_id = $1 AND direction = 'in' AND author_kind = 'contact' AND deleted_at IS NULL
    AND coalesce(subtype, '') NOT IN ('survey_answer', 'standby', 'duplicate')`;

/**
 * Of ticket $2, by the threads its messages stand in: messages are found by their thread. $1 workspace, $3 messages of the
 * ticket whose threads are asked too, also where they belong to it no more.
 */
const OF_TICKET = `ticket_id = $2 AND conversation_id = ANY(ARRAY(
  SELECT conversation_id FROM tickets WHERE workspace_id = $1 AND id = $2
  UNION SELECT id FROM conversations WHERE workspace_id = $1 AND joined_ticket_id = $2
  UNION SELECT conversation_id FROM messages WHERE workspace_id = $1 AND id = ANY($3::uuid[])))`;

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

  /**
   * What the customer took back is not left standing in a list, nor what it said before an edit: the ticket keeps its place,
   * the words go. What it was opened with is the next call's words then, as if the one taken back had never come.
   */
  async forget(
    tx: Tx,
    workspaceId: string,
    message: { id: string; ticketId: string | null },
    preview: (text: string) => string,
  ): Promise<void> {
    const { ticketId } = message;
    if (!ticketId) return;
    const said = await tx.query<{ text: string }>(
      `SELECT text FROM messages WHERE workspace_id = $1 AND id = $2 AND text <> ''
       UNION SELECT text FROM message_versions WHERE workspace_id = $1 AND message_id = $2 AND text <> ''`,
      [workspaceId, message.id],
    );
    if (said.length === 0) return;
    // $1 workspace, $2 ticket, $3 its words
    const [left] = await tx.query<{ subject: string | null }>(
      `UPDATE tickets SET preview = CASE WHEN preview = ANY($3) THEN '' ELSE preview END,
         subject = CASE WHEN subject = ANY($3) THEN '' ELSE subject END, version = version + 1, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND (preview = ANY($3) OR subject = ANY($3)) RETURNING subject`,
      [workspaceId, ticketId, said.map(({ text }) => preview(text))],
    );
    if (left?.subject !== '') return;
    const [first] = await tx.query<{ words: string }>(
      `SELECT ${WORDS} AS words FROM (${CALLS} AND ${OF_TICKET} ORDER BY at, seq LIMIT 1) m`,
      [workspaceId, ticketId, [message.id]],
    );
    if (first) await this.setSubject(tx, workspaceId, ticketId, [''], preview(first.words));
  }

  /**
   * These turn out to be calls of a ticket under work. It was opened with the first of them where no other was written
   * before: so the subject is the same in whatever order words came. One that an agent wrote stays.
   * @param original the words first written, where an edit of the message was known before it
   */
  async openedWith(
    tx: Tx,
    workspaceId: string,
    ticketId: string,
    messageIds: readonly string[],
    preview: (text: string) => string,
    original?: string,
  ): Promise<void> {
    // $1 workspace, $2 ticket, $3 messages; the first of them, and the first of the others
    const firsts = await tx.query<{ ours: boolean; at: Date; words: string; said: string[] }>(
      `SELECT m.id = ANY($3::uuid[]) AS ours, m.at, ${WORDS} AS words, ARRAY(
         SELECT text FROM message_versions v WHERE v.workspace_id = m.workspace_id AND v.message_id = m.id) AS said
       FROM ((${CALLS} AND ${OF_TICKET} AND id = ANY($3::uuid[]) ORDER BY at, seq LIMIT 1)
             UNION ALL (${CALLS} AND ${OF_TICKET} AND id <> ALL($3::uuid[]) ORDER BY at, seq LIMIT 1)) m`,
      [workspaceId, ticketId, messageIds],
    );
    const first = firsts.find(({ ours }) => ours);
    const other = firsts.find(({ ours }) => !ours);
    if (!first) return;
    const texts = [
      ...(original === undefined ? [] : [first.words, ...first.said]),
      ...(other && first.at < other.at ? [other.words, ...other.said] : []),
    ];
    await this.setSubject(tx, workspaceId, ticketId, texts.map(preview), preview(original ?? first.words));
  }

  private async setSubject(tx: Tx, workspaceId: string, ticketId: string, from: readonly string[], to: string) {
    if (from.length === 0) return;
    await tx.execute(
      `UPDATE tickets SET subject = $4, version = version + 1, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND subject = ANY($3) AND subject <> $4`,
      [workspaceId, ticketId, from, to],
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
    // $1 workspace, $2 ticket, $3 the message
    const [last] = await tx.query<{ text: string; direction: string; at: Date }>(
      `SELECT ${WORDS} AS text, m.direction, m.at FROM (${SPOKEN} AND ${OF_TICKET} ORDER BY at DESC, seq DESC LIMIT 1) m`,
      [message.workspaceId, message.ticketId, [message.messageId]],
    );
    if (!last) return;
    // $1 workspace, $2 ticket, $3 the message, $4 preview, $5 direction, $6 when, $7 the time it was taken for
    await tx.execute(
      `UPDATE tickets t SET preview = $4, preview_direction = $5, last_message_at = $6, version = version + 1, updated_at = now(),
         waiting_since = CASE WHEN waiting_since = $7 THEN (
           SELECT min(m.at) FROM (${SPOKEN} AND ${OF_TICKET} AND direction = 'in') m WHERE m.at > coalesce((
             SELECT last_outbound_at FROM conversations c WHERE c.workspace_id = $1 AND c.id = t.conversation_id), '-infinity'))
           ELSE waiting_since END
       WHERE workspace_id = $1 AND id = $2 AND (last_message_at = $7 OR waiting_since = $7 OR last_message_at < $6)`,
      [
        message.workspaceId,
        message.ticketId,
        [message.messageId],
        preview(last.text),
        last.direction,
        last.at,
        message.tookFor,
      ],
    );
  }
}
