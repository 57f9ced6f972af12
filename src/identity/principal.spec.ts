import { ticketAudience } from '../outbox/audience';
import { canSeeTicket, PERMISSIONS, permissionsOf, type Role, ROLES, roomsOf, visibleTickets } from './principal';

const [ada, omar, care, sales] = ['ada', 'omar', 'care', 'sales'];
const seer = (role: Role, teamIds: string[] = []) => ({
  agentId: ada,
  role,
  teamIds,
  permissions: permissionsOf(role),
});
const ticket = (teamId: string | null, assigneeId: string | null = null) => ({ id: 't1', teamId, assigneeId });

describe('who may see a ticket', () => {
  it.each([
    ['an agent sees its own team’s', seer('agent', [care]), ticket(care), true],
    ['an agent does not see another team’s', seer('agent', [care]), ticket(sales), false],
    ['an agent sees another team’s when it is theirs', seer('agent', [care]), ticket(sales, ada), true],
    ['an agent does not see another team’s of a colleague', seer('agent', [care]), ticket(sales, omar), false],
    ['an agent sees the lobby', seer('agent'), ticket(null), true],
    ['a lead without a team sees all', seer('lead'), ticket(sales, omar), true],
    ['an admin sees all', seer('admin'), ticket(sales, omar), true],
    ['an owner sees all', seer('owner'), ticket(sales, omar), true],
    ['an analyst reads all', seer('analyst'), ticket(sales, omar), true],
    ['someone without tickets.read sees none', { ...seer('lead'), permissions: new Set<never>() }, ticket(null), false],
  ])('%s', (_, who, seen, expected) => expect(canSeeTicket(who, seen)).toBe(expected));

  it('is the same rule for sockets: a ticket’s audience meets an agent’s rooms exactly when it may see the ticket', () => {
    for (const role of ROLES) {
      for (const teamIds of [[], [care], [care, sales]]) {
        for (const permissions of [permissionsOf(role), new Set<never>()]) {
          const who = { ...seer(role, teamIds), permissions };
          for (const teamId of [null, care, sales]) {
            for (const assigneeId of [null, omar]) {
              const audience = new Set(ticketAudience(ticket(teamId, assigneeId)));
              const hears = roomsOf(who).some((name) => audience.has(name));
              expect({ role, teamIds, teamId, hears }).toEqual({
                role,
                teamIds,
                teamId,
                hears: canSeeTicket(who, ticket(teamId, assigneeId)),
              });
            }
          }
        }
      }
    }
  });

  it('is a condition too', () => {
    expect(visibleTickets(seer('lead'), 't', 3)).toEqual({ sql: 'true', params: [] });
    expect(visibleTickets({ ...seer('agent'), permissions: new Set() }, 't', 3).sql).toBe('false');
    expect(visibleTickets(seer('agent', [care]), 't', 3)).toEqual({
      sql: '(t.team_id IS NULL OR t.team_id = ANY($3::uuid[]) OR t.assignee_id = $4::uuid)',
      params: [[care], ada],
    });
  });
});

describe('roles', () => {
  it('give the owner everything, and readers nothing that writes or manages', () => {
    expect([...permissionsOf('owner')].toSorted()).toEqual([...PERMISSIONS].toSorted());
    for (const role of ['analyst', 'crm_viewer'] as const) {
      expect([...permissionsOf(role)].filter((permission) => !permission.endsWith('.read'))).toEqual([]);
    }
  });

  it('keep people, channels, CRM, jobs and the audit log to owners and admins', () => {
    for (const role of ['lead', 'agent', 'analyst', 'crm_viewer'] as const) {
      for (const kept of ['agents.manage', 'channels.manage', 'crm.manage', 'jobs.manage', 'audit.read'] as const) {
        expect([role, kept, permissionsOf(role).has(kept)]).toEqual([role, kept, false]);
      }
    }
  });
});
