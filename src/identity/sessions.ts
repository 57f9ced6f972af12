import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { newToken, sameText, Secrets } from '../platform/secrets';
import { AccessChanges } from './access-changes';
import type { Credentials } from './credentials';
import { permissionsOf, type Principal } from './principal';
import { type Bearer, SessionsRepository } from './sessions.repository';

const DAY_MS = 86_400_000;
/** A session unused this long ends. */
export const SLIDING_MS = 14 * DAY_MS;
/** However busy, a session ends this long after its sign-in. */
export const ABSOLUTE_MS = 30 * DAY_MS;
const TOUCH_MS = 60_000;

export interface Authentication {
  principal: Principal;
  /** What `recheck` takes; worthless to anyone without the token. */
  tokenHash: Buffer;
  /** What a browser must send back in `x-csrf-token`; null for API tokens, which no browser sends by itself. */
  csrfToken: string | null;
}

export interface NewSession {
  /** For the cookie; only its hash is kept. */
  token: string;
  csrfToken: string;
}

/** Refuses what only a person in a browser may do. */
export function mustBeSession({ principal }: Authentication): void {
  if (principal.via !== 'session') {
    throw new DomainError('forbidden', 'An API token cannot do this; sign in with a password.');
  }
}

/**
 * Who is behind a cookie or a token. Every look-up reads the rows: a disabled agent, a changed role or an ended session
 * counts on all nodes from the commit on, and no cache can disagree.
 */
@Injectable()
export class Sessions {
  constructor(
    private readonly database: Database,
    private readonly repository: SessionsRepository,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
    private readonly changes: AccessChanges,
  ) {}

  /** For HTTP and sockets alike. @returns null when nobody is signed in with these */
  async authenticate(credentials: Credentials): Promise<Authentication | null> {
    const via = credentials.token !== undefined ? 'token' : 'session';
    const secret = credentials.token ?? credentials.session;
    if (!secret) return null;
    const hash = this.secrets.tokenHash(secret);
    const now = this.clock.now();
    return this.database.lean('system', async (tx) => {
      const [bearer] = await this.repository.find(tx, via, [hash], now);
      if (!bearer) return null;
      if (!bearer.last_used_at || now.getTime() - bearer.last_used_at.getTime() > TOUCH_MS) {
        await this.repository.touch(tx, via, hash, now, SLIDING_MS, ABSOLUTE_MS);
      }
      return authenticationOf(bearer, via);
    });
  }

  /**
   * Asks again for connections that stay open, all in one query a kind.
   * @returns those still good, by hex of `tokenHash`, as they are now; the rest must be cut
   */
  async recheck(open: readonly Authentication[]): Promise<Map<string, Authentication>> {
    const now = this.clock.now();
    const good = new Map<string, Authentication>();
    await this.database.lean('system', async (tx) => {
      for (const via of ['session', 'token'] as const) {
        const hashes = open.filter((each) => each.principal.via === via).map((each) => each.tokenHash);
        if (hashes.length === 0) continue;
        for (const bearer of await this.repository.find(tx, via, hashes, now)) {
          good.set(bearer.token_hash.toString('hex'), authenticationOf(bearer, via));
        }
      }
    });
    return good;
  }

  csrfMatches(authentication: Authentication, header: string | undefined): boolean {
    return authentication.csrfToken !== null && header !== undefined && sameText(authentication.csrfToken, header);
  }

  /** A fresh token each time; one that the browser brought along is never taken over. */
  async start(tx: Tx, agent: { workspaceId: string; id: string }, userAgent: string | undefined): Promise<NewSession> {
    const at = this.clock.now();
    const [token, csrfToken] = [newToken(), newToken()];
    await this.repository.sweep(tx, agent.workspaceId, agent.id, at);
    await this.repository.create(tx, {
      tokenHash: this.secrets.tokenHash(token),
      workspaceId: agent.workspaceId,
      agentId: agent.id,
      csrfToken,
      userAgent: userAgent?.slice(0, 300) ?? null,
      at,
      expiresAt: new Date(at.getTime() + SLIDING_MS),
    });
    return { token, csrfToken };
  }

  /** Ends the session a browser still holds, if any, before it gets another. */
  async endToken(tx: Tx, token: string | undefined): Promise<void> {
    if (token) await this.repository.end(tx, this.secrets.tokenHash(token));
  }

  async end(tx: Tx, { principal, tokenHash }: Authentication): Promise<void> {
    await this.repository.end(tx, tokenHash);
    this.changes.announce(tx, principal);
  }

  /** Ends all sessions of an agent, but the one to keep. @returns how many */
  async endAll(tx: Tx, workspaceId: string, agentId: string, keep: Buffer | null = null): Promise<number> {
    const ended = await this.repository.endAll(tx, workspaceId, agentId, keep);
    this.changes.announce(tx, { workspaceId, agentId });
    return ended;
  }
}

function authenticationOf(bearer: Bearer, via: Principal['via']): Authentication {
  return {
    principal: {
      workspaceId: bearer.workspace_id,
      agentId: bearer.agent_id,
      role: bearer.role,
      teamIds: bearer.team_ids,
      permissions: permissionsOf(bearer.role),
      name: bearer.name,
      email: bearer.email,
      locale: bearer.locale,
      via,
    },
    tokenHash: bearer.token_hash,
    csrfToken: bearer.csrf_token,
  };
}
