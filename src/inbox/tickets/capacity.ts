import { permissionsOf, ROLES, type Role } from '../../identity/principal';
import { DomainError } from '../../platform/errors';

/** An agent and how full they are. */
export interface AgentRoom {
  id: string;
  name: string;
  role: Role;
  /** Active tickets (`new` or `open`) the agent may hold at once, and holds. */
  capacity: number;
  load: number;
  teamIds: readonly string[];
  disabled: boolean;
}

/** Roles that answer customers, and so may hold tickets. */
export const WORKING_ROLES: readonly Role[] = ROLES.filter((role) => permissionsOf(role).has('tickets.write'));

/** Roles that see every team's tickets and may fill an agent over capacity. */
const LEADING_ROLES: readonly Role[] = ['owner', 'admin', 'lead'];
export const isLeading = (role: Role): boolean => LEADING_ROLES.includes(role);

export const hasRoom = (agent: Pick<AgentRoom, 'load' | 'capacity'>): boolean => agent.load < agent.capacity;

/** @throws DomainError `capacity_full` */
export function mustHaveRoom(agent: AgentRoom): void {
  if (hasRoom(agent)) return;
  throw new DomainError(
    'capacity_full',
    `${agent.name} already holds ${agent.load} of ${agent.capacity} tickets; finish one first.`,
    {
      capacity: agent.capacity,
      load: agent.load,
    },
  );
}

/**
 * Whether an agent may be given a ticket of this team.
 * @throws DomainError `validation_failed` on `agentId`
 */
export function mustBeAbleToHold(agent: AgentRoom, teamId: string | null): void {
  const problem = agent.disabled
    ? `${agent.name} is disabled; choose someone else.`
    : !WORKING_ROLES.includes(agent.role)
      ? `${agent.name} only reads (${agent.role}); choose someone who answers tickets.`
      : teamId !== null && !isLeading(agent.role) && !agent.teamIds.includes(teamId)
        ? `${agent.name} is not in this ticket's team; move the ticket to a team of theirs first.`
        : null;
  if (problem) throw new DomainError('validation_failed', problem, { fields: [{ path: 'agentId', problem }] });
}
