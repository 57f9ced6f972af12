import { DomainError } from '../platform/errors';
import type { HolidayRule } from './calendar';
import { parseDay } from './days';
import { timeZone } from './time-zone';

/** What is said in a hurry. Each is a date, which means the whole of it, or an instant. */
export interface Closing {
  from?: string;
  to?: string;
}

/**
 * "We are closed": without a beginning from now on, without an end to the end of the day on which it begins. Whole days
 * stay whole days, whatever hours the week gets later.
 * @throws DomainError `validation_failed`
 */
export function closingRule(zoneName: string, { from, to }: Closing, now: number): HolidayRule {
  const [firstDay, lastDay] = [parseDay(from ?? ''), parseDay(to ?? from ?? '')];
  if (!Number.isNaN(firstDay) && !Number.isNaN(lastDay)) return { on: 'date', date: from!, ...(to && { to }) };
  const zone = timeZone(zoneName);
  const start = from === undefined ? now : Number.isNaN(firstDay) ? Date.parse(from) : zone.instantOf(firstDay, 0);
  const endDay = to === undefined ? zone.dayAt(start) : parseDay(to);
  const end = Number.isNaN(endDay) ? Date.parse(to!) : zone.instantOf(endDay + 1, 0);
  if (!(end > start)) {
    const fields = [{ path: 'to', problem: 'must be after the beginning' }];
    throw new DomainError('validation_failed', 'Please correct: to.', { fields });
  }
  return { on: 'span', from: new Date(start).toISOString(), to: new Date(end).toISOString() };
}
