import { Injectable } from '@nestjs/common';
import { type Tx, violatedConstraint } from '../../platform/database';
import { DomainError } from '../../platform/errors';
import type { Sealed } from '../../platform/secrets';
import type { VoiceSettings } from './voice-provider';

export interface VoiceAccountRow {
  workspaceId: string;
  id: string;
  provider: string;
  name: string;
  externalId: string;
  phone: string;
  credentials: Sealed;
  settings: VoiceSettings;
  state: 'active' | 'needs_attention' | 'disabled';
  stateReason: string | null;
  createdAt: Date;
}

const COLUMNS = `workspace_id AS "workspaceId", id, provider, name, external_id AS "externalId", phone, credentials, settings,
  state, state_reason AS "stateReason", created_at AS "createdAt"`;

/** All SQL on `voice_accounts` and `voice_events`. */
@Injectable()
export class VoiceAccountsRepository {
  list(tx: Tx, workspaceId: string): Promise<VoiceAccountRow[]> {
    const sql = `SELECT ${COLUMNS} FROM voice_accounts WHERE workspace_id = $1 ORDER BY id LIMIT 100`;
    return tx.query<VoiceAccountRow>(sql, [workspaceId]);
  }

  async find(tx: Tx, workspaceId: string, id: string): Promise<VoiceAccountRow | undefined> {
    const sql = `SELECT ${COLUMNS} FROM voice_accounts WHERE workspace_id = $1 AND id = $2`;
    const [row] = await tx.query<VoiceAccountRow>(sql, [workspaceId, id]);
    return row;
  }

  /** Whose an address is: nobody is known yet. */
  async byId(tx: Tx, id: string): Promise<VoiceAccountRow | undefined> {
    const sql = `SELECT ${COLUMNS} FROM voice_accounts WHERE id = $1 AND state <> 'disabled'`;
    const [row] = await tx.query<VoiceAccountRow>(sql, [id]);
    return row;
  }

  /** @throws DomainError `conflict` */
  async insert(tx: Tx, row: VoiceAccountRow): Promise<void> {
    // $1 … $9 in the order of the columns
    await this.guarded(() =>
      tx.execute(
        `INSERT INTO voice_accounts (workspace_id, id, provider, name, external_id, phone, credentials, settings, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          row.workspaceId,
          row.id,
          row.provider,
          row.name,
          row.externalId,
          row.phone,
          JSON.stringify(row.credentials),
          JSON.stringify(row.settings),
          row.createdAt,
        ],
      ),
    );
  }

  async save(tx: Tx, row: VoiceAccountRow): Promise<void> {
    // $1 workspace, $2 id, then what may change
    await this.guarded(() =>
      tx.execute(
        `UPDATE voice_accounts SET name = $3, phone = $4, credentials = $5, settings = $6, state = $7, state_reason = $8, updated_at = now()
         WHERE workspace_id = $1 AND id = $2`,
        [
          row.workspaceId,
          row.id,
          row.name,
          row.phone,
          JSON.stringify(row.credentials),
          JSON.stringify(row.settings),
          row.state,
          row.stateReason,
        ],
      ),
    );
  }

  private async guarded(write: () => Promise<number>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (violatedConstraint(error) === 'voice_accounts_account_key')
        throw new DomainError('conflict', 'This account is connected with this number already.');
      throw error;
    }
  }

  /** One call a second is what an account may ask for by default. @returns whether it is this one's turn */
  async takeTurn(tx: Tx, workspaceId: string, id: string, now: Date, everyMs: number): Promise<boolean> {
    // $1 workspace, $2 account, $3 now, $4 milliseconds to the next turn
    const taken = await tx.execute(
      `UPDATE voice_accounts SET calls_after = $3::timestamptz + $4 * interval '1 ms'
       WHERE workspace_id = $1 AND id = $2 AND (calls_after IS NULL OR calls_after <= $3)`,
      [workspaceId, id, now, everyMs],
    );
    return taken === 1;
  }

  /** The provider refuses its credentials: only while they are those it refused. @returns whether that is news */
  async needsAttention(tx: Tx, workspaceId: string, id: string, reason: string, since: Date): Promise<boolean> {
    // $1 workspace, $2 account, $3 reason, $4 when the call was made that was refused
    const changed = await tx.execute(
      `UPDATE voice_accounts SET state = 'needs_attention', state_reason = $3, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND state = 'active' AND updated_at <= $4`,
      [workspaceId, id, reason, since],
    );
    return changed === 1;
  }

  /** Keeps a fact as it came. @returns false when it was told before */
  async keep(
    tx: Tx,
    account: { workspaceId: string; id: string },
    fact: { key: string; attemptId: string | null; fields: unknown; at: Date },
  ): Promise<boolean> {
    // $1 workspace, $2 account, $3 key, $4 attempt, $5 fields, $6 now
    const kept = await tx.execute(
      `INSERT INTO voice_events (workspace_id, account_id, key, attempt_id, fields, received_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING`,
      [account.workspaceId, account.id, fact.key, fact.attemptId, JSON.stringify(fact.fields), fact.at],
    );
    return kept === 1;
  }
}
