import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import { type FileUse, type Fullness, NO_ROOM } from './file-quota';

export interface ToldUse extends FileUse {
  told: Fullness;
}

const USE = `used_bytes::float8 AS "usedBytes", limit_bytes::float8 AS "limitBytes", told`;

/** All SQL on `stored_blobs` and `file_use`. Blobs are locked before the use they count in. */
@Injectable()
export class FileQuotaRepository {
  /**
   * Names a file as kept, for an hour without any row that needs it. Who names the same one meanwhile waits.
   * @returns false when it was kept already
   */
  async name(tx: Tx, workspaceId: string, blobKey: string, sizeBytes: number): Promise<boolean> {
    // $1 workspace, $2 key, $3 bytes. Only a row that was inserted has no earlier version: xmax is 0.
    const [row] = await tx.query<{ fresh: boolean }>(
      `INSERT INTO stored_blobs (workspace_id, blob_key, size_bytes, check_at) VALUES ($1, $2, $3, now() + interval '1 hour')
       ON CONFLICT (workspace_id, blob_key) DO UPDATE SET check_at = excluded.check_at
       RETURNING xmax = 0 AS fresh`,
      [workspaceId, blobKey, sizeBytes],
      'blob_name',
    );
    return row!.fresh;
  }

  /** Counts bytes in if they fit. @returns the use with them; undefined when they do not fit */
  async countIn(tx: Tx, workspaceId: string, bytes: number): Promise<ToldUse | undefined> {
    // $1 workspace, $2 bytes
    const [row] = await tx.query<ToldUse>(
      `INSERT INTO file_use AS u (workspace_id, used_bytes) VALUES ($1, $2)
       ON CONFLICT (workspace_id) DO UPDATE SET used_bytes = u.used_bytes + excluded.used_bytes
         WHERE u.limit_bytes IS NULL OR u.used_bytes + excluded.used_bytes <= u.limit_bytes
       RETURNING ${USE}`,
      [workspaceId, bytes],
      'file_use_count',
    );
    return row;
  }

  async countOut(tx: Tx, workspaceId: string, bytes: number): Promise<ToldUse> {
    // $1 workspace, $2 bytes
    const [row] = await tx.query<ToldUse>(
      `UPDATE file_use SET used_bytes = greatest(used_bytes - $2, 0) WHERE workspace_id = $1 RETURNING ${USE}`,
      [workspaceId, bytes],
    );
    return row ?? { usedBytes: 0, limitBytes: null, told: 0 };
  }

  async use(tx: Tx, workspaceId: string, locking: '' | 'FOR UPDATE' = ''): Promise<ToldUse> {
    const [row] = await tx.query<ToldUse>(`SELECT ${USE} FROM file_use WHERE workspace_id = $1 ${locking}`, [
      workspaceId,
    ]);
    return row ?? { usedBytes: 0, limitBytes: null, told: 0 };
  }

  async limit(tx: Tx, workspaceId: string, limitBytes: number | null): Promise<void> {
    await tx.execute(
      `INSERT INTO file_use (workspace_id, limit_bytes) VALUES ($1, $2)
       ON CONFLICT (workspace_id) DO UPDATE SET limit_bytes = excluded.limit_bytes`,
      [workspaceId, limitBytes],
    );
  }

  async tell(tx: Tx, workspaceId: string, told: Fullness): Promise<void> {
    await tx.execute('UPDATE file_use SET told = $2 WHERE workspace_id = $1', [workspaceId, told]);
  }

  /** How many files of customers wait for room. */
  async waiting(tx: Tx, workspaceId: string): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM attachments WHERE workspace_id = $1 AND error = '${NO_ROOM}'`,
      [workspaceId],
    );
    return row?.count ?? 0;
  }

  /** Puts the oldest of them back to be fetched, as many as fit. @returns which */
  async wantWhatFits(tx: Tx, workspaceId: string, roomBytes: number, limit: number): Promise<string[]> {
    // $1 workspace, $2 room in bytes, $3 how many at most. What is larger than all the room waits and holds up no other.
    const rows = await tx.query<{ id: string }>(
      `WITH fitting AS (
         SELECT id, sum(coalesce(size_bytes, 0)) OVER (ORDER BY id) AS total FROM attachments
         WHERE workspace_id = $1 AND error = '${NO_ROOM}' AND coalesce(size_bytes, 0) <= $2 ORDER BY id LIMIT $3
       )
       UPDATE attachments a SET state = 'pending', error = NULL FROM fitting f
       WHERE a.workspace_id = $1 AND a.id = f.id AND f.total <= $2 AND a.error = '${NO_ROOM}' RETURNING a.id`,
      [workspaceId, Math.min(roomBytes, Number.MAX_SAFE_INTEGER), limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Files somebody may have given up, by workspace, the longest first; those that a row names are let be. */
  async unnamed(tx: Tx, limit: number): Promise<{ workspaceId: string; blobKey: string; sizeBytes: number }[]> {
    // $1 how many. The row stays locked: who names the file again waits until it is gone, and brings it anew.
    return tx.query(
      `WITH due AS (
         SELECT workspace_id, blob_key FROM stored_blobs WHERE check_at < now() ORDER BY check_at LIMIT $1 FOR UPDATE SKIP LOCKED
       ), named AS (
         UPDATE stored_blobs b SET check_at = NULL FROM due d
         WHERE b.workspace_id = d.workspace_id AND b.blob_key = d.blob_key
           AND (EXISTS (SELECT 1 FROM attachments f WHERE f.workspace_id = d.workspace_id AND f.blob_key = d.blob_key)
                OR EXISTS (SELECT 1 FROM uploads u WHERE u.workspace_id = d.workspace_id AND u.blob_key = d.blob_key))
         RETURNING b.workspace_id, b.blob_key
       )
       DELETE FROM stored_blobs b USING due d
       WHERE b.workspace_id = d.workspace_id AND b.blob_key = d.blob_key
         AND NOT EXISTS (SELECT 1 FROM named n WHERE n.workspace_id = d.workspace_id AND n.blob_key = d.blob_key)
       RETURNING b.workspace_id AS "workspaceId", b.blob_key AS "blobKey", b.size_bytes::float8 AS "sizeBytes"`,
      [limit],
    );
  }
}
