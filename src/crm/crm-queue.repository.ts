import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import { type CrmEntity, RANK } from './crm-connection';

/** A thing that changed here. */
export interface Mark {
  entity: CrmEntity;
  id: string;
  at: Date;
}

/** A row taken to be sent, as it was then. */
export interface Waiting {
  id: string;
  version: number;
  attempts: number;
}

/** Retried after `afterMs`, or parked. Never more than the server's own words about it. */
export interface Setback {
  id: string;
  /** Parking counts only for the state that was sent: if it has changed since, the new one gets its try. */
  version: number;
  attempts: number;
  /** Null parks it. */
  afterMs: number | null;
  code: string;
  error: string;
}

export interface QueueCounts {
  waiting: number;
  retrying: number;
  parked: number;
  oldestAt: Date | null;
}

export interface ParkedGroup {
  entity: CrmEntity;
  code: string;
  count: number;
  /** Of the newest. */
  error: string | null;
  entityId: string;
  parkedAt: Date;
}

/** Refusals that speak of the record's content: a changed record gets another try by itself. */
const CURED_BY_CHANGE = [
  'STRING_TOO_LONG',
  'TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET',
  'FIELD_CUSTOM_VALIDATION_EXCEPTION',
  'FIELD_INTEGRITY_EXCEPTION',
  'FIELD_FILTER_VALIDATION_EXCEPTION',
  'INVALID_EMAIL_ADDRESS',
  'NUMBER_OUTSIDE_VALID_RANGE',
  'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
  'ENTITY_IS_DELETED',
  'INVALID_CROSS_REFERENCE_KEY',
];

const DUE = `q.parked_at IS NULL AND (q.retry_at IS NULL OR q.retry_at <= now())`;

/**
 * All SQL on `crm_queue`: what changed here and is not yet there. A row names a thing, never its content; who sends it
 * reads it fresh. `version` tells whether it changed again meanwhile.
 */
@Injectable()
export class CrmQueueRepository {
  /** Notes changes for each of the workspace's connections, one row for each thing. @returns the connections */
  async mark(tx: Tx, workspaceId: string, marks: readonly Mark[]): Promise<string[]> {
    const sorted = earliest(marks);
    // $1 workspace, $2 entities, $3 ids, $4 ranks, $5 instants, $6 codes a change may cure
    const rows = await tx.query<{ connection_id: string }>(
      `INSERT INTO crm_queue AS q (workspace_id, connection_id, entity, entity_id, rank, changed_at)
       SELECT $1, c.id, m.entity, m.id, m.rank, m.at
       FROM unnest($2::text[], $3::uuid[], $4::smallint[], $5::timestamptz[]) WITH ORDINALITY AS m(entity, id, rank, at, n)
       CROSS JOIN crm_connections c WHERE c.workspace_id = $1
       ORDER BY c.id, m.n
       ON CONFLICT (workspace_id, connection_id, entity, entity_id) DO UPDATE
         SET version = q.version + 1, changed_at = least(q.changed_at, excluded.changed_at),
             attempts = CASE WHEN q.parked_at IS NULL OR q.code = ANY($6) THEN 0 ELSE q.attempts END,
             parked_at = CASE WHEN q.code = ANY($6) THEN NULL ELSE q.parked_at END
       RETURNING q.connection_id`,
      [
        workspaceId,
        sorted.map((mark) => mark.entity),
        sorted.map((mark) => mark.id),
        sorted.map((mark) => RANK[mark.entity]),
        sorted.map((mark) => mark.at),
        CURED_BY_CHANGE,
      ],
      'crm_queue_mark',
    );
    return [...new Set(rows.map((row) => row.connection_id))];
  }

  /** Marks every conversation of these contacts, by whose identity they are. */
  async markConversationsOf(tx: Tx, workspaceId: string, contactIds: readonly string[], at: Date): Promise<void> {
    // $1 workspace, $2 contacts, $3 instant
    await tx.execute(
      `INSERT INTO crm_queue AS q (workspace_id, connection_id, entity, entity_id, rank, changed_at)
       SELECT $1, k.id, 'conversation', c.id, ${RANK.conversation}, $3
       FROM contact_identities i
       JOIN conversations c ON c.workspace_id = i.workspace_id AND c.contact_id = ANY($2) AND c.identity_id = i.id
       CROSS JOIN crm_connections k
       WHERE i.workspace_id = $1 AND i.contact_id = ANY($2) AND k.workspace_id = $1
       ORDER BY k.id, c.id
       ON CONFLICT (workspace_id, connection_id, entity, entity_id) DO UPDATE SET version = q.version + 1`,
      [workspaceId, contactIds, at],
    );
  }

  /** People that are due, oldest change first. */
  takeContacts(tx: Tx, workspaceId: string, connectionId: string, limit: number): Promise<Waiting[]> {
    // $1 workspace, $2 connection, $3 how many
    return this.waiting(
      tx,
      `SELECT q.entity_id AS id, q.version, q.attempts FROM crm_queue q
       WHERE q.workspace_id = $1 AND q.connection_id = $2 AND q.rank = ${RANK.contact} AND ${DUE}
       ORDER BY q.changed_at LIMIT $3`,
      [workspaceId, connectionId, limit],
      'crm_take_contacts',
    );
  }

  /** Conversations that are due and whose person is in the CRM. */
  takeConversations(tx: Tx, workspaceId: string, connectionId: string, limit: number): Promise<Waiting[]> {
    // $1 workspace, $2 connection, $3 how many
    return this.waiting(
      tx,
      `SELECT q.entity_id AS id, q.version, q.attempts FROM crm_queue q
       JOIN conversations c ON c.workspace_id = q.workspace_id AND c.id = q.entity_id
       JOIN contact_identities i ON i.workspace_id = c.workspace_id AND i.id = c.identity_id
       JOIN crm_links l ON l.workspace_id = q.workspace_id AND l.connection_id = q.connection_id
         AND l.entity = 'contact' AND l.entity_id = i.contact_id AND l.remote_id <> ''
       WHERE q.workspace_id = $1 AND q.connection_id = $2 AND q.rank = ${RANK.conversation} AND ${DUE}
       ORDER BY q.changed_at LIMIT $3`,
      [workspaceId, connectionId, limit],
      'crm_take_conversations',
    );
  }

  /**
   * Messages that are due and whose conversation is in the CRM, each conversation's in its own order and without gaps:
   * none goes before an earlier one that still waits. Parked ones hold nobody back.
   */
  takeMessages(tx: Tx, workspaceId: string, connectionId: string, limit: number): Promise<Waiting[]> {
    // $1 workspace, $2 connection, $3 how many
    return this.waiting(
      tx,
      `WITH held AS ( -- from this place on a conversation waits for a retry
         SELECT m.conversation_id, min(m.seq) AS seq FROM crm_queue q
         JOIN messages m ON m.workspace_id = q.workspace_id AND m.id = q.entity_id
         WHERE q.workspace_id = $1 AND q.connection_id = $2 AND q.entity = 'message'
           AND q.parked_at IS NULL AND q.retry_at IS NOT NULL AND q.retry_at > now()
         GROUP BY m.conversation_id
       ), head AS (
         SELECT m.conversation_id, m.seq, q.changed_at FROM crm_queue q
         JOIN messages m ON m.workspace_id = q.workspace_id AND m.id = q.entity_id
         JOIN crm_links l ON l.workspace_id = q.workspace_id AND l.connection_id = q.connection_id
           AND l.entity = 'conversation' AND l.entity_id = m.conversation_id
         LEFT JOIN held ON held.conversation_id = m.conversation_id
         WHERE q.workspace_id = $1 AND q.connection_id = $2 AND q.rank = ${RANK.message} AND ${DUE}
           AND (held.seq IS NULL OR m.seq < held.seq)
         ORDER BY q.changed_at LIMIT $3
       ), lanes AS (
         SELECT conversation_id, max(seq) AS top, min(changed_at) AS since FROM head GROUP BY conversation_id
       )
       SELECT q.entity_id AS id, q.version, q.attempts FROM lanes
       JOIN messages m ON m.workspace_id = $1 AND m.conversation_id = lanes.conversation_id AND m.seq <= lanes.top
       JOIN crm_queue q ON q.workspace_id = $1 AND q.connection_id = $2 AND q.entity = 'message' AND q.entity_id = m.id
       WHERE q.parked_at IS NULL
       ORDER BY lanes.since, lanes.conversation_id, m.seq LIMIT $3`,
      [workspaceId, connectionId, limit],
      'crm_take_messages',
    );
  }

  /** Attempts at calls that are due and whose conversation is in the CRM. */
  takeCalls(tx: Tx, workspaceId: string, connectionId: string, limit: number): Promise<Waiting[]> {
    // $1 workspace, $2 connection, $3 how many
    return this.waiting(
      tx,
      `SELECT q.entity_id AS id, q.version, q.attempts FROM crm_queue q
       JOIN messages m ON m.workspace_id = q.workspace_id AND m.id = q.entity_id
       JOIN crm_links l ON l.workspace_id = q.workspace_id AND l.connection_id = q.connection_id
         AND l.entity = 'conversation' AND l.entity_id = m.conversation_id AND l.remote_id <> ''
       WHERE q.workspace_id = $1 AND q.connection_id = $2 AND q.rank = ${RANK.call} AND ${DUE}
       ORDER BY q.changed_at LIMIT $3`,
      [workspaceId, connectionId, limit],
      'crm_take_calls',
    );
  }

  /**
   * Queues parents that waiting children need and nobody has queued: a person before the first conversation, a
   * conversation before its messages. @returns how many
   */
  async queueMissingParents(tx: Tx, workspaceId: string, connectionId: string): Promise<number> {
    // $1 workspace, $2 connection
    return tx.execute(
      `INSERT INTO crm_queue (workspace_id, connection_id, entity, entity_id, rank, changed_at)
       SELECT $1, $2, p.entity, p.id, p.rank, min(p.changed_at) FROM (
         SELECT 'contact' AS entity, i.contact_id AS id, ${RANK.contact} AS rank, q.changed_at FROM crm_queue q
         JOIN conversations c ON c.workspace_id = q.workspace_id AND c.id = q.entity_id
         JOIN contact_identities i ON i.workspace_id = c.workspace_id AND i.id = c.identity_id
         WHERE q.workspace_id = $1 AND q.connection_id = $2 AND q.rank = ${RANK.conversation} AND q.parked_at IS NULL
         UNION ALL
         SELECT 'conversation', m.conversation_id, ${RANK.conversation}, q.changed_at FROM crm_queue q
         JOIN messages m ON m.workspace_id = q.workspace_id AND m.id = q.entity_id
         WHERE q.workspace_id = $1 AND q.connection_id = $2 AND q.rank IN (${RANK.message}, ${RANK.call}) AND q.parked_at IS NULL
       ) p
       WHERE NOT EXISTS (SELECT FROM crm_links l WHERE l.workspace_id = $1 AND l.connection_id = $2
                           AND l.entity = p.entity AND l.entity_id = p.id AND l.remote_id <> '')
       GROUP BY p.entity, p.id, p.rank ORDER BY p.entity, p.id
       ON CONFLICT DO NOTHING`,
      [workspaceId, connectionId],
    );
  }

  /** Removes rows whose thing was erased here. */
  async dropErased(tx: Tx, workspaceId: string, connectionId: string): Promise<void> {
    // $1 workspace, $2 connection
    await tx.execute(
      `DELETE FROM crm_queue q WHERE q.workspace_id = $1 AND q.connection_id = $2 AND (
         q.entity IN ('message', 'call') AND NOT EXISTS (SELECT FROM messages m WHERE m.workspace_id = $1 AND m.id = q.entity_id)
         OR q.entity = 'conversation' AND NOT EXISTS (SELECT FROM conversations c WHERE c.workspace_id = $1 AND c.id = q.entity_id))`,
      [workspaceId, connectionId],
    );
  }

  /** Queues these things unless they are queued already. */
  async queue(
    tx: Tx,
    workspaceId: string,
    connectionId: string,
    entity: CrmEntity,
    ids: readonly string[],
  ): Promise<void> {
    // $1 workspace, $2 connection, $3 entity, $4 rank, $5 ids
    await tx.execute(
      `INSERT INTO crm_queue (workspace_id, connection_id, entity, entity_id, rank, changed_at)
       SELECT $1, $2, $3, id, $4, now() FROM unnest($5::uuid[]) AS u(id) ORDER BY id ON CONFLICT DO NOTHING`,
      [workspaceId, connectionId, entity, RANK[entity], ids],
    );
  }

  /** These may have been written as they were, after someone wrote them as they are: they are sent once more. */
  async sendAgain(
    tx: Tx,
    workspaceId: string,
    connectionId: string,
    entity: CrmEntity,
    ids: readonly string[],
  ): Promise<void> {
    // $1 workspace, $2 connection, $3 entity, $4 rank, $5 ids
    await tx.execute(
      `INSERT INTO crm_queue AS q (workspace_id, connection_id, entity, entity_id, rank, changed_at)
       SELECT $1, $2, $3, id, $4, now() FROM unnest($5::uuid[]) AS u(id) ORDER BY id
       ON CONFLICT (workspace_id, connection_id, entity, entity_id) DO UPDATE SET version = q.version + 1`,
      [workspaceId, connectionId, entity, RANK[entity], ids],
    );
  }

  /** Removes rows that are done, unless they changed since they were taken. */
  async done(
    tx: Tx,
    workspaceId: string,
    connectionId: string,
    entity: CrmEntity,
    rows: readonly Waiting[],
  ): Promise<void> {
    // $1 workspace, $2 connection, $3 entity, $4 ids, $5 versions
    await tx.execute(
      `DELETE FROM crm_queue q USING unnest($4::uuid[], $5::bigint[]) AS d(id, version)
       WHERE q.workspace_id = $1 AND q.connection_id = $2 AND q.entity = $3 AND q.entity_id = d.id AND q.version = d.version`,
      [workspaceId, connectionId, entity, rows.map((row) => row.id), rows.map((row) => row.version)],
      'crm_queue_done',
    );
  }

  async setBack(
    tx: Tx,
    workspaceId: string,
    connectionId: string,
    entity: CrmEntity,
    setbacks: readonly Setback[],
  ): Promise<void> {
    // $1 workspace, $2 connection, $3 entity, $4 setbacks as JSON
    await tx.execute(
      `UPDATE crm_queue q
       SET attempts = (s->>'attempts')::int, code = s->>'code', error = s->>'error',
           retry_at = now() + (s->>'afterMs')::float8 * interval '1 ms',
           parked_at = CASE WHEN s->>'afterMs' IS NULL THEN now() END
       FROM jsonb_array_elements($4::jsonb) AS s
       WHERE q.workspace_id = $1 AND q.connection_id = $2 AND q.entity = $3 AND q.entity_id = (s->>'id')::uuid
         AND (s->>'afterMs' IS NOT NULL OR q.version = (s->>'version')::bigint)`,
      [workspaceId, connectionId, entity, JSON.stringify(setbacks)],
    );
  }

  /**
   * In how many ms the next row that waits for a retry is due; null when none does. One that became due since the run
   * began may have been passed over: it counts as due now. One due before that waits for something else.
   */
  async nextRetryMs(tx: Tx, workspaceId: string, connectionId: string, runBegan: Date): Promise<number | null> {
    // $1 workspace, $2 connection, $3 when the run began
    const [row] = await tx.query<{ ms: number | null }>(
      `SELECT CASE WHEN min(retry_at) IS NOT NULL -- greatest() would make a zero of nothing
              THEN greatest(extract(epoch FROM min(retry_at) - now()) * 1000, 0)::float8 END AS ms FROM crm_queue
       WHERE workspace_id = $1 AND connection_id = $2 AND parked_at IS NULL AND retry_at > $3`,
      [workspaceId, connectionId, runBegan],
    );
    return row?.ms ?? null;
  }

  /** Takes parked rows back into the queue and waiting ones forward. @returns how many */
  async retry(tx: Tx, workspaceId: string, connectionId: string, entity?: CrmEntity, id?: string): Promise<number> {
    // $1 workspace, $2 connection, $3 entity or null, $4 id or null
    return tx.execute(
      `UPDATE crm_queue SET parked_at = NULL, retry_at = NULL, attempts = 0
       WHERE workspace_id = $1 AND connection_id = $2 AND (parked_at IS NOT NULL OR retry_at IS NOT NULL)
         AND ($3::text IS NULL OR entity = $3) AND ($4::uuid IS NULL OR entity_id = $4)`,
      [workspaceId, connectionId, entity ?? null, id ?? null],
    );
  }

  async counts(tx: Tx, workspaceId: string, connectionId: string): Promise<QueueCounts> {
    // $1 workspace, $2 connection
    const [row] = await tx.query<{ waiting: number; retrying: number; parked: number; oldest: Date | null }>(
      `SELECT count(*) FILTER (WHERE parked_at IS NULL)::int AS waiting,
              count(*) FILTER (WHERE parked_at IS NULL AND retry_at > now())::int AS retrying,
              count(*) FILTER (WHERE parked_at IS NOT NULL)::int AS parked,
              min(changed_at) FILTER (WHERE parked_at IS NULL) AS oldest
       FROM crm_queue WHERE workspace_id = $1 AND connection_id = $2`,
      [workspaceId, connectionId],
    );
    const { oldest, ...counts } = row!;
    return { ...counts, oldestAt: oldest };
  }

  /** Parked rows by what keeps them, the most frequent first. */
  parkedGroups(tx: Tx, workspaceId: string, connectionId: string): Promise<ParkedGroup[]> {
    // $1 workspace, $2 connection
    return tx.query<ParkedGroup>(
      `SELECT entity, coalesce(code, '') AS code, count(*)::int AS count, max(parked_at) AS "parkedAt",
              (array_agg(error ORDER BY parked_at DESC))[1] AS error,
              (array_agg(entity_id ORDER BY parked_at DESC))[1] AS "entityId"
       FROM crm_queue WHERE workspace_id = $1 AND connection_id = $2 AND parked_at IS NOT NULL
       GROUP BY entity, code ORDER BY count(*) DESC, entity, code LIMIT 100`,
      [workspaceId, connectionId],
    );
  }

  private async waiting(tx: Tx, sql: string, params: unknown[], name: string): Promise<Waiting[]> {
    const rows = await tx.query<{ id: string; version: string; attempts: number }>(sql, params, name);
    return rows.map((row) => ({ ...row, version: Number(row.version) }));
  }
}

/** One mark for each thing, its earliest; sorted, so that two transactions lock rows in one order. */
function earliest(marks: readonly Mark[]): Mark[] {
  const known = new Map<string, Mark>();
  for (const mark of marks) {
    const key = `${RANK[mark.entity]}:${mark.id}`;
    const other = known.get(key);
    if (!other || mark.at < other.at) known.set(key, mark);
  }
  return [...known].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, mark]) => mark);
}
