/**
 * Who may hear of an event, as room names without the workspace. The same names narrow a resume from the table and
 * address live sockets, so both ways show an agent exactly the same events. No room means everybody: rooms stay small.
 */
export const room = {
  agent: (agentId: string) => `agent:${agentId}`,
  team: (teamId: string) => `team:${teamId}`,
  /** Tickets that no team owns. */
  lobby: 'lobby',
  /** Owners, admins and leads: they may see every ticket. */
  leads: 'leads',
  ticket: (ticketId: string) => `ticket:${ticketId}`,
} as const;

/** A ticket's audience: its team (or the lobby), its assignee, the leads, whoever has it open. */
export function ticketAudience(ticket: { id: string; teamId: string | null; assigneeId: string | null }): string[] {
  const rooms: string[] = [room.leads, ticket.teamId ? room.team(ticket.teamId) : room.lobby, room.ticket(ticket.id)];
  if (ticket.assigneeId) rooms.push(room.agent(ticket.assigneeId));
  return rooms;
}

/** The audience of a change hears it both where the ticket was and where it went. */
export const bothAudiences = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];
