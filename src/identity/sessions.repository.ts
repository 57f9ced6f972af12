import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { Locale, Principal, Role } from './principal';

/** Who stands behind one live session or API token. */
export interface Bearer {
  token_hash: Buffer;
  csrf_token: string | null;
  last_used_at: Date | null;
  workspace_id: string;
  agent_id: string;
  role: Role;
  name: string;
  email: string;
  locale: Locale;
  team_ids: string[];
}

export interface SessionRow {
  tokenHash: Buffer;
  workspaceId: string;
  agentId: string;
  csrfToken: string;
  userAgent: string | null;
  at: Date;
  expiresAt: Date;
}

const AGENT = `a.workspace_id, a.id AS agent_id, a.role, a.name, a.email, a.locale,
  ARRAY(SELECT m.team_id FROM team_members m
        WHERE m.workspace_id = a.workspace_id AND m.agent_id = a.id ORDER BY m.team_id) AS team_ids`;

/** All SQL on `sessions`, and the look-ups by token. Those run in system scope: the token is what says which workspace. */
@Injectable()
export class SessionsRepository {
  find(tx: Tx, via: Principal['via'], hashes: readonly Buffer[], now: Date): Promise<Bearer[]> {
    return via === 'session' ? this.bySession(tx, hashes, now) : this.byToken(tx, hashes, now);
  }

  /** Notes that it was used, at most once a minute; a session lives on from there until its absolute end. */
  async touch(
    tx: Tx,
    via: Principal['via'],
    hash: Buffer,
    now: Date,
    slidingMs: number,
    absoluteMs: number,
  ): Promise<void> {
    if (via === 'token') {
      // $1 token hash, $2 now
      await tx.execute(
        `UPDATE api_tokens SET last_used_at = $2
         WHERE token_hash = $1 AND (last_used_at IS NULL OR last_used_at < $2::timestamptz - interval '1 minute')`,
        [hash, now],
        'api_token_touch',
      );
      return;
    }
    // $1 token hash, $2 now, $3 sliding and $4 absolute life in ms
    await tx.execute(
      `UPDATE sessions SET last_seen_at = $2,
              expires_at = least($2::timestamptz + $3 * interval '1 millisecond', created_at + $4 * interval '1 millisecond')
       WHERE token_hash = $1 AND last_seen_at < $2::timestamptz - interval '1 minute'`,
      [hash, now, slidingMs, absoluteMs],
      'session_touch',
    );
  }

  async create(tx: Tx, session: SessionRow): Promise<void> {
    // $1 token hash, $2 workspace, $3 agent, $4 CSRF token, $5 user agent, $6 now, $7 end
    await tx.execute(
      `INSERT INTO sessions (token_hash, workspace_id, agent_id, csrf_token, user_agent, created_at, last_seen_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`,
      [
        session.tokenHash,
        session.workspaceId,
        session.agentId,
        session.csrfToken,
        session.userAgent,
        session.at,
        session.expiresAt,
      ],
    );
  }

  /** Ends one session, whoever's it is. */
  async end(tx: Tx, tokenHash: Buffer): Promise<void> {
    await tx.execute('DELETE FROM sessions WHERE token_hash = $1', [tokenHash]); // $1 token hash
  }

  /** Ends an agent's sessions, but the one to keep. @returns how many */
  endAll(tx: Tx, workspaceId: string, agentId: string, keep: Buffer | null): Promise<number> {
    // $1 workspace, $2 agent, $3 session to keep
    return tx.execute(
      'DELETE FROM sessions WHERE workspace_id = $1 AND agent_id = $2 AND ($3::bytea IS NULL OR token_hash <> $3)',
      [workspaceId, agentId, keep],
    );
  }

  async sweep(tx: Tx, workspaceId: string, agentId: string, now: Date): Promise<void> {
    // $1 workspace, $2 agent, $3 now
    await tx.execute('DELETE FROM sessions WHERE workspace_id = $1 AND agent_id = $2 AND expires_at <= $3', [
      workspaceId,
      agentId,
      now,
    ]);
  }

  private bySession(tx: Tx, hashes: readonly Buffer[], now: Date): Promise<Bearer[]> {
    // $1 token hashes, $2 now
    return tx.query<Bearer>(
      `SELECT s.token_hash, s.csrf_token, s.last_seen_at AS last_used_at, ${AGENT}
       FROM sessions s JOIN agents a ON a.workspace_id = s.workspace_id AND a.id = s.agent_id
       WHERE s.token_hash = ANY($1::bytea[]) AND s.expires_at > $2 AND a.disabled_at IS NULL`,
      [hashes, now],
      'sessions_find',
    );
  }

  private byToken(tx: Tx, hashes: readonly Buffer[], now: Date): Promise<Bearer[]> {
    // $1 token hashes, $2 now
    return tx.query<Bearer>(
      `SELECT t.token_hash, NULL AS csrf_token, t.last_used_at, ${AGENT}
       FROM api_tokens t JOIN agents a ON a.workspace_id = t.workspace_id AND a.id = t.agent_id
       WHERE t.token_hash = ANY($1::bytea[]) AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)
         AND a.disabled_at IS NULL`,
      [hashes, now],
      'api_tokens_find',
    );
  }
}
