import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';

/** Kinds whose bytes are worth having; a place, a card or a shared post is told by its facts. */
const FETCHED = ['image', 'video', 'audio', 'file', 'sticker', 'story', 'unknown'];

/** By the database's clock, whether or not the bytes of what is over have been taken away yet. */
const MAY_BE_KEPT = '(keep_until IS NULL OR keep_until > now())';

export interface WantedFile {
  id: string;
  messageId: string;
  messageExternalId: string;
  receivedAt: Date;
  conversationId: string;
  contactId: string;
  channelId: string;
  channelUpdatedAt: Date;
  channelState: string;
  ticketId: string | null;
  teamId: string | null;
  assigneeId: string | null;
  kind: string;
  url: string | null;
  name: string | null;
  mimeType: string | null;
  meta: Record<string, unknown> | null;
  state: string;
  /** It may not be kept any more. */
  over: boolean;
}

/** Files of one message whose time is over. */
export interface RemovedFiles {
  workspaceId: string;
  messageId: string;
  attachmentIds: string[];
  conversationId: string;
  contactId: string;
  ticketId: string | null;
  teamId: string | null;
  assigneeId: string | null;
}

export interface StoredFile {
  blobKey: string;
  sha256: string;
  mimeType: string;
  name: string | null;
  kind: string;
  sizeBytes: number;
  /** Until when it may be shown; null: as long as it is there. */
  keepUntil: Date | null;
  teamId: string | null;
  assigneeId: string | null;
}

@Injectable()
export class MediaRepository {
  /** Marks what these messages brought to be fetched. @returns the attachments marked now */
  async markWanted(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `UPDATE attachments SET state = 'pending'
       WHERE workspace_id = $1 AND message_id = ANY($2) AND state = 'linked' AND kind = ANY($3)
         AND (url IS NOT NULL OR (meta IS NOT NULL AND meta <> '{}')) AND ${MAY_BE_KEPT} RETURNING id`,
      [workspaceId, messageIds, FETCHED],
    );
    return rows.map((row) => row.id);
  }

  /** Puts a file back to be fetched again. @returns false when there is none that could be */
  async wantAgain(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
    const changed = await tx.execute(
      `UPDATE attachments SET state = 'pending', error = NULL
       WHERE workspace_id = $1 AND id = $2 AND state IN ('failed', 'gone', 'linked') AND ${MAY_BE_KEPT}`,
      [workspaceId, id],
    );
    return changed === 1;
  }

  /** Files that wait for their channel to work again, the newest first. */
  async heldOf(tx: Tx, workspaceId: string, channelId: string, limit: number): Promise<string[]> {
    // $1 workspace, $2 channel, $3 how many
    const rows = await tx.query<{ id: string }>(
      `SELECT f.id FROM attachments f JOIN messages m ON m.workspace_id = f.workspace_id AND m.id = f.message_id
       WHERE f.workspace_id = $1 AND f.state = 'pending' AND m.channel_id = $2 ORDER BY f.id DESC LIMIT $3`,
      [workspaceId, channelId, limit],
    );
    return rows.map(({ id }) => id);
  }

  async wanted(tx: Tx, workspaceId: string, id: string): Promise<WantedFile | undefined> {
    const [row] = await tx.query<WantedFile>(
      `SELECT f.id, f.message_id AS "messageId", coalesce(m.external_id, '') AS "messageExternalId", m.received_at AS "receivedAt",
              m.conversation_id AS "conversationId", c.contact_id AS "contactId", m.channel_id AS "channelId",
              ch.updated_at AS "channelUpdatedAt", ch.state AS "channelState", m.ticket_id AS "ticketId",
              t.team_id AS "teamId", t.assignee_id AS "assigneeId", f.kind, f.url, f.name, f.mime_type AS "mimeType", f.meta, f.state,
              NOT (${MAY_BE_KEPT}) AS over
       FROM attachments f
       JOIN messages m ON m.workspace_id = f.workspace_id AND m.id = f.message_id
       JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
       JOIN channels ch ON ch.workspace_id = m.workspace_id AND ch.id = m.channel_id
       LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
       WHERE f.workspace_id = $1 AND f.id = $2`,
      [workspaceId, id],
    );
    return row;
  }

  /** @returns false when it is not waited for any more */
  async stored(
    tx: Tx,
    workspaceId: string,
    id: string,
    file: { blobKey: string; sha256: string; mimeType: string; sizeBytes: number; name: string | null },
    at: Date,
  ): Promise<boolean> {
    const changed = await tx.execute(
      `UPDATE attachments SET state = 'stored', blob_key = $3, sha256 = $4, mime_type = $5, size_bytes = $6, name = coalesce(name, $7),
         fetched_at = $8, error = NULL
       WHERE workspace_id = $1 AND id = $2 AND state <> 'stored' AND ${MAY_BE_KEPT}`,
      [workspaceId, id, file.blobKey, file.sha256, file.mimeType, file.sizeBytes, file.name, at],
    );
    return changed === 1;
  }

  async missed(tx: Tx, workspaceId: string, id: string, state: 'failed' | 'gone', error: string): Promise<boolean> {
    const changed = await tx.execute(
      `UPDATE attachments SET state = $3, error = $4 WHERE workspace_id = $1 AND id = $2 AND state = 'pending'`,
      [workspaceId, id, state, error.slice(0, 300)],
    );
    return changed === 1;
  }

  /** It found no room. @param sizeBytes what it would take, once that is known */
  async withoutRoom(
    tx: Tx,
    workspaceId: string,
    id: string,
    error: string,
    sizeBytes: number | null,
  ): Promise<boolean> {
    const changed = await tx.execute(
      `UPDATE attachments SET state = 'failed', error = $3, size_bytes = coalesce($4, size_bytes)
       WHERE workspace_id = $1 AND id = $2 AND state = 'pending'`,
      [workspaceId, id, error, sizeBytes],
    );
    return changed === 1;
  }

  async file(tx: Tx, workspaceId: string, id: string): Promise<StoredFile | undefined> {
    const [row] = await tx.query<StoredFile>(
      `SELECT f.blob_key AS "blobKey", f.sha256, f.mime_type AS "mimeType", f.name, f.kind, f.size_bytes::float8 AS "sizeBytes",
              f.keep_until AS "keepUntil", t.team_id AS "teamId", t.assignee_id AS "assigneeId"
       FROM attachments f
       JOIN messages m ON m.workspace_id = f.workspace_id AND m.id = f.message_id
       LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
       WHERE f.workspace_id = $1 AND f.id = $2 AND f.state = 'stored' AND ${MAY_BE_KEPT}`,
      [workspaceId, id],
    );
    return row;
  }

  /**
   * Takes the bytes and links of files whose time is over off their rows; nobody else takes the same ones. Files no row
   * names any more are taken away by who looks after them.
   */
  async takeOver(tx: Tx, limit: number): Promise<RemovedFiles[]> {
    // $1 how many
    return tx.query<RemovedFiles>(
      `WITH due AS (
         SELECT workspace_id, id FROM attachments WHERE keep_until <= now() AND removed_at IS NULL
         ORDER BY keep_until LIMIT $1 FOR UPDATE SKIP LOCKED
       ), gone AS (
         UPDATE attachments f SET state = 'gone', error = NULL, url = NULL, blob_key = NULL, sha256 = NULL, removed_at = now()
         FROM due d WHERE f.workspace_id = d.workspace_id AND f.id = d.id
         RETURNING f.workspace_id, f.message_id, f.id
       )
       SELECT g.workspace_id AS "workspaceId", g.message_id AS "messageId", array_agg(g.id ORDER BY g.id) AS "attachmentIds",
              m.conversation_id AS "conversationId", c.contact_id AS "contactId", m.ticket_id AS "ticketId",
              t.team_id AS "teamId", t.assignee_id AS "assigneeId"
       FROM gone g
       JOIN messages m ON m.workspace_id = g.workspace_id AND m.id = g.message_id
       JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
       LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
       GROUP BY g.workspace_id, g.message_id, m.conversation_id, c.contact_id, m.ticket_id, t.team_id, t.assignee_id`,
      [limit],
      'media_over',
    );
  }

  async addUpload(
    tx: Tx,
    row: {
      workspaceId: string;
      id: string;
      agentId: string;
      kind: string;
      name: string;
      mimeType: string;
      sizeBytes: number;
      blobKey: string;
      sha256: string;
    },
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO uploads (workspace_id, id, agent_id, kind, name, mime_type, size_bytes, blob_key, sha256)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [row.workspaceId, row.id, row.agentId, row.kind, row.name, row.mimeType, row.sizeBytes, row.blobKey, row.sha256],
    );
  }

  async upload(tx: Tx, workspaceId: string, id: string): Promise<UploadRow | undefined> {
    const [row] = await tx.query<UploadRow>(
      `SELECT id, kind, name, mime_type AS "mimeType", size_bytes::float8 AS "sizeBytes", blob_key AS "blobKey", sha256
       FROM uploads WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id],
    );
    return row;
  }

  async markUsed(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<void> {
    await tx.execute(`UPDATE uploads SET used_at = now() WHERE workspace_id = $1 AND id = ANY($2)`, [workspaceId, ids]);
  }

  /** Forgets uploads nobody sent within a day; their files are looked at afterwards. */
  async forgetUnused(tx: Tx): Promise<void> {
    await tx.execute(`DELETE FROM uploads WHERE used_at IS NULL AND created_at < now() - interval '1 day'`);
  }
}

export interface UploadRow {
  id: string;
  kind: string;
  name: string;
  mimeType: string;
  sizeBytes: number;
  blobKey: string;
  sha256: string;
}
