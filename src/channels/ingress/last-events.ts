import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';

const EVERY_MS = 60_000; // a person reads it as "5 minutes ago"; each event writing it would make the row hot

/** Keeps when each channel was last heard of, to the minute. */
@Injectable()
export class LastEvents {
  /** Per channel, when it was last written here (ms since 1970). */
  private readonly written = new Map<string, number>();

  async note(tx: Tx, channels: readonly { workspaceId: string; id: string }[], at: Date): Promise<void> {
    const now = at.getTime();
    const due = new Map<string, string>();
    for (const { workspaceId, id } of channels)
      if (now - (this.written.get(id) ?? 0) >= EVERY_MS) due.set(id, workspaceId);
    if (due.size === 0) return;
    // $1 workspaces, $2 channels (pairwise), $3 now. Whoever holds the row writes the same minute, so nobody waits for it.
    await tx.execute(
      `UPDATE channels ch SET last_event_at = $3 FROM (
         SELECT workspace_id, id FROM channels
         WHERE (workspace_id, id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
           AND (last_event_at IS NULL OR last_event_at < $3::timestamptz - interval '1 minute')
         FOR NO KEY UPDATE SKIP LOCKED
       ) due WHERE ch.workspace_id = due.workspace_id AND ch.id = due.id`,
      [[...due.values()], [...due.keys()], at],
    );
    tx.afterCommit(() => {
      for (const id of due.keys()) this.written.set(id, now);
    });
  }
}
