import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import { uuidv7 } from '../../platform/ids';
import { cleanJson, cleanText } from '../../text/clean';
import { columnsOf, pick } from './columns';
import type { InboundAttachment } from './inbound-event';
import type { MessageRow } from './intake-rows';
import { isNews, oldestSeqAbove, ofOneInstant } from './late-words';

const AFTER_ALL = 1_000_000; // a place in an album until its parts are put in order

const fileRow = (
  workspaceId: string,
  messageId: string,
  file: InboundAttachment,
  position: number,
  partId: string | null,
) => ({
  workspaceId,
  id: uuidv7(),
  messageId,
  position,
  kind: file.kind,
  url: file.url ?? null,
  name: file.name === undefined ? null : cleanText(file.name),
  mimeType: file.mimeType ?? null,
  sizeBytes: Number.isSafeInteger(file.sizeBytes) ? file.sizeBytes! : null,
  meta: file.meta ? cleanJson(file.meta) : null,
  partId,
  keepMs: file.keep?.forMs ?? null,
  keepReason: file.keep?.reason ?? null,
});

/**
 * The SQL of messages: one statement per kind of row for the whole batch, keys in order so that two batches never wait
 * for each other crosswise. TypeORM on this path is ten times slower.
 */
@Injectable()
export class IntakeRepository {
  async insertMessages(tx: Tx, rows: readonly MessageRow[], appliedAt: Date): Promise<void> {
    if (rows.length === 0) return;
    // $1…$22 columns in order; $23 applied at
    await tx.execute(
      `INSERT INTO messages (workspace_id, id, conversation_id, ticket_id, channel_id, seq, direction, visibility, author_kind,
                             author_id, author_name, external_id, parent_external_id, reply_to_message_id, subtype, text, meta,
                             network_at, received_at, deleted_at, deleted_by, place, applied_at, delete_reason)
       SELECT u.*, $23::timestamptz, CASE WHEN u.deleted_at IS NOT NULL THEN 'deleted_at_source' END FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::int[], $7::text[],
         $8::text[], $9::text[], $10::uuid[], $11::text[], $12::text[], $13::text[], $14::uuid[], $15::text[], $16::text[],
         $17::jsonb[], $18::timestamptz[], $19::timestamptz[], $20::timestamptz[], $21::jsonb[], $22::float8[])
         AS u(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, deleted_at, deleted_by, place)`,
      [
        pick(rows, 'workspaceId'),
        pick(rows, 'id'),
        pick(rows, 'conversationId'),
        pick(rows, 'ticketId'),
        pick(rows, 'channelId'),
        pick(rows, 'seq'),
        pick(rows, 'direction'),
        pick(rows, 'visibility'),
        pick(rows, 'authorKind'),
        pick(rows, 'authorId'),
        pick(rows, 'authorName'),
        pick(rows, 'externalId'),
        pick(rows, 'parentExternalId'),
        pick(rows, 'replyToMessageId'),
        pick(rows, 'subtype'),
        pick(rows, 'text'),
        rows.map((row) => (row.meta ? cleanJson(row.meta) : null)),
        pick(rows, 'networkAt'),
        pick(rows, 'receivedAt'),
        pick(rows, 'deletedAt'),
        rows.map((row) => (row.deletedAt ? JSON.stringify({ kind: row.deletedBy ?? 'unknown' }) : null)),
        pick(rows, 'place'),
        appliedAt,
      ],
      'intake_messages',
    );
    const files = rows.flatMap((row) =>
      row.attachments.map((file, i) =>
        fileRow(row.workspaceId, row.id, file, i, row.groupKey === null ? null : row.externalId),
      ),
    );
    await this.writeAttachments(tx, files);
    await this.fileAmongOlder(
      tx,
      rows.filter(({ place }) => place !== null),
    );
  }

  /**
   * Gives messages that came late their place: after what was written before them and before what was written after them.
   * Between two places they stand by their time: a fraction of 10^10 seconds, so that no two orders of arrival differ.
   * A customer's word never stands above one of ours that was written without knowing of it, unless it is history.
   */
  private async fileAmongOlder(tx: Tx, rows: readonly MessageRow[]): Promise<void> {
    if (rows.length === 0) return;
    // $1 workspaces, $2 messages
    await tx.execute(
      `UPDATE messages m SET place = extract(epoch FROM m.network_at)::float8 / 1e10 - 1 + greatest((
         SELECT coalesce(min(n.seq), m.seq) FROM messages n
         WHERE n.workspace_id = m.workspace_id AND n.conversation_id = m.conversation_id AND n.place IS NULL
           AND n.network_at > m.network_at AND n.seq > ${oldestSeqAbove('m')}), CASE WHEN m.direction = 'in' AND ${isNews('m')} THEN (
         SELECT max(n.seq) + 1 FROM messages n
         WHERE n.workspace_id = m.workspace_id AND n.conversation_id = m.conversation_id AND n.place IS NULL
           AND n.direction <> 'in' AND n.seq < m.seq AND n.seq > ${oldestSeqAbove('m')}) END) + ${ofOneInstant('m')}
       FROM unnest($1::uuid[], $2::uuid[]) AS u(workspace_id, id) WHERE m.workspace_id = u.workspace_id AND m.id = u.id`,
      columnsOf(rows, ['workspaceId', 'id']),
      'intake_place',
    );
  }

  /**
   * @param partId the part of an album they came with; they stand after what is there
   * @returns their ids
   */
  async insertAttachments(
    tx: Tx,
    workspaceId: string,
    messageId: string,
    files: readonly InboundAttachment[],
    partId: string | null = null,
  ): Promise<string[]> {
    const first = partId === null ? 0 : AFTER_ALL;
    const rows = files.map((file, i) => fileRow(workspaceId, messageId, file, first + i, partId));
    await this.writeAttachments(tx, rows);
    return pick(rows, 'id');
  }

  private async writeAttachments(tx: Tx, files: readonly ReturnType<typeof fileRow>[]): Promise<void> {
    if (files.length === 0) return;
    // $1 workspaces, $2 ids, $3 messages, $4 positions, $5 kinds, $6 links, $7 names, $8 types, $9 sizes, $10 facts, $11 parts,
    // $12 how long each may be kept in milliseconds, $13 why no longer
    await tx.execute(
      `INSERT INTO attachments (workspace_id, id, message_id, position, kind, url, name, mime_type, size_bytes, meta, part_external_id,
                                removal_reason, keep_until)
       SELECT workspace_id, id, message_id, position, kind, url, name, mime_type, size_bytes, meta, part_id, keep_reason,
              CASE WHEN keep_ms IS NOT NULL THEN (
                SELECT least(m.network_at, m.received_at) + keep_ms * interval '1 millisecond' FROM messages m
                WHERE m.workspace_id = u.workspace_id AND m.id = u.message_id) END
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[],
                   $10::jsonb[], $11::text[], $12::float8[], $13::text[])
         AS u(workspace_id, id, message_id, position, kind, url, name, mime_type, size_bytes, meta, part_id, keep_ms, keep_reason)`,
      columnsOf(files, [
        'workspaceId',
        'id',
        'messageId',
        'position',
        'kind',
        'url',
        'name',
        'mimeType',
        'sizeBytes',
        'meta',
        'partId',
        'keepMs',
        'keepReason',
      ]),
      'intake_attachments',
    );
  }

  /** What an edit could not tell of the message it made. */
  async completeFromOriginal(
    tx: Tx,
    row: {
      workspaceId: string;
      channelId: string;
      messageId: string;
      externalId: string;
      form: number;
      networkAt: Date;
      subtype: string | null;
      parentExternalId: string | null;
      replyToExternalId: string | null;
      meta: Record<string, unknown> | null;
      attachments: readonly InboundAttachment[];
    },
  ): Promise<void> {
    // $1 workspace, $2 message, $3 channel, $4 external id, $5 network time, $6 subtype, $7 parent, $8 quoted, $9 facts, $10 form
    await tx.execute(
      `WITH k AS (
         UPDATE message_keys SET made_by_edit = false, form = $10 WHERE workspace_id = $1 AND channel_id = $3 AND external_id = $4
       )
       UPDATE messages SET edited_at = coalesce(edited_at, network_at), network_at = $5, subtype = coalesce($6, subtype),
         parent_external_id = coalesce(parent_external_id, $7), meta = coalesce($9::jsonb, '{}') || coalesce(meta, '{}'),
         reply_to_message_id = coalesce(reply_to_message_id, (
           SELECT message_id FROM message_keys WHERE workspace_id = $1 AND channel_id = $3 AND external_id = $8))
       WHERE workspace_id = $1 AND id = $2`,
      [
        row.workspaceId,
        row.messageId,
        row.channelId,
        row.externalId,
        row.networkAt,
        row.subtype,
        row.parentExternalId,
        row.replyToExternalId,
        row.meta && cleanJson(row.meta),
        row.form,
      ],
    );
    const [{ count } = { count: 0 }] = await tx.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM attachments WHERE workspace_id = $1 AND message_id = $2`,
      [row.workspaceId, row.messageId],
    );
    if (count === 0) await this.insertAttachments(tx, row.workspaceId, row.messageId, row.attachments);
  }
}
