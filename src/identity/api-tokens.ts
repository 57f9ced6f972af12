import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { Audit } from '../audit/audit';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { newToken, Secrets } from '../platform/secrets';
import { AccessChanges } from './access-changes';
import { ApiTokenEntity } from './api-token.entity';
import { type Page, pageOf } from './page';
import type { Principal } from './principal';

const HINT_LENGTH = 7; // `pk_` and four characters of 256 random bits

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

  /** One's own only. Revoking twice is no error. */
  revoke(who: Principal, id: string): Promise<void> {
    return this.database.transaction(who, async (tx) => {
      const key = { workspaceId: who.workspaceId, agentId: who.agentId, id };
      const token = await tx.entities.findOneBy(ApiTokenEntity, key);
      if (!token) throw notFound('token');
      if (token.revokedAt) return;
      await tx.entities.update(ApiTokenEntity, key, { revokedAt: this.clock.now() });
      await this.audit.record(tx, {
        workspaceId: who.workspaceId,
        actor: { kind: 'agent', id: who.agentId },
        action: 'token.revoked',
        subject: `token:${id}`,
      });
      this.changes.announce(tx, who);
    });
  }
}
