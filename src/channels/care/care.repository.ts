import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import type { Sealed } from '../../platform/secrets';
import type { ChannelKind, ConnectedChannel } from '../channel';
import type { HealthReport } from '../health';
import type { HourCount } from './rhythm';

export interface CaredForChannel {
  name: string;
  kind: ChannelKind;
  state: 'active' | 'needs_reconnect' | 'disabled';
  stateReason: string | null;
  lastEventAt: Date | null;
  createdAt: Date;
}

export type EndedChannel = ConnectedChannel & { credentials: Sealed };

export interface FlowRow {
  hour: Date;
  received: number;
  applied: number;
  unsupported: number;
  troubled: number;
  pulled: number;
}

@Injectable()
export class CareRepository {
  /** Takes channels whose time has come, new ones included, and puts them back for the next round. */
  takeDue(tx: Tx, now: Date, next: Date, limit: number): Promise<{ workspaceId: string; channelId: string }[]> {
    // $1 now, $2 the next round, $3 how many
    return tx.query(
      `WITH fresh AS (
         INSERT INTO channel_care (workspace_id, channel_id, due_at)
         SELECT workspace_id, id, $2 FROM channels ch WHERE state <> 'disabled' AND NOT EXISTS (
           SELECT 1 FROM channel_care c WHERE c.workspace_id = ch.workspace_id AND c.channel_id = ch.id)
         LIMIT $3 ON CONFLICT DO NOTHING RETURNING workspace_id, channel_id
       ), due AS (
         UPDATE channel_care c SET due_at = $2 FROM (
           SELECT q.workspace_id, q.channel_id FROM channel_care q
           JOIN channels ch ON ch.workspace_id = q.workspace_id AND ch.id = q.channel_id AND ch.state <> 'disabled'
           WHERE q.due_at <= $1 ORDER BY q.due_at LIMIT $3 FOR UPDATE OF q SKIP LOCKED) d
         WHERE c.workspace_id = d.workspace_id AND c.channel_id = d.channel_id RETURNING c.workspace_id, c.channel_id
       )
       SELECT workspace_id AS "workspaceId", channel_id AS "channelId" FROM fresh UNION ALL SELECT * FROM due`,
      [now, next, limit],
    );
  }

  /** A channel that is switched off, when no other lives on its account; undefined when the network must go on delivering. */
  async ended(tx: Tx, workspaceId: string, channelId: string): Promise<EndedChannel | undefined> {
    // $1 workspace, $2 channel; the same account may serve other workspaces
    const [row] = await tx.query<EndedChannel>(
      `SELECT c.id, c.workspace_id AS "workspaceId", c.kind, c.external_id AS "externalId", c.settings, c.credentials
       FROM channels c WHERE c.workspace_id = $1 AND c.id = $2 AND c.state = 'disabled' AND NOT EXISTS (
         SELECT 1 FROM channels o WHERE o.kind = c.kind AND o.external_id = c.external_id AND o.state <> 'disabled')`,
      [workspaceId, channelId],
      'care_ended',
    );
    return row;
  }

  /** Makes one caller the one that renews these credentials. @returns false while another does */
  async holdRefresh(tx: Tx, workspaceId: string, channelId: string, now: Date, until: Date): Promise<boolean> {
    const held = await tx.execute(
      `INSERT INTO channel_care AS c (workspace_id, channel_id, due_at, refreshing_until) VALUES ($1, $2, $3, $4)
       ON CONFLICT (workspace_id, channel_id) DO UPDATE SET refreshing_until = excluded.refreshing_until
       WHERE c.refreshing_until IS NULL OR c.refreshing_until < $3`,
      [workspaceId, channelId, now, until],
    );
    return held === 1;
  }

  async releaseRefresh(tx: Tx, workspaceId: string, channelId: string): Promise<void> {
    await tx.execute(`UPDATE channel_care SET refreshing_until = NULL WHERE workspace_id = $1 AND channel_id = $2`, [
      workspaceId,
      channelId,
    ]);
  }

  /** @returns false when that was done since `before` already */
  async tryRenewal(tx: Tx, workspaceId: string, channelId: string, now: Date, before: Date): Promise<boolean> {
    const marked = await tx.execute(
      `INSERT INTO channel_care AS c (workspace_id, channel_id, due_at, renewal_tried_at) VALUES ($1, $2, $3, $3)
       ON CONFLICT (workspace_id, channel_id) DO UPDATE SET renewal_tried_at = excluded.renewal_tried_at
       WHERE c.renewal_tried_at IS NULL OR c.renewal_tried_at < $4`,
      [workspaceId, channelId, now, before],
    );
    return marked === 1;
  }

  async keepReport(tx: Tx, workspaceId: string, channelId: string, report: HealthReport, at: Date): Promise<void> {
    await tx.execute(
      `INSERT INTO channel_care (workspace_id, channel_id, due_at, report, reported_at) VALUES ($1, $2, $4, $3, $4)
       ON CONFLICT (workspace_id, channel_id) DO UPDATE SET report = excluded.report, reported_at = excluded.reported_at`,
      [workspaceId, channelId, JSON.stringify(report), at],
    );
  }

  async report(
    tx: Tx,
    workspaceId: string,
    channelId: string,
  ): Promise<{ report: HealthReport | null; reportedAt: Date | null } | undefined> {
    const [row] = await tx.query<{ report: HealthReport | null; reportedAt: Date | null }>(
      `SELECT report, reported_at AS "reportedAt" FROM channel_care WHERE workspace_id = $1 AND channel_id = $2`,
      [workspaceId, channelId],
    );
    return row;
  }

  /** Counts the hours that have ended since the last count, one workspace at a time so the ledger's key serves. */
  async countHours(tx: Tx, now: Date): Promise<void> {
    const hour = new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000);
    const from = new Date(hour.getTime() - 3 * 3_600_000); // events settle a little after they came
    await tx.execute(
      `INSERT INTO channel_hours (workspace_id, channel_id, hour, received, applied, unsupported, troubled, pulled)
       SELECT w.workspace_id, e.channel_id, e.hour, e.received, e.applied, e.unsupported, e.troubled, e.pulled
       FROM (SELECT DISTINCT workspace_id FROM channels) w
       CROSS JOIN LATERAL (
         SELECT i.channel_id, date_trunc('hour', i.received_at) AS hour, count(*)::int AS received,
           count(*) FILTER (WHERE i.state IN ('applied', 'ignored'))::int AS applied,
           count(*) FILTER (WHERE i.state = 'unsupported')::int AS unsupported,
           count(*) FILTER (WHERE i.state IN ('refused', 'failed'))::int AS troubled,
           count(*) FILTER (WHERE d.source LIKE 'pull:%')::int AS pulled
         FROM inbound_events i LEFT JOIN inbound_deliveries d ON d.id = i.delivery_id
         WHERE i.workspace_id = w.workspace_id AND i.id >= uuid_floor($1) AND i.id < uuid_floor($2) AND i.channel_id IS NOT NULL
           AND i.received_at >= $1 AND i.received_at < $2
         GROUP BY 1, 2) e
       JOIN channels ch ON ch.workspace_id = w.workspace_id AND ch.id = e.channel_id
       ON CONFLICT (workspace_id, channel_id, hour) DO UPDATE SET received = excluded.received, applied = excluded.applied,
         unsupported = excluded.unsupported, troubled = excluded.troubled, pulled = excluded.pulled`,
      [from, hour],
    );
    await tx.execute(`DELETE FROM channel_hours WHERE hour < $1::timestamptz - interval '90 days'`, [hour]);
  }

  hours(tx: Tx, workspaceId: string, channelId: string, since: Date): Promise<HourCount[]> {
    return tx.query<HourCount>(
      `SELECT (extract(epoch FROM hour) * 1000)::float8 AS hour, received FROM channel_hours
       WHERE workspace_id = $1 AND channel_id = $2 AND hour >= $3`,
      [workspaceId, channelId, since],
    );
  }

  flow(tx: Tx, workspaceId: string, channelId: string, since: Date): Promise<FlowRow[]> {
    return tx.query<FlowRow>(
      `SELECT hour, received, applied, unsupported, troubled, pulled FROM channel_hours
       WHERE workspace_id = $1 AND channel_id = $2 AND hour >= $3 ORDER BY hour DESC`,
      [workspaceId, channelId, since],
    );
  }

  async channel(tx: Tx, workspaceId: string, channelId: string): Promise<CaredForChannel | undefined> {
    const [row] = await tx.query<CaredForChannel>(
      `SELECT name, kind, state, state_reason AS "stateReason", last_event_at AS "lastEventAt", created_at AS "createdAt"
       FROM channels WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, channelId],
    );
    return row;
  }
}
