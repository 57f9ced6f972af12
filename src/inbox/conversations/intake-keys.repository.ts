import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import { cleanJson } from '../../text/clean';
import { columnsOf } from './columns';
import type { ClaimedKey, EarlyChange, KnownMessage } from './intake-rows';

interface MessageKey {
  workspaceId: string;
  channelId: string;
  externalId: string;
}

export interface NewKey extends MessageKey {
  messageId: string;
  conversationId: string;
  madeByEdit: boolean;
  form: number;
}

/**
 * The network's message ids: which message of ours each is, over all time, and what was told of messages that have not
 * come. An album has its own name here beside the ids of its parts (`groupName`).
 */
@Injectable()
export class IntakeKeysRepository {
  async known(tx: Tx, keys: readonly MessageKey[]): Promise<KnownMessage[]> {
    if (keys.length === 0) return [];
    // $1 workspaces, $2 channels, $3 external ids (threewise)
    const rows = await tx.query<{
      channel_id: string;
      external_id: string;
      message_id: string | null;
      conversation_id: string | null;
      deleted_at: Date | null;
      made_by_edit: boolean;
      form: number;
    }>(
      `SELECT k.channel_id, k.external_id, k.message_id, k.conversation_id, k.deleted_at, k.made_by_edit, k.form
       FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(workspace_id, channel_id, external_id)
       JOIN message_keys k USING (workspace_id, channel_id, external_id)`,
      columnsOf(keys, ['workspaceId', 'channelId', 'externalId']),
      'intake_known',
    );
    return rows.map((r) => ({
      channelId: r.channel_id,
      externalId: r.external_id,
      messageId: r.message_id,
      conversationId: r.conversation_id,
      deletedAt: r.deleted_at,
      madeByEdit: r.made_by_edit,
      form: r.form,
    }));
  }

  /**
   * Claims the network's ids for our messages. A row already there loses nothing; one that only tells of a message to
   * come takes it in, and gives what came before it.
   * @returns by external id and message, those that got theirs
   */
  async claim(tx: Tx, rows: readonly NewKey[]): Promise<Map<string, ClaimedKey>> {
    if (rows.length === 0) return new Map();
    // $1 workspaces, $2 channels, $3 external ids, $4 messages, $5 conversations, $6 made by edits, $7 forms
    const claimed = await tx.query<{
      message_id: string;
      external_id: string;
      deleted_at: Date | null;
      deleted_by: string | null;
      early: Record<string, EarlyChange> | null;
    }>(
      `INSERT INTO message_keys AS k (workspace_id, channel_id, external_id, message_id, conversation_id, made_by_edit, form)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::boolean[], $7::smallint[])
         AS u(workspace_id, channel_id, external_id, message_id, conversation_id, made_by_edit, form)
       ORDER BY workspace_id, channel_id, external_id
       ON CONFLICT (workspace_id, channel_id, external_id) DO UPDATE
         SET message_id = excluded.message_id, conversation_id = excluded.conversation_id, made_by_edit = excluded.made_by_edit,
             form = excluded.form
         WHERE k.message_id IS NULL
       RETURNING message_id, external_id, deleted_at, deleted_by, early`,
      columnsOf(rows, ['workspaceId', 'channelId', 'externalId', 'messageId', 'conversationId', 'madeByEdit', 'form']),
      'intake_keys',
    );
    return new Map(
      claimed.map((row) => [
        claimKey(row.external_id, row.message_id),
        { deletedAt: row.deleted_at, deletedBy: row.deleted_by, early: row.early },
      ]),
    );
  }

  /**
   * Keeps an event for messages that have not come. Only the first hundred for one message: a message from before the
   * channel was connected never comes, and its likes go on.
   * @returns by external id, the messages that came in the meantime; for those nothing is kept
   */
  async keepEarly(
    tx: Tx,
    scope: { workspaceId: string; channelId: string },
    externalIds: readonly string[],
    eventKey: string,
    change: EarlyChange,
  ): Promise<Map<string, string>> {
    // $1 workspace, $2 channel, $3 external ids, $4 event key, $5 the event
    const rows = await tx.query<{ external_id: string; message_id: string | null }>(
      `INSERT INTO message_keys AS k (workspace_id, channel_id, external_id, early)
       SELECT DISTINCT $1::uuid, $2::uuid, u.external_id, jsonb_build_object($4::text, $5::jsonb)
       FROM unnest($3::text[]) AS u(external_id) ORDER BY u.external_id
       ON CONFLICT (workspace_id, channel_id, external_id) DO UPDATE SET early = CASE
         WHEN k.message_id IS NULL AND (SELECT count(*) FROM jsonb_object_keys(coalesce(k.early, '{}'))) < 100
         THEN coalesce(k.early, '{}') || excluded.early ELSE k.early END
       RETURNING external_id, message_id`,
      [scope.workspaceId, scope.channelId, externalIds, eventKey, cleanJson(change)],
    );
    return new Map(rows.flatMap((row) => (row.message_id ? [[row.external_id, row.message_id] as const] : [])));
  }

  async forgetEarly(tx: Tx, rows: readonly (MessageKey & { messageId: string })[]): Promise<void> {
    // $1 workspaces, $2 channels, $3 external ids, $4 messages
    await tx.execute(
      `UPDATE message_keys k SET early = NULL
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) AS u(workspace_id, channel_id, external_id, message_id)
       WHERE k.workspace_id = u.workspace_id AND k.channel_id = u.channel_id AND k.external_id = u.external_id
         AND k.message_id = u.message_id`,
      columnsOf(rows, ['workspaceId', 'channelId', 'externalId', 'messageId']),
    );
  }

  /** Takes out what waited for these ids, of those that have their message now; what says of one that it is gone stays. */
  async takeEarly(
    tx: Tx,
    scope: { workspaceId: string; channelId: string },
    externalIds: readonly string[],
  ): Promise<(ClaimedKey & { externalId: string })[]> {
    // $1 workspace, $2 channel, $3 external ids
    return tx.query<ClaimedKey & { externalId: string }>(
      `UPDATE message_keys k SET early = NULL FROM message_keys b
       WHERE k.workspace_id = $1 AND k.channel_id = $2 AND k.external_id = ANY($3) AND k.message_id IS NOT NULL
         AND (k.early IS NOT NULL OR k.deleted_at IS NOT NULL) AND b.workspace_id = k.workspace_id AND b.channel_id = k.channel_id AND b.external_id = k.external_id
       RETURNING k.external_id AS "externalId", b.early, k.deleted_at AS "deletedAt", k.deleted_by AS "deletedBy"`,
      [scope.workspaceId, scope.channelId, externalIds],
      'intake_early_take',
    );
  }

  /** Frees the ids claimed a moment ago for messages that will not be; what waits under them stays. */
  async giveBack(tx: Tx, rows: readonly (MessageKey & { messageId: string })[]): Promise<void> {
    // $1 workspaces, $2 channels, $3 external ids, $4 messages
    await tx.execute(
      `UPDATE message_keys k SET message_id = NULL, conversation_id = NULL
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) AS u(workspace_id, channel_id, external_id, message_id)
       WHERE k.workspace_id = u.workspace_id AND k.channel_id = u.channel_id AND k.external_id = u.external_id
         AND k.message_id = u.message_id`,
      columnsOf(rows, ['workspaceId', 'channelId', 'externalId', 'messageId']),
    );
  }

  /** An id that turned out to be a part of a message we have. */
  async assign(tx: Tx, workspaceId: string, channelId: string, externalId: string, messageId: string): Promise<void> {
    await tx.execute(
      `UPDATE message_keys SET message_id = $4 WHERE workspace_id = $1 AND channel_id = $2 AND external_id = $3`,
      [workspaceId, channelId, externalId, messageId],
    );
  }
}

export const claimKey = (externalId: string, messageId: string) => `${externalId}\n${messageId}`;

/** Under which name an album stands among message ids. No network's id has a line break. */
export const groupName = (groupKey: string) => `group:\n${groupKey}`;
