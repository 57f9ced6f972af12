import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { Audit } from '../audit/audit';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { hasRoom } from '../platform/room';
import { newToken, Secrets } from '../platform/secrets';
import { AccessChanges } from './access-changes';
import { mustOutrank } from './agent';
import { AgentEntity } from './agent.entity';
import { ApiTokenEntity } from './api-token.entity';
import { type Page, pageOf } from './page';
import type { Principal, Role } from './principal';

const MOST_TOKENS = 50; // of one agent: a script has one
const HINT_LENGTH = 7; // `pk_` and four characters of 256 random bits

export interface TokenOfAgent extends Omit<ApiTokenEntity, 'workspaceId' | 'agentId' | 'tokenHash'> {
  agent: { id: string; name: string; role: Role };
}

/** Personal tokens for scripts: they may do what their agent may, as long as the agent may. */
@Injectable()
export class ApiTokens {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly audit: Audit,
    private readonly changes: AccessChanges,
    private readonly clock: Clock,
  ) {}

  /** @returns the token itself too, which is kept nowhere */
  create(who: Principal, name: string, expiresAt: Date | null): Promise<{ row: ApiTokenEntity; token: string }> {
    const now = this.clock.now();
    if (expiresAt && expiresAt <= now) {
      throw new DomainError('validation_failed', 'Please correct: expiresAt.', {
        fields: [{ path: 'expiresAt', problem: 'expiresAt must be in the future' }],
      });
    }
    const token = newToken('pk_');
    return this.database.transaction(who, async (tx) => {
      if (!(await this.fits(tx, who, now)))
        throw new DomainError(
          'conflict',
          `You have ${MOST_TOKENS} API tokens that work already; revoke one that is not needed.`,
          { max: MOST_TOKENS },
        );
      const row = Object.assign(new ApiTokenEntity(), {
        workspaceId: who.workspaceId,
        id: uuidv7(),
        agentId: who.agentId,
        name,
        tokenHash: this.secrets.tokenHash(token),
        hint: token.slice(0, HINT_LENGTH),
        createdAt: now,
        lastUsedAt: null,
        expiresAt,
        revokedAt: null,
      });
      await tx.entities.insert(ApiTokenEntity, row);
      await this.audit.record(tx, {
        workspaceId: who.workspaceId,
        actor: { kind: 'agent', id: who.agentId },
        action: 'token.created',
        subject: `token:${row.id}`,
        changes: { name: { from: null, to: name }, expiresAt: { from: null, to: expiresAt } },
      });
      return { row, token };
    });
  }

  private fits(tx: Tx, { workspaceId, agentId }: Principal, now: Date): Promise<boolean> {
    // $1 workspace, $2 agent, $3 now
    return hasRoom(
      tx,
      { kind: 'api_tokens', owner: agentId, most: MOST_TOKENS },
      `SELECT 1 FROM api_tokens WHERE workspace_id = $1 AND agent_id = $2 AND revoked_at IS NULL
         AND (expires_at IS NULL OR expires_at > $3)`,
      [workspaceId, agentId, now],
    );
  }

  /** One's own, newest first, revoked ones too. */
  list(who: Principal, cursor: string | undefined, limit: number): Promise<Page<ApiTokenEntity>> {
    return this.database.transaction(who, async (tx) => {
      const rows = await tx.entities.find(ApiTokenEntity, {
        where: { workspaceId: who.workspaceId, agentId: who.agentId, ...(cursor ? { id: LessThan(cursor) } : {}) },
        order: { id: 'DESC' },
        take: limit + 1,
      });
      return pageOf(rows, limit);
    });
  }

  /** Everybody's that work still, newest first; each with whose it is. */
  listAll(who: Principal, cursor: string | undefined, limit: number): Promise<Page<TokenOfAgent>> {
    return this.database.transaction(who, async (tx) => {
      // $1 workspace, $2 id to go on from, $3 how many, $4 now
      const rows = await tx.query<TokenOfAgent>(
        `SELECT t.id, t.name, t.hint, t.created_at AS "createdAt", t.last_used_at AS "lastUsedAt", t.expires_at AS "expiresAt",
           t.revoked_at AS "revokedAt", jsonb_build_object('id', a.id, 'name', a.name, 'role', a.role) AS agent
         FROM api_tokens t JOIN agents a ON a.workspace_id = t.workspace_id AND a.id = t.agent_id
         WHERE t.workspace_id = $1 AND ($2::uuid IS NULL OR t.id < $2) AND t.revoked_at IS NULL
           AND (t.expires_at IS NULL OR t.expires_at > $4)
         ORDER BY t.id DESC LIMIT $3`,
        [who.workspaceId, cursor ?? null, limit + 1, this.clock.now()],
      );
      return pageOf(rows, limit);
    });
  }

  /** One's own only. Revoking twice is no error. */
  revoke(who: Principal, id: string): Promise<void> {
    return this.end(who, { workspaceId: who.workspaceId, agentId: who.agentId, id });
  }

  /** Somebody's, by who looks after people; an owner's only by an owner. */
  revokeOf(who: Principal, id: string): Promise<void> {
    return this.end(who, { workspaceId: who.workspaceId, id });
  }

  private end(who: Principal, key: { workspaceId: string; agentId?: string; id: string }): Promise<void> {
    return this.database.transaction(who, async (tx) => {
      const token = await tx.entities.findOneBy(ApiTokenEntity, key);
      if (!token) throw notFound('token');
      if (token.agentId !== who.agentId) {
        const agent = await tx.entities.findOneByOrFail(AgentEntity, {
          workspaceId: who.workspaceId,
          id: token.agentId,
        });
        mustOutrank(who.role, agent.role, undefined);
      }
      if (token.revokedAt) return;
      await tx.entities.update(ApiTokenEntity, key, { revokedAt: this.clock.now() });
      await this.audit.record(tx, {
        workspaceId: who.workspaceId,
        actor: { kind: 'agent', id: who.agentId },
        action: 'token.revoked',
        subject: `token:${key.id}`,
      });
      this.changes.announce(tx, { workspaceId: who.workspaceId, agentId: token.agentId });
    });
  }
}
