import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import { type CallAttempt, TEL } from './call';

/** Columns as the attempt's fields, in the order they are written. */
const FIELDS = {
  workspaceId: 'workspace_id',
  id: 'id',
  promiseId: 'promise_id',
  n: 'n',
  agentId: 'agent_id',
  provider: 'provider',
  accountId: 'account_id',
  agentPhone: 'agent_phone',
  stage: 'stage',
  askedAt: 'asked_at',
  agentCallId: 'agent_call_id',
  customerCallId: 'customer_call_id',
  agentEnd: 'agent_end',
  customerEnd: 'customer_end',
  outcome: 'outcome',
  note: 'note',
  overrideReason: 'override_reason',
  errorCode: 'error_code',
  errorMessage: 'error_message',
  messageId: 'message_id',
  recordingUrl: 'recording_url',
  recordingId: 'recording_id',
  durationMs: 'duration_ms',
  startedAt: 'started_at',
  answeredAt: 'answered_at',
  endedAt: 'ended_at',
  lookAt: 'look_at',
} as const satisfies Record<keyof CallAttempt, string>;

const KEYS = Object.keys(FIELDS) as (keyof CallAttempt)[];
const COLUMNS = KEYS.map((key) => `a.${FIELDS[key]} AS "${key}"`).join(', ');
const SET = KEYS.map((key, i) => `${FIELDS[key]} = $${i + 1}`).slice(2);
const valuesOf = (attempt: CallAttempt) => KEYS.map((key) => attempt[key]);

/** All SQL on `call_attempts`. Whoever changes one has locked its promise. */
@Injectable()
export class AttemptsRepository {
  async insert(tx: Tx, attempt: CallAttempt): Promise<void> {
    await tx.execute(
      `INSERT INTO call_attempts (${Object.values(FIELDS).join(', ')}) VALUES (${KEYS.map((_, i) => `$${i + 1}`).join(', ')})`,
      valuesOf(attempt),
    );
  }

  async save(tx: Tx, attempt: CallAttempt): Promise<void> {
    // $1 workspace, $2 id, then the fields as listed
    await tx.execute(
      `UPDATE call_attempts SET ${SET.join(', ')} WHERE workspace_id = $1 AND id = $2`,
      valuesOf(attempt),
    );
  }

  async find(tx: Tx, workspaceId: string, id: string): Promise<CallAttempt | undefined> {
    // $1 workspace, $2 attempt
    const [row] = await tx.query<CallAttempt>(
      `SELECT ${COLUMNS} FROM call_attempts a WHERE a.workspace_id = $1 AND a.id = $2`,
      [workspaceId, id],
    );
    return row;
  }

  /** In order, the first first. */
  of(tx: Tx, workspaceId: string, promiseId: string): Promise<CallAttempt[]> {
    // $1 workspace, $2 promise
    return tx.query<CallAttempt>(
      `SELECT ${COLUMNS} FROM call_attempts a WHERE a.workspace_id = $1 AND a.promise_id = $2 ORDER BY a.n`,
      [workspaceId, promiseId],
    );
  }

  /** Those of an account that a provider may know more of. */
  toLookAt(tx: Tx, workspaceId: string, accountId: string, now: Date, limit: number): Promise<CallAttempt[]> {
    // $1 workspace, $2 account, $3 now, $4 how many
    return tx.query<CallAttempt>(
      `SELECT ${COLUMNS} FROM call_attempts a WHERE a.workspace_id = $1 AND a.account_id = $2 AND a.look_at <= $3
       ORDER BY a.look_at LIMIT $4`,
      [workspaceId, accountId, now, limit],
    );
  }

  /** Accounts with attempts that are due to be looked at, over all workspaces. */
  accountsToLookAt(tx: Tx, now: Date): Promise<{ workspaceId: string; accountId: string }[]> {
    // $1 now
    return tx.query(
      `SELECT DISTINCT workspace_id AS "workspaceId", account_id AS "accountId" FROM call_attempts
       WHERE look_at <= $1 AND account_id IS NOT NULL LIMIT 200`,
      [now],
    );
  }

  /** Of any workspace, begun so long ago that the call is over, and nobody said how it went. */
  forgotten(
    tx: Tx,
    now: Date,
    limit: number,
  ): Promise<{ workspaceId: string; promiseId: string; attemptId: string }[]> {
    // $1 now, $2 how many, $3 the agent's own phone; a provider says itself when its call is over
    return tx.query(
      `SELECT workspace_id AS "workspaceId", promise_id AS "promiseId", id AS "attemptId" FROM call_attempts
       WHERE outcome IS NULL AND started_at <= $1::timestamptz
         - CASE WHEN provider = $3 OR stage = 'ended' THEN interval '2 hours' ELSE interval '8 hours' END
       ORDER BY started_at LIMIT $2`,
      [now, limit, TEL],
      'call_attempts_forgotten',
    );
  }

  /** The attempt whose call at the provider this is, of the agent or of the customer. */
  async byCall(
    tx: Tx,
    workspaceId: string,
    accountId: string,
    callIds: readonly string[],
  ): Promise<CallAttempt | undefined> {
    // $1 workspace, $2 account, $3 calls
    const [row] = await tx.query<CallAttempt>(
      `SELECT ${COLUMNS} FROM call_attempts a WHERE a.workspace_id = $1 AND a.account_id = $2 AND a.agent_call_id = ANY($3::text[]) LIMIT 1`,
      [workspaceId, accountId, callIds],
    );
    return row;
  }
}
