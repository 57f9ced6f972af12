import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit';
import { Database, type Tx } from '../platform/database';
import { type Authentication, Sessions } from './sessions';

@Injectable()
export class SignOut {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly audit: Audit,
  ) {}

  here(authentication: Authentication): Promise<void> {
    return this.ending(authentication, 'session.ended', (tx) => this.sessions.end(tx, authentication));
  }

  async everywhere(authentication: Authentication): Promise<void> {
    const { workspaceId, agentId } = authentication.principal;
    await this.ending(authentication, 'session.ended_everywhere', (tx) =>
      this.sessions.endAll(tx, workspaceId, agentId),
    );
  }

  private ending<T>(
    { principal: { workspaceId, agentId } }: Authentication,
    action: string,
    end: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    return this.database.lean({ workspaceId }, async (tx) => {
      await this.audit.record(tx, {
        workspaceId,
        actor: { kind: 'agent', id: agentId },
        action,
        subject: `agent:${agentId}`,
      });
      return end(tx);
    });
  }
}
