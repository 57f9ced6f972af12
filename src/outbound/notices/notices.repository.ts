import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import type { QueuedAttachment } from '../attachment-source';
import { isSettled, type Notice, type NoticeState } from './notice';

/** A notice about to be kept. */
export type NewNotice = Pick<
  Notice,
  'id' | 'channelId' | 'agentId' | 'groupId' | 'part' | 'parts' | 'recipient' | 'text' | 'attachments' | 'createdAt'
>;

/** The notice a channel has to see to now, locked. */
export interface NextNotice {
  id: string;
  state: 'queued' | 'sending';
  calls: number;
  tries: number;
  waitUntil: Date | null;
  recipient: string;
  text: string;
  attachments: QueuedAttachment[];
  channelState: string;
  channelUpdatedAt: Date;
  paused: boolean;
}

/** How a call ended, or a person decided. */
export interface NoticeChange {
  state: NoticeState;
  at: Date;
  reason?: string;
  code?: string;
  externalId?: string;
  waitUntil?: Date;
  /** How many of its tries are left on its account. */
  tries: number;
}

const PART_BEFORE = `EXISTS (SELECT 1 FROM channel_notices p WHERE p.workspace_id = n.workspace_id AND p.group_id = n.group_id
  AND p.part < n.part AND p.state <> 'sent')`;

const PAUSED = 'coalesce(b.paused_until > now(), false)';

/** When nothing of its own, of its account or of the pace stands in its way any more. */
const FREE_AT = 'greatest(n.wait_until, b.paused_until, b.next_slot_at)';

const JOINED = `channel_notices n
  JOIN channels ch ON ch.workspace_id = n.workspace_id AND ch.id = n.channel_id
  LEFT JOIN channel_budgets b ON b.workspace_id = n.workspace_id AND b.channel_id = n.channel_id`;

const NOTICE = `n.id, n.channel_id AS "channelId", n.agent_id AS "agentId", a.name AS "agentName", n.group_id AS "groupId", n.part,
  n.parts, n.recipient, n.text, n.attachments, n.state, n.code, n.external_id AS "externalId",
  n.created_at AS "createdAt", n.sent_at AS "sentAt",
  CASE WHEN n.state <> 'queued' THEN NULL WHEN ch.state <> 'active' THEN 'channel' WHEN ${PART_BEFORE} THEN 'part_before'
       WHEN ${PAUSED} THEN 'pause' END AS "heldBy",
  coalesce(n.reason, CASE WHEN n.state <> 'queued' THEN NULL WHEN ch.state <> 'active' THEN ch.state_reason
                          WHEN ${PAUSED} THEN b.reason END) AS reason,
  CASE WHEN n.state = 'queued' AND ch.state = 'active' AND ${FREE_AT} > now() + interval '3 seconds' THEN ${FREE_AT} END AS "notBefore"`;

const SHOWN = `${JOINED} JOIN agents a ON a.workspace_id = n.workspace_id AND a.id = n.agent_id`;

@Injectable()
export class NoticesRepository {
  /** @returns undefined when the workspace has no such channel */
  async channelState(tx: Tx, workspaceId: string, channelId: string): Promise<string | undefined> {
    const [row] = await tx.query<{ state: string }>('SELECT state FROM channels WHERE workspace_id = $1 AND id = $2', [
      workspaceId,
      channelId,
    ]);
    return row?.state;
  }

  async insert(tx: Tx, workspaceId: string, notice: NewNotice): Promise<void> {
    // $1 workspace, $2 id, $3 channel, $4 who wrote it, $5 its first part, $6 which part, $7 of how many, $8 where it goes,
    // $9 text, $10 files, $11 now
    await tx.execute(
      `INSERT INTO channel_notices
         (workspace_id, id, channel_id, agent_id, group_id, part, parts, recipient, text, attachments, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        workspaceId,
        notice.id,
        notice.channelId,
        notice.agentId,
        notice.groupId,
        notice.part,
        notice.parts,
        notice.recipient,
        notice.text,
        JSON.stringify(notice.attachments),
        notice.createdAt,
      ],
    );
  }

  /** A channel's notices, newest first. @param before the last one of the page before */
  list(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    { before, limit }: { before: string | undefined; limit: number },
  ): Promise<Notice[]> {
    // $1 workspace, $2 channel, $3 the last one seen, $4 how many
    return tx.query<Notice>(
      `SELECT ${NOTICE} FROM ${SHOWN} WHERE n.workspace_id = $1 AND n.channel_id = $2 AND ($3::uuid IS NULL OR n.id < $3)
       ORDER BY n.id DESC LIMIT $4`,
      [workspaceId, channelId, before ?? null, limit],
      'notices',
    );
  }

  async find(tx: Tx, workspaceId: string, channelId: string, id: string): Promise<Notice | undefined> {
    const [row] = await tx.query<Notice>(
      `SELECT ${NOTICE} FROM ${SHOWN} WHERE n.workspace_id = $1 AND n.channel_id = $2 AND n.id = $3`,
      [workspaceId, channelId, id],
    );
    return row;
  }

  /** Locks a notice with all its parts, in their order. @returns undefined when there is none */
  async lockGroup(tx: Tx, workspaceId: string, channelId: string, id: string): Promise<GroupPart[] | undefined> {
    const rows = await tx.query<GroupPart>(
      `SELECT n.id, n.part, n.state, n.tries FROM channel_notices n
       JOIN channel_notices one ON one.workspace_id = n.workspace_id AND one.group_id = n.group_id
       WHERE one.workspace_id = $1 AND one.channel_id = $2 AND one.id = $3 ORDER BY n.id FOR UPDATE OF n`,
      [workspaceId, channelId, id],
    );
    return rows.length > 0 ? rows : undefined;
  }

  /**
   * What a channel has to send next, or is sending now, locked. Notices go one by one in the order they were written; a part
   * whose part before it is not out lets others go first.
   */
  async next(tx: Tx, workspaceId: string, channelId: string): Promise<NextNotice | undefined> {
    const [row] = await tx.query<NextNotice>(
      `SELECT n.id, n.state, n.calls, n.tries, n.wait_until AS "waitUntil", n.recipient, n.text, n.attachments,
              ch.state AS "channelState", ch.updated_at AS "channelUpdatedAt", ${PAUSED} AS paused
       FROM ${JOINED}
       WHERE n.workspace_id = $1 AND n.channel_id = $2 AND n.state IN ('queued', 'sending') AND NOT ${PART_BEFORE}
       ORDER BY n.id LIMIT 1 FOR UPDATE OF n`,
      [workspaceId, channelId],
      'notice_next',
    );
    return row;
  }

  /** @param until when a call begun now has certainly ended, should nobody tell how. @returns which call it is */
  async startSending(tx: Tx, workspaceId: string, id: string, until: Date): Promise<number> {
    const [row] = await tx.query<{ calls: number }>(
      `UPDATE channel_notices SET state = 'sending', calls = calls + 1, tries = tries + 1, wait_until = $3
       WHERE workspace_id = $1 AND id = $2 RETURNING calls`,
      [workspaceId, id, until],
      'notice_start',
    );
    return row!.calls;
  }

  /**
   * What a notice is in while this call's outcome is still the one to take, locked: it is under way, or was given up on as
   * doubtful meanwhile. Undefined when a person or another call went on from there.
   */
  async stateOfCall(tx: Tx, workspaceId: string, id: string, call: number): Promise<NoticeState | undefined> {
    const [row] = await tx.query<{ state: NoticeState }>(
      `SELECT state FROM channel_notices WHERE workspace_id = $1 AND id = $2 AND calls = $3 AND state IN ('sending', 'unknown')
       FOR UPDATE`,
      [workspaceId, id, call],
      'notice_call',
    );
    return row?.state;
  }

  async change(tx: Tx, workspaceId: string, id: string, change: NoticeChange): Promise<void> {
    const { state, at, reason = null, code = null, externalId = null, waitUntil = null, tries } = change;
    // $1 workspace, $2 id, $3 state, $4 why, $5 code, $6 the network's id, $7 not before, $8 tries, $9 now, $10 whether it is over
    await tx.execute(
      `UPDATE channel_notices SET state = $3, reason = $4, code = $5, external_id = coalesce($6, external_id), wait_until = $7,
         tries = $8, sent_at = CASE WHEN $3 = 'sent' THEN $9::timestamptz END,
         settled_at = CASE WHEN $10 THEN $9::timestamptz END
       WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id, state, reason, code, externalId, waitUntil, tries, at, isSettled(state)],
      'notice_change',
    );
  }

  /** Lets what waits in a channel go at once. @returns whether anything does */
  async release(tx: Tx, workspaceId: string, channelId: string): Promise<boolean> {
    await tx.execute(
      `UPDATE channel_notices SET wait_until = NULL
       WHERE workspace_id = $1 AND channel_id = $2 AND state = 'queued' AND wait_until IS NOT NULL`,
      [workspaceId, channelId],
    );
    const open = await tx.query(
      `SELECT 1 FROM channel_notices WHERE workspace_id = $1 AND channel_id = $2 AND state IN ('queued', 'sending') LIMIT 1`,
      [workspaceId, channelId],
    );
    return open.length > 0;
  }
}

/** One of the parts of a notice. */
export type GroupPart = Pick<Notice, 'id' | 'part' | 'state'> & { tries: number };
