import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';

/** The last word of a thread, as lists show it. */
export interface LatestWord {
  conversationId: string;
  preview: string;
  previewDirection: 'in' | 'out';
  lastMessageAt: Date;
}

interface LateThread {
  workspaceId: string;
  conversationId: string;
  calls: readonly Date[];
}

interface Opened {
  id: string;
  opened: boolean;
}

/** What was said in threads before the call that opens their ticket reached us, though it was written after it. */
@Injectable()
export class TicketWords {
  async latest(tx: Tx, threads: readonly LateThread[]): Promise<LatestWord[]> {
    // $1 workspaces, $2 threads (pairwise)
    return tx.query<LatestWord>(
      `SELECT u.id AS "conversationId", m.preview, m.direction AS "previewDirection", m.at AS "lastMessageAt"
       FROM unnest($1::uuid[], $2::uuid[]) AS u(workspace_id, id) CROSS JOIN LATERAL (
         SELECT direction, least(network_at, received_at) AS at, CASE WHEN deleted_at IS NOT NULL THEN '' WHEN text <> '' THEN text
           ELSE '[' || coalesce((SELECT kind FROM attachments a WHERE a.workspace_id = s.workspace_id AND a.message_id = s.id
             ORDER BY a.position LIMIT 1), subtype, 'message') || ']' END AS preview
         FROM messages s WHERE s.workspace_id = u.workspace_id AND s.conversation_id = u.id AND direction <> 'note'
           AND author_kind <> 'system' ORDER BY at DESC, seq DESC LIMIT 1) m`,
      [threads.map((t) => t.workspaceId), threads.map((t) => t.conversationId)],
      'intake_latest_words',
    );
  }

  /** Our words since the first call are work of the ticket it opened. */
  async adopt(tx: Tx, threads: readonly LateThread[], refs: ReadonlyMap<string, Opened>): Promise<void> {
    const opened = threads.filter((t) => refs.get(t.conversationId)?.opened);
    if (opened.length === 0) return;
    // $1 workspaces, $2 threads, $3 tickets, $4 first calls
    await tx.execute(
      `UPDATE messages m SET ticket_id = u.ticket_id
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) AS u(workspace_id, id, ticket_id, called_at)
       WHERE m.workspace_id = u.workspace_id AND m.conversation_id = u.id AND m.ticket_id IS NULL AND m.direction = 'out'
         AND least(m.network_at, m.received_at) >= u.called_at`,
      [
        opened.map((t) => t.workspaceId),
        opened.map((t) => t.conversationId),
        opened.map((t) => refs.get(t.conversationId)!.id),
        opened.map(({ calls }) => calls.reduce((first, at) => (at < first ? at : first))),
      ],
      'intake_adopt_words',
    );
  }
}
