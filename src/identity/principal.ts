import { room } from '../outbox/audience';

export const ROLES = ['owner', 'admin', 'lead', 'agent', 'analyst', 'crm_viewer'] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = [
  'tickets.read',
  'tickets.write',
  'conversations.reply',
  'notes.write',
  'moderation.write',
  'contacts.read',
  'contacts.write',
  'channels.manage',
  'agents.manage',
  'teams.manage',
  'crm.manage',
  'crm.read',
  'faq.manage',
  'jobs.manage',
  'ledger.read',
  'ledger.replay',
  'reports.read',
  'workspace.manage',
  'sla.manage',
  'routing.manage',
  'rules.manage',
  'macros.manage',
  'tickets.configure',
  'surveys.manage',
  'webhooks.manage',
  'audit.read',
  'notices.send',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export type Locale = 'fa' | 'en';

/** Who is asking, as settled by the guard or by the socket's handshake: one agent of one workspace. */
export interface Principal {
  workspaceId: string;
  agentId: string;
  role: Role;
  teamIds: readonly string[];
  permissions: ReadonlySet<Permission>;
  name: string;
  email: string;
  locale: Locale;
  via: 'session' | 'token';
}

const WORKING: readonly Permission[] = [
  'tickets.read',
  'tickets.write',
  'conversations.reply',
  'notes.write',
  'moderation.write',
  'contacts.read',
  'contacts.write',
  'crm.read',
];

const TABLE: Record<Role, ReadonlySet<Permission>> = {
  owner: new Set(PERMISSIONS),
  admin: new Set(PERMISSIONS),
  lead: new Set<Permission>([
    ...WORKING,
    'faq.manage',
    'sla.manage',
    'routing.manage',
    'rules.manage',
    'macros.manage',
    'reports.read',
    'ledger.read',
    'notices.send',
  ]),
  agent: new Set(WORKING),
  analyst: new Set<Permission>(['tickets.read', 'contacts.read', 'crm.read', 'reports.read']),
  crm_viewer: new Set<Permission>(['tickets.read', 'contacts.read', 'crm.read']),
};

export const permissionsOf = (role: Role): ReadonlySet<Permission> => TABLE[role];

export const rolesWith = (permission: Permission): Role[] => ROLES.filter((role) => TABLE[role].has(permission));

type Seer = Pick<Principal, 'agentId' | 'role' | 'teamIds' | 'permissions'>;

/** Only an agent's view is narrowed to its teams; the reading roles have no team to be narrowed to. */
const seesEveryTicket = (who: Seer) => who.role !== 'agent' && who.permissions.has('tickets.read');

/**
 * Who may see a ticket, with everything in it. The same rule three ways: here for one row, `visibleTickets` for a
 * list, `roomsOf` for sockets; a spec holds them together.
 */
export function canSeeTicket(who: Seer, ticket: { teamId: string | null; assigneeId: string | null }): boolean {
  if (seesEveryTicket(who)) return true;
  if (!who.permissions.has('tickets.read')) return false;
  return ticket.teamId === null || who.teamIds.includes(ticket.teamId) || ticket.assigneeId === who.agentId;
}

/** Rooms to join at connect, without the workspace. `ticket:` rooms are joined one by one, each after `canSeeTicket`. */
export function roomsOf(who: Seer): string[] {
  const rooms: string[] = [room.agent(who.agentId)];
  if (!who.permissions.has('tickets.read')) return rooms;
  if (seesEveryTicket(who)) rooms.push(room.leads);
  return [...rooms, room.lobby, ...who.teamIds.map(room.team)];
}

/**
 * `canSeeTicket` as a condition on `alias.team_id` and `alias.assignee_id`.
 * @param next number of the first free `$n`; `params` go in from there
 */
export function visibleTickets(who: Seer, alias: string, next: number): { sql: string; params: unknown[] } {
  if (seesEveryTicket(who)) return { sql: 'true', params: [] };
  if (!who.permissions.has('tickets.read')) return { sql: 'false', params: [] };
  return {
    sql: `(${alias}.team_id IS NULL OR ${alias}.team_id = ANY($${next}::uuid[]) OR ${alias}.assignee_id = $${next + 1}::uuid)`,
    params: [who.teamIds, who.agentId],
  };
}
