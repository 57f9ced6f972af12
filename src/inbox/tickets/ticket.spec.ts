import { DomainError } from '../../platform/errors';
import {
  ACTIVE_STATUSES,
  afterCustomerMessage,
  isActive,
  isOwed,
  LIFE,
  moveTicket,
  TICKET_STATUSES,
  type TicketStatus,
} from './ticket';

const noon = new Date('2026-03-21T12:00:00Z');
const earlier = new Date('2026-03-21T11:00:00Z');
const HOUR = 3_600_000;
const ticket = (status: TicketStatus) => ({
  status,
  solvedAt: status === 'solved' || status === 'closed' ? earlier : null,
  closedAt: status === 'closed' ? earlier : null,
});

describe('the life of a ticket', () => {
  it('reaches every status from new', () => {
    const reached = new Set<TicketStatus>(['new']);
    for (const status of reached) for (const next of LIFE[status]) reached.add(next);
    expect([...reached].sort()).toEqual([...TICKET_STATUSES].sort());
  });

  it('lets every ticket under work be solved, and ends only in closed', () => {
    for (const status of ACTIVE_STATUSES) expect(LIFE[status]).toContain('solved');
    expect(TICKET_STATUSES.filter((status) => LIFE[status].length === 0)).toEqual(['closed']);
  });

  const pairs = TICKET_STATUSES.flatMap((from) => TICKET_STATUSES.map((to) => [from, to] as const));

  it.each(TICKET_STATUSES)('stays %s when it is', (status) => {
    const same = ticket(status);
    expect(moveTicket(same, status, noon)).toBe(same);
  });

  it.each(pairs.filter(([from, to]) => LIFE[from].includes(to)))('%s becomes %s', (from, to) => {
    expect(moveTicket(ticket(from), to, noon)).toEqual({
      status: to,
      solvedAt: to === 'solved' ? noon : to === 'closed' ? earlier : null,
      closedAt: to === 'closed' ? noon : null,
    });
  });

  it.each(pairs.filter(([from, to]) => from !== to && !LIFE[from].includes(to)))('%s never becomes %s', (from, to) => {
    expect(() => moveTicket(ticket(from), to, noon)).toThrow(
      expect.objectContaining({ code: 'invalid_transition', details: { from, to, allowed: LIFE[from] } }),
    );
  });

  it('leaves the ticket it was given alone', () => {
    const open = Object.freeze(ticket('open'));
    moveTicket(open, 'solved', noon);
    expect(open.solvedAt).toBeNull();
  });

  it('says what to do instead', () => {
    expect(() => moveTicket(ticket('closed'), 'open', noon)).toThrow(/starts a new one/);
    expect(() => moveTicket(ticket('open'), 'closed', noon)).toThrow(/solve it first/);
    expect(() => moveTicket(ticket('open'), 'new', noon)).toThrow(DomainError);
  });
});

describe('a customer writes', () => {
  it.each<[string, TicketStatus, Date | null, TicketStatus | null]>([
    ['again before anybody looked', 'new', null, 'new'],
    ['while we owe an answer', 'open', null, 'open'],
    ['the answer we waited for', 'pending', null, 'open'],
    ['while we wait for somebody else', 'on_hold', null, 'open'],
    ['an hour after it was solved', 'solved', earlier, 'open'],
    ['at the last instant of the window', 'solved', new Date(noon.getTime() - 2 * HOUR), 'open'],
    ['a moment past the window', 'solved', new Date(noon.getTime() - 2 * HOUR - 1), null],
    ['after it was closed', 'closed', earlier, null],
  ])('%s', (_, status, solvedAt, expected) => {
    expect(afterCustomerMessage(status, solvedAt, noon, 2 * HOUR)).toBe(expected);
  });
});

it('counts only tickets that wait for us as owed', () => {
  expect(TICKET_STATUSES.filter(isActive)).toEqual(['new', 'open', 'pending', 'on_hold']);
  expect(TICKET_STATUSES.filter(isOwed)).toEqual(['new', 'open']);
});
