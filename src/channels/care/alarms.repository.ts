import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import { uuidv7 } from '../../platform/ids';
import type { ChannelKind } from '../channel';
import type { Alarm } from './alarms';

export interface AlarmRow extends Alarm {
  id: string;
  raisedAt: Date;
  seenAt: Date;
  clearedAt: Date | null;
}

export interface RaisedAlarm extends Alarm {
  id: string;
}

/** An open one, with the channel it is of. */
export interface OpenAlarm extends RaisedAlarm {
  raisedAt: Date;
  channel: { id: string; name: string; kind: ChannelKind };
}

const ALARM = `id, name, message, fix, raised_at AS "raisedAt", seen_at AS "seenAt", cleared_at AS "clearedAt"`;

/** All SQL on `channel_alarms`. */
@Injectable()
export class AlarmsRepository {
  /** @returns what is over, and whose companions, raised at the same instant, are over too */
  async clearOthers(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    names: readonly string[],
    now: Date,
  ): Promise<{ cleared: string[]; over: string[] }> {
    // $1 workspace, $2 channel, $3 names that stand, $4 now: what was found since is for another look
    const cleared = await tx.query<{ name: string; raisedAt: Date }>(
      `UPDATE channel_alarms SET cleared_at = $4 WHERE workspace_id = $1 AND channel_id = $2 AND cleared_at IS NULL
         AND name <> ALL($3) AND seen_at <= $4 RETURNING name, raised_at AS "raisedAt"`,
      [workspaceId, channelId, names, now],
    );
    return {
      cleared: cleared.map(({ name }) => name),
      over: await this.over(tx, workspaceId, channelId, cleared),
    };
  }

  /** Ends alarms whose name begins so and that were not seen since. @returns their names */
  async forget(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    names: string,
    unseenSince: Date,
    now: Date,
  ): Promise<string[]> {
    // $1 workspace, $2 channel, $3 a pattern of names, $4 since when they were not seen, $5 now
    const forgotten = await tx.query<{ name: string }>(
      `UPDATE channel_alarms SET cleared_at = $5
       WHERE workspace_id = $1 AND channel_id = $2 AND cleared_at IS NULL AND name ~ $3 AND seen_at <= $4 RETURNING name`,
      [workspaceId, channelId, names, unseenSince, now],
    );
    return forgotten.map(({ name }) => name);
  }

  /** Opens alarms, or tells those that stand anew. @param alarms each name once @returns what is new */
  async raise(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    alarms: readonly Alarm[],
    now: Date,
  ): Promise<RaisedAlarm[]> {
    // $1 workspace, $2 channel, $3 now, $4 ids, $5 names, $6 what happened, $7 the ways out, $8 when it was
    // found; xmax is zero only in a row this statement inserted
    const rows = await tx.query<{ id: string; name: string; fresh: boolean }>(
      `INSERT INTO channel_alarms AS a (workspace_id, id, channel_id, name, message, fix, raised_at, seen_at)
       SELECT $1, n.id, $2, n.name, n.message, n.fix, $3, n.seen_at
       FROM unnest($4::uuid[], $5::text[], $6::jsonb[], $7::jsonb[], $8::timestamptz[]) AS n(id, name, message, fix, seen_at)
       ON CONFLICT (workspace_id, channel_id, name) WHERE cleared_at IS NULL
       DO UPDATE SET message = excluded.message, fix = excluded.fix, seen_at = greatest(a.seen_at, excluded.seen_at)
       RETURNING id, name, xmax = 0 AS fresh`,
      [
        workspaceId,
        channelId,
        now,
        alarms.map(() => uuidv7(now.getTime())),
        alarms.map(({ name }) => name),
        alarms.map(({ message: { fa, en } }) => JSON.stringify({ fa: fa.slice(0, 500), en: en.slice(0, 500) })),
        alarms.map(({ fix }) => (fix ? JSON.stringify(fix) : null)),
        alarms.map(({ seenAt }) => seenAt ?? now),
      ],
    );
    const fresh = new Map(rows.flatMap((row) => (row.fresh ? [[row.name, row.id]] : [])));
    return alarms.flatMap((alarm) => (fresh.has(alarm.name) ? [{ ...alarm, id: fresh.get(alarm.name)! }] : []));
  }

  private async over(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    cleared: readonly { raisedAt: Date }[],
  ): Promise<string[]> {
    if (cleared.length === 0) return [];
    // $1 workspace, $2 channel, $3 when what was cleared had been raised
    const rows = await tx.query<{ id: string }>(
      `SELECT a.id FROM channel_alarms a
       WHERE a.workspace_id = $1 AND a.channel_id = $2 AND a.raised_at = ANY($3::timestamptz[]) AND NOT EXISTS (
         SELECT 1 FROM channel_alarms o WHERE o.workspace_id = $1 AND o.channel_id = $2 AND o.raised_at = a.raised_at
           AND o.cleared_at IS NULL)`,
      [workspaceId, channelId, cleared.map(({ raisedAt }) => raisedAt)],
    );
    return rows.map(({ id }) => id);
  }

  /** What is open on channels that are on, the oldest first. */
  open(tx: Tx, workspaceId: string): Promise<OpenAlarm[]> {
    return tx.query<OpenAlarm>(
      `SELECT a.id, a.name, a.message, a.fix, a.raised_at AS "raisedAt",
         jsonb_build_object('id', ch.id, 'name', ch.name, 'kind', ch.kind) AS channel
       FROM channel_alarms a JOIN channels ch ON ch.workspace_id = a.workspace_id AND ch.id = a.channel_id
       WHERE a.workspace_id = $1 AND a.cleared_at IS NULL AND ch.state <> 'disabled'
       ORDER BY a.raised_at, a.id`,
      [workspaceId],
    );
  }

  standing(tx: Tx, workspaceId: string, channelId: string): Promise<Alarm[]> {
    return tx.query<Alarm>(
      `SELECT name, message, fix, seen_at AS "seenAt" FROM channel_alarms
       WHERE workspace_id = $1 AND channel_id = $2 AND cleared_at IS NULL ORDER BY raised_at, id`,
      [workspaceId, channelId],
    );
  }

  list(tx: Tx, workspaceId: string, channelId: string): Promise<AlarmRow[]> {
    return tx.query<AlarmRow>(
      `SELECT ${ALARM} FROM channel_alarms WHERE workspace_id = $1 AND channel_id = $2
       ORDER BY cleared_at DESC NULLS FIRST, raised_at DESC LIMIT 50`,
      [workspaceId, channelId],
    );
  }
}
