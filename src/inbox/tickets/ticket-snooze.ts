import type { BusinessCalendar, Interval } from '../../calendars/calendar';
import { DomainError } from '../../platform/errors';
import { isActive, type Ticket } from './ticket';
import { DAY_MS } from './ticket-settings';

/** Until when: an instant, the opening of the n-th working day from now (1: the next), or open until something happens. */
export interface Snooze {
  until?: Date;
  workingDay?: number;
  /** What wakes it besides; the customer's word always does. */
  on?: readonly ('reply' | 'crm')[];
}

const MOST_DAYS = 366;

export const isSnoozed = (ticket: Pick<Ticket, 'wakeOn'>): boolean => ticket.wakeOn.length > 0;

/**
 * The ticket asleep: on hold, with its alarm set. The same again only moves the alarm.
 * @throws DomainError `invalid_transition` when it is done; `validation_failed` on `until` for what is past or too far
 */
export function snoozeTicket(ticket: Ticket, until: Date | null, on: readonly ('reply' | 'crm')[], now: Date): Ticket {
  if (!isActive(ticket.status)) {
    throw new DomainError('invalid_transition', `This ticket is ${ticket.status}; reopen it before snoozing it.`, {
      from: ticket.status,
    });
  }
  if (until && (until <= now || until.getTime() - now.getTime() > MOST_DAYS * DAY_MS)) {
    throw new DomainError('validation_failed', 'Please correct: until.', {
      fields: [{ path: 'until', problem: 'must be in the future, within a year' }],
    });
  }
  const wakeOn = [...new Set(['reply', ...on])];
  return { ...ticket, status: 'on_hold', snoozedUntil: until, wakeOn };
}

/** The ticket awake, its alarm off; the same object when it was not asleep. It comes back to us. */
export function wakeTicket(ticket: Ticket): Ticket {
  if (!isSnoozed(ticket)) return ticket;
  return {
    ...ticket,
    status: ticket.status === 'on_hold' ? 'open' : ticket.status,
    snoozedUntil: null,
    wakeOn: [],
  };
}

/**
 * The opening of the `n`-th working day after the one `from` is in, by the local dates of the calendar. Without closed
 * time every day is a working day, and it is the same hour `n` days on.
 * @param open hours in order from the one containing `from` on, as `openHours` yields them
 */
export function openingOfWorkingDay(
  open: Iterable<Interval>,
  calendar: Pick<BusinessCalendar, 'timeZone'> | null,
  from: Date,
  n: number,
): Date {
  const sameHour = new Date(from.getTime() + n * DAY_MS);
  if (!calendar) return sameHour;
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: calendar.timeZone, dateStyle: 'short' });
  let day = format.format(from);
  let left = n;
  for (const { start, end } of open) {
    if (end - from.getTime() > (n + 1) * DAY_MS && start <= from.getTime()) return sameHour;
    if (start - from.getTime() > MOST_DAYS * DAY_MS) break;
    const date = format.format(new Date(Math.max(start, from.getTime())));
    if (date === day) continue;
    day = date;
    left -= 1;
    if (left === 0) return new Date(start);
  }
  throw new DomainError('validation_failed', 'Please correct: workingDay.', {
    fields: [{ path: 'workingDay', problem: 'these business hours do not open so often within a year' }],
  });
}
