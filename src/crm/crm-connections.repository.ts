import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { Sealed } from '../platform/secrets';
import { type ChosenSettings, type ConnectionState, type CrmConnection, withDefaults } from './crm-connection';
import type { ApiUsage } from './salesforce/salesforce.client';

interface ConnectionRow {
  workspace_id: string;
  id: string;
  kind: 'salesforce';
  login_url: string;
  client_id: string;
  username: string;
  credentials: Sealed;
  settings: ChosenSettings;
  state: ConnectionState;
  state_reason: string | null;
  paused_until: Date | null;
  failures: number;
  last_sync_at: Date | null;
  instance_url: string | null;
  api_used: number | null;
  api_limit: number | null;
}

const COLUMNS = `workspace_id, id, kind, login_url, client_id, username, credentials, settings, state, state_reason,
  paused_until, failures, last_sync_at, instance_url, api_used, api_limit`;

/** How long a silent sync is believed to be alive: two calls of the longest. */
const LEASE = `interval '150 seconds'`;

/** What a run of the sync learned about its connection. */
export interface Progress {
  usage: ApiUsage | null;
  instanceUrl: string | null;
}

/** All SQL on `crm_connections`. Row locks are FOR NO KEY UPDATE: adding to the queue must not wait for a sync. */
@Injectable()
export class CrmConnectionsRepository {
  async find(tx: Tx, workspaceId: string): Promise<CrmConnection | null> {
    // $1 workspace
    const [row] = await tx.query<ConnectionRow>(`SELECT ${COLUMNS} FROM crm_connections WHERE workspace_id = $1`, [
      workspaceId,
    ]);
    return row ? connectionOf(row) : null;
  }

  async lock(tx: Tx, workspaceId: string): Promise<CrmConnection | null> {
    // $1 workspace
    const [row] = await tx.query<ConnectionRow>(
      `SELECT ${COLUMNS} FROM crm_connections WHERE workspace_id = $1 FOR NO KEY UPDATE`,
      [workspaceId],
    );
    return row ? connectionOf(row) : null;
  }

  /** Writes what an admin entered; trouble of the old access is forgotten with it, and a sync under way loses its lease. */
  async save(
    tx: Tx,
    c: Pick<CrmConnection, 'workspaceId' | 'id' | 'loginUrl' | 'clientId' | 'username' | 'credentials'>,
    settings: ChosenSettings,
  ): Promise<void> {
    // $1 workspace, $2 id, $3 login url, $4 client id, $5 username, $6 sealed credentials, $7 chosen settings
    await tx.execute(
      `INSERT INTO crm_connections (workspace_id, id, kind, login_url, client_id, username, credentials, settings)
       VALUES ($1, $2, 'salesforce', $3, $4, $5, $6, $7)
       ON CONFLICT ON CONSTRAINT crm_connections_one DO UPDATE
         SET login_url = excluded.login_url, client_id = excluded.client_id, username = excluded.username,
             credentials = excluded.credentials, settings = excluded.settings, state = 'active', state_reason = NULL,
             paused_until = NULL, failures = 0, sync_job = NULL, sync_until = NULL`,
      [
        c.workspaceId,
        c.id,
        c.loginUrl,
        c.clientId,
        c.username,
        JSON.stringify(c.credentials),
        JSON.stringify(settings),
      ],
    );
  }

  /**
   * Makes this job the one that syncs. Another may hold it until it is done or has been silent for too long; a job that
   * was handed on is still itself.
   * @returns the connection, or null when another job is at it
   */
  async takeLease(tx: Tx, workspaceId: string, id: string, jobId: string): Promise<CrmConnection | null> {
    // $1 workspace, $2 connection, $3 job
    const [row] = await tx.query<ConnectionRow>(
      `UPDATE crm_connections SET sync_job = $3, sync_until = now() + ${LEASE}
       WHERE workspace_id = $1 AND id = $2 AND (sync_job IS NULL OR sync_job = $3 OR sync_until < now())
       RETURNING ${COLUMNS}`,
      [workspaceId, id, jobId],
      'crm_take_lease',
    );
    return row ? connectionOf(row) : null;
  }

  /** Renews the lease and notes what is known; @returns false when another job has taken over. */
  async renewLease(tx: Tx, workspaceId: string, id: string, jobId: string, progress: Progress): Promise<boolean> {
    // $1 workspace, $2 connection, $3 job, $4 calls used, $5 calls allowed, $6 instance
    const touched = await tx.execute(
      `UPDATE crm_connections
       SET sync_until = now() + ${LEASE}, last_sync_at = now(), failures = 0, state_reason = NULL, paused_until = NULL,
           api_used = coalesce($4, api_used), api_limit = coalesce($5, api_limit), instance_url = coalesce($6, instance_url)
       WHERE workspace_id = $1 AND id = $2 AND sync_job = $3`,
      [workspaceId, id, jobId, progress.usage?.used ?? null, progress.usage?.limit ?? null, progress.instanceUrl],
      'crm_renew_lease',
    );
    return touched > 0;
  }

  async dropLease(tx: Tx, workspaceId: string, id: string, jobId: string): Promise<void> {
    // $1 workspace, $2 connection, $3 job
    await tx.execute(
      `UPDATE crm_connections SET sync_job = NULL, sync_until = NULL WHERE workspace_id = $1 AND id = $2 AND sync_job = $3`,
      [workspaceId, id, jobId],
      'crm_drop_lease',
    );
  }

  /** Nothing is sent for `ms`, because of `reason`. @returns when it goes on */
  async pause(
    tx: Tx,
    workspaceId: string,
    id: string,
    ms: number,
    reason: string,
    usage: ApiUsage | null,
  ): Promise<Date> {
    // $1 workspace, $2 connection, $3 pause in ms, $4 reason, $5 calls used, $6 calls allowed
    const [row] = await tx.query<{ paused_until: Date }>(
      `UPDATE crm_connections
       SET paused_until = now() + $3::float8 * interval '1 ms', state_reason = $4, failures = failures + 1,
           api_used = coalesce($5, api_used), api_limit = coalesce($6, api_limit)
       WHERE workspace_id = $1 AND id = $2 RETURNING paused_until`,
      [workspaceId, id, ms, reason, usage?.used ?? null, usage?.limit ?? null],
    );
    return row!.paused_until;
  }

  async setState(
    tx: Tx,
    workspaceId: string,
    id: string,
    state: ConnectionState,
    reason: string | null,
  ): Promise<void> {
    // $1 workspace, $2 connection, $3 state, $4 reason
    await tx.execute(
      `UPDATE crm_connections SET state = $3, state_reason = $4, paused_until = NULL, failures = 0
       WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id, state, reason],
    );
  }

  async noteCheck(tx: Tx, workspaceId: string, id: string, progress: Progress): Promise<void> {
    // $1 workspace, $2 connection, $3 calls used, $4 calls allowed, $5 instance
    await tx.execute(
      `UPDATE crm_connections
       SET api_used = coalesce($3, api_used), api_limit = coalesce($4, api_limit), instance_url = coalesce($5, instance_url)
       WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id, progress.usage?.used ?? null, progress.usage?.limit ?? null, progress.instanceUrl],
    );
  }
}

const connectionOf = (row: ConnectionRow): CrmConnection => ({
  workspaceId: row.workspace_id,
  id: row.id,
  kind: row.kind,
  loginUrl: row.login_url,
  clientId: row.client_id,
  username: row.username,
  credentials: row.credentials,
  settings: withDefaults(row.settings),
  state: row.state,
  stateReason: row.state_reason,
  pausedUntil: row.paused_until,
  failures: row.failures,
  lastSyncAt: row.last_sync_at,
  instanceUrl: row.instance_url,
  apiUsed: row.api_used,
  apiLimit: row.api_limit,
});
