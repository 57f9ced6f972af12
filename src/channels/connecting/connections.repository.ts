import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import type { Sealed } from '../../platform/secrets';
import type { ChannelKind } from '../channel';

export interface AppRow {
  id: string;
  network: string;
  clientId: string;
  credentials: Sealed;
  settings: { apiBaseUrl?: string };
  updatedAt: Date;
}

export interface ConnectionRow {
  id: string;
  workspaceId: string;
  agentId: string;
  kind: ChannelKind;
  network: string;
  redirectUri: string;
  credentials: Sealed;
  state: 'begun' | 'granted' | 'refused' | 'done';
  reason: string | null;
  expiresAt: Date;
}

const CONNECTION = `id, workspace_id AS "workspaceId", agent_id AS "agentId", kind, network, redirect_uri AS "redirectUri", credentials,
  state, reason, expires_at AS "expiresAt"`;

@Injectable()
export class ConnectionsRepository {
  apps(tx: Tx, workspaceId: string): Promise<AppRow[]> {
    return tx.query<AppRow>(
      `SELECT id, network, client_id AS "clientId", credentials, settings, updated_at AS "updatedAt"
       FROM oauth_apps WHERE workspace_id = $1 ORDER BY network`,
      [workspaceId],
    );
  }

  /** @returns the row's id, which its secret is sealed for: the one given, or the one there already */
  async saveApp(
    tx: Tx,
    workspaceId: string,
    row: { id: string; network: string; clientId: string; settings: object },
    seal: (id: string) => Sealed,
  ): Promise<void> {
    const [there] = await tx.query<{ id: string }>(
      `SELECT id FROM oauth_apps WHERE workspace_id = $1 AND network = $2 FOR UPDATE`,
      [workspaceId, row.network],
    );
    const id = there?.id ?? row.id;
    await tx.execute(
      `INSERT INTO oauth_apps (workspace_id, id, network, client_id, credentials, settings) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (workspace_id, id) DO UPDATE SET client_id = excluded.client_id, credentials = excluded.credentials,
         settings = excluded.settings, updated_at = now()`,
      [workspaceId, id, row.network, row.clientId, JSON.stringify(seal(id)), JSON.stringify(row.settings)],
    );
  }

  removeApp(tx: Tx, workspaceId: string, network: string): Promise<number> {
    return tx.execute(`DELETE FROM oauth_apps WHERE workspace_id = $1 AND network = $2`, [workspaceId, network]);
  }

  async begin(tx: Tx, row: ConnectionRow & { stateHash: Buffer }): Promise<void> {
    await tx.execute(
      `DELETE FROM channel_connections WHERE workspace_id = $1 AND expires_at < now() - interval '1 day'`,
      [row.workspaceId],
    );
    await tx.execute(
      `INSERT INTO channel_connections (workspace_id, id, agent_id, kind, network, state_hash, redirect_uri, credentials, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        row.workspaceId,
        row.id,
        row.agentId,
        row.kind,
        row.network,
        row.stateHash,
        row.redirectUri,
        JSON.stringify(row.credentials),
        row.expiresAt,
      ],
    );
  }

  /** Uses a state up: whoever comes second finds nothing. */
  async takeByState(
    tx: Tx,
    workspaceId: string,
    agentId: string,
    stateHash: Buffer,
    now: Date,
  ): Promise<ConnectionRow | undefined> {
    const [row] = await tx.query<ConnectionRow>(
      `UPDATE channel_connections SET state = 'refused', reason = 'The answer of the network was not taken up.'
       WHERE workspace_id = $1 AND agent_id = $2 AND state_hash = $3 AND state = 'begun' AND expires_at > $4 RETURNING ${CONNECTION}`,
      [workspaceId, agentId, stateHash, now],
    );
    return row;
  }

  async find(
    tx: Tx,
    workspaceId: string,
    agentId: string,
    id: string,
    lock = false,
  ): Promise<ConnectionRow | undefined> {
    const [row] = await tx.query<ConnectionRow>(
      `SELECT ${CONNECTION} FROM channel_connections WHERE workspace_id = $1 AND agent_id = $2 AND id = $3 ${lock ? 'FOR UPDATE' : ''}`,
      [workspaceId, agentId, id],
    );
    return row;
  }

  async settle(
    tx: Tx,
    workspaceId: string,
    id: string,
    state: ConnectionRow['state'],
    reason: string | null,
    credentials?: Sealed,
  ): Promise<void> {
    await tx.execute(
      `UPDATE channel_connections SET state = $3, reason = $4, credentials = coalesce($5, credentials) WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id, state, reason, credentials ? JSON.stringify(credentials) : null],
    );
  }
}
