import { permissionsOf, ROLES, type Role } from '../../identity/principal';
import { DomainError } from '../../platform/errors';

/** What a type of work takes of an agent's capacity: 1 is an ordinary conversation, `all` needs empty hands. */
export type Weight = number | 'all';
export type Weights = Readonly<Record<string, Weight>>;

/** A comment is a line, a call leaves no room for anything else; work of no known type weighs 1. */
export const USUAL_WEIGHTS: Weights = { comment: 0.5, dm: 1, letter: 1, call: 'all' };

/** As the rules count: `all` is more than anybody has room for beside other work. */
export const weightOf = (weights: Weights, workType: string): number => {
  const weight = weights[workType] ?? 1;
  return weight === 'all' ? Infinity : weight;
};

/** An agent and how full they are. */
export interface AgentRoom {
  id: string;
  name: string;
  role: Role;
  /** Weights of the work (`new` or `open`, or offered just now) the agent may have in hand at once, and has. */
  capacity: number;
  load: number;
  weights: Weights;
  teamIds: readonly string[];
  disabled: boolean;
}

type Hands = Pick<AgentRoom, 'load' | 'capacity' | 'weights'>;
type Work = { workType: string };

/** Roles that answer customers, and so may hold tickets. */
export const WORKING_ROLES: readonly Role[] = ROLES.filter((role) => permissionsOf(role).has('tickets.write'));

/** Roles that see every team's tickets and may fill an agent over capacity. */
const LEADING_ROLES: readonly Role[] = ['owner', 'admin', 'lead'];
export const isLeading = (role: Role): boolean => LEADING_ROLES.includes(role);

const HAIR = 1e-6; // sums of weights such as 0.1 are not exact

export const isFull = ({ load, capacity }: Pick<Hands, 'load' | 'capacity'>): boolean => load > capacity - HAIR;

export function hasRoom(agent: Hands, { workType }: Work): boolean {
  const weight = weightOf(agent.weights, workType);
  if (weight === Infinity) return agent.load === 0 && agent.capacity > 0;
  return agent.load + weight <= agent.capacity + HAIR;
}

/** The load once the work is taken too. */
export const loadWith = (agent: Hands, { workType }: Work): number => {
  const weight = weightOf(agent.weights, workType);
  return weight === Infinity ? Math.max(agent.load, agent.capacity) : agent.load + weight;
};

/** @throws DomainError `capacity_full` */
export function mustHaveRoom(agent: AgentRoom, work: Work): void {
  if (!hasRoom(agent, work)) throw fullHands(agent);
}

export const fullHands = ({ name, load, capacity }: AgentRoom): DomainError =>
  new DomainError('capacity_full', `${name} already has ${load} of ${capacity} in hand; finish one first.`, {
    capacity,
    load,
  });

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
