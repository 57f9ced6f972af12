import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { normalEmail } from './agent';
import { AgentsRepository, type Candidate } from './agents.repository';
import { LoginLimits } from './login-limits';
import { hashPassword, needsRehash, verifyPassword } from './passwords';
import { type Authentication, type NewSession, Sessions } from './sessions';

/** The caller as the network shows it. */
export interface Caller {
  address: string;
  userAgent?: string;
  /** The session cookie it came with: it ends when another begins. */
  session?: string;
}

const wrong = () => new DomainError('unauthenticated', 'The e-mail or the password is wrong.');

/** Signing in with a password, and changing it. The slow derivation runs between transactions, never inside one. */
@Injectable()
export class SignIn {
  constructor(
    private readonly database: Database,
    private readonly agents: AgentsRepository,
    private readonly sessions: Sessions,
    private readonly limits: LoginLimits,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `unauthenticated`, `rate_limited`, or `conflict` with `workspaces` when a slug must be given */
  async signIn(given: { email: string; password: string; workspace?: string }, caller: Caller): Promise<NewSession> {
    const email = normalEmail(given.email);
    const candidates = await this.allowed(email, caller.address, (tx) =>
      this.agents.candidates(tx, email, given.workspace),
    );
    const matching = await this.matching(candidates, given.password);
    const [agent, another] = matching;
    if (!agent) throw wrong();
    if (another) {
      await this.forgive(email, caller.address);
      throw new DomainError(
        'conflict',
        'This e-mail belongs to several workspaces; send the slug of one as workspace.',
        {
          workspaces: matching.map((candidate) => candidate.slug),
        },
      );
    }
    const better = needsRehash(agent.passwordHash!) ? await hashPassword(given.password) : undefined;
    return this.database.lean('system', async (tx) => {
      if (!(await this.agents.stillHolds(tx, agent))) throw wrong();
      await this.limits.giveBack(tx, email, caller.address, this.clock.now());
      if (better) await this.agents.setPassword(tx, agent.workspaceId, agent.id, better);
      await this.sessions.endToken(tx, caller.session);
      const actor = { kind: 'agent' as const, id: agent.id };
      await this.audit.record(tx, {
        workspaceId: agent.workspaceId,
        actor,
        action: 'session.started',
        subject: `agent:${agent.id}`,
      });
      return this.sessions.start(tx, agent, caller.userAgent);
    });
  }

  /** Ends the agent's other sessions. Guesses count as sign-ins do: a stolen session must not become a stolen password. */
  async changePassword(authentication: Authentication, current: string, next: string, address: string): Promise<void> {
    const { workspaceId, agentId, email } = authentication.principal;
    const own = await this.allowed(email, address, (tx) => this.agents.candidate(tx, workspaceId, agentId));
    const [agent] = await this.matching(own, current);
    if (!agent) {
      throw new DomainError('validation_failed', 'The current password is wrong.', {
        fields: [{ path: 'current', problem: 'current is not your password' }],
      });
    }
    const passwordHash = await hashPassword(next);
    await this.database.lean('system', async (tx) => {
      if (!(await this.agents.stillHolds(tx, agent))) {
        throw new DomainError('conflict', 'The password was changed meanwhile; sign in again.');
      }
      await this.limits.giveBack(tx, email, address, this.clock.now());
      await this.agents.setPassword(tx, workspaceId, agentId, passwordHash);
      await this.sessions.endAll(tx, workspaceId, agentId, authentication.tokenHash);
      await this.audit.record(tx, {
        workspaceId,
        actor: { kind: 'agent', id: agentId },
        action: 'password.changed',
        subject: `agent:${agentId}`,
      });
    });
  }

  /** Counts the attempt and, where it may go on, finds whose password to look at. */
  private async allowed(email: string, address: string, find: (tx: Tx) => Promise<Candidate[]>): Promise<Candidate[]> {
    const { waitMs, candidates } = await this.database.lean('system', async (tx) => {
      const wait = await this.limits.take(tx, email, address, this.clock.now());
      return { waitMs: wait, candidates: wait === null ? await find(tx) : [] };
    });
    if (waitMs === null) return candidates;
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    throw new DomainError(
      'rate_limited',
      `Too many wrong passwords; try again in ${Math.ceil(retryAfterSeconds / 60)} minutes.`,
      {
        retryAfterSeconds,
      },
    );
  }

  /** At least one derivation, whoever exists. */
  private async matching(candidates: readonly Candidate[], password: string): Promise<Candidate[]> {
    const asked = candidates.length > 0 ? candidates : [undefined];
    const right = await Promise.all(
      asked.map((candidate) => verifyPassword(password, candidate?.passwordHash ?? null)),
    );
    return candidates.filter((_, i) => right[i]);
  }

  private forgive(email: string, address: string): Promise<void> {
    return this.database.lean('system', (tx) => this.limits.giveBack(tx, email, address, this.clock.now()));
  }
}
