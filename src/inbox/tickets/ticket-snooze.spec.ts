import type { Interval } from '../../calendars/calendar';
import { isSnoozed, openingOfWorkingDay, snoozeTicket, wakeTicket } from './ticket-snooze';
import type { Ticket, TicketStatus } from './ticket';

const NOW = new Date('2026-11-22T09:00:00Z'); // Sunday, 12:30 in Tehran
const later = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
const ticket = (status: TicketStatus, over: Partial<Ticket> = {}) =>
  ({ status, snoozedUntil: null, wakeOn: [], ...over }) as unknown as Ticket;

it('sleeps on hold, and a word of the customer always wakes it', () => {
  expect(snoozeTicket(ticket('open'), later(1), [], NOW)).toMatchObject({
    status: 'on_hold',
    snoozedUntil: later(1),
    wakeOn: ['reply'],
  });
  expect(snoozeTicket(ticket('pending'), null, ['crm', 'reply'], NOW).wakeOn).toEqual(['reply', 'crm']);
});

it.each([
  ['the past', later(-1)],
  ['now', NOW],
  ['after a year', later(24 * 367)],
])('not until %s', (_, until) => {
  expect(() => snoozeTicket(ticket('open'), until, [], NOW)).toThrow(
    expect.objectContaining({ code: 'validation_failed' }),
  );
});

it.each<[TicketStatus]>([['solved'], ['closed']])('not when it is %s', (status) => {
  expect(() => snoozeTicket(ticket(status), null, [], NOW)).toThrow(
    expect.objectContaining({ code: 'invalid_transition' }),
  );
});

it('comes back to us when it wakes, and is left alone when it does not sleep', () => {
  const asleep = snoozeTicket(ticket('open'), later(1), [], NOW);
  const awake = wakeTicket(asleep);
  expect(awake).toMatchObject({ status: 'open', snoozedUntil: null, wakeOn: [] });
  expect([isSnoozed(asleep), isSnoozed(awake)]).toEqual([true, false]);
  const held = ticket('on_hold');
  expect(wakeTicket(held)).toBe(held);
});

describe('the opening of a working day', () => {
  const at = (text: string) => new Date(`${text}:00+03:30`).getTime();
  const stretch = (from: string, to: string): Interval => ({ start: at(from), end: at(to) });
  const TEHRAN = { timeZone: 'Asia/Tehran' };
  // Sunday with a break, Monday a holiday, Tuesday, and a shift over Wednesday's midnight
  const week = [
    stretch('2026-11-22T09:00', '2026-11-22T13:00'),
    stretch('2026-11-22T14:00', '2026-11-22T18:00'),
    stretch('2026-11-24T09:00', '2026-11-24T18:00'),
    stretch('2026-11-25T20:00', '2026-11-26T04:00'),
    stretch('2026-11-28T09:00', '2026-11-28T18:00'),
  ];
  it.each([
    ['the next', '2026-11-22T12:30', 1, '2026-11-24T09:00'],
    ['the second', '2026-11-22T12:30', 2, '2026-11-25T20:00'],
    ['a shift over midnight is one day', '2026-11-22T12:30', 3, '2026-11-28T09:00'],
    ['asked before opening, today is today', '2026-11-22T07:00', 1, '2026-11-24T09:00'],
    ['asked in the night, by local dates', '2026-11-23T01:00', 1, '2026-11-24T09:00'],
  ])('%s', (_, from, n, opening) => {
    const open = week.filter((hours) => hours.end > at(from));
    expect(openingOfWorkingDay(open, TEHRAN, new Date(at(from)), n)).toEqual(new Date(at(opening)));
  });

  it('is the same hour on a later day where nothing ever closes', () => {
    expect(openingOfWorkingDay([], null, NOW, 2)).toEqual(later(48));
    expect(openingOfWorkingDay([{ start: 0, end: Infinity }], TEHRAN, NOW, 2)).toEqual(later(48));
  });

  it('says so when there are not so many', () => {
    expect(() => openingOfWorkingDay(week, TEHRAN, NOW, 9)).toThrow(
      expect.objectContaining({ code: 'validation_failed' }),
    );
  });
});
