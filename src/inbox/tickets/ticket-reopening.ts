import type { AgentRoom } from './capacity';

export type Reopened = 'stays' | 'away' | 'full';

const HAIR = 1e-6; // sums of weights such as 0.1 are not exact

/**
 * Whether a ticket that its customer reopened stays with who solved it: only while they are here and have room for it.
 * Otherwise it waits in its queue again, and the event says why.
 * @param agent with this ticket counted in the load
 */
export function afterReopening(agent: Pick<AgentRoom, 'load' | 'capacity' | 'disabled'>, here: boolean): Reopened {
  if (agent.disabled || !here) return 'away';
  return agent.load <= agent.capacity + HAIR ? 'stays' : 'full';
}
