import type { Principal } from '../identity/principal';
import { DomainError } from '../platform/errors';

/** Whose a macro or canned reply is. */
export const SCOPES = ['everybody', 'team', 'me'] as const;
export type Scope = (typeof SCOPES)[number];

export interface Whose {
  scope: Scope;
  teamId: string | null;
  ownerId: string | null;
}

/** Shared ones are settled by those who manage macros; one's own by oneself, and by nobody else. */
export function mayChange(who: Principal, whose: Whose): boolean {
  return whose.scope === 'me' ? whose.ownerId === who.agentId : who.permissions.has('macros.manage');
}

/** @throws DomainError `forbidden`; `validation_failed` on `teamId` */
export function whoseOf(who: Principal, asked: { scope: Scope; teamId?: string | null }): Whose {
  const whose: Whose = {
    scope: asked.scope,
    teamId: asked.scope === 'team' ? (asked.teamId ?? null) : null,
    ownerId: asked.scope === 'me' ? who.agentId : null,
  };
  if (!mayChange(who, whose))
    throw new DomainError('forbidden', 'Only those who manage macros share them; keep it as your own, or ask a lead.');
  if (asked.scope === 'team' && whose.teamId === null)
    throw new DomainError('validation_failed', 'Please correct: teamId.', {
      fields: [{ path: 'teamId', problem: 'must name the team it is for' }],
    });
  return whose;
}

/**
 * Everybody's, those of the reader's teams, and the reader's own, as a condition on `alias`.
 * @param next number of the first free `$n`
 */
export function mine(who: Principal, alias: string, next: number): { sql: string; params: unknown[] } {
  return {
    sql: `(${alias}.scope = 'everybody' OR ${alias}.owner_id = $${next} OR ${alias}.team_id = ANY($${next + 1}::uuid[])
           OR (${alias}.scope = 'team' AND $${next + 2}::boolean))`,
    params: [who.agentId, who.teamIds, who.permissions.has('macros.manage')],
  };
}
