import type { BusinessCalendar } from '../calendars/calendar';
import { openHours } from '../calendars/hours';

/** The first open instant from now on: now, when it is open; null when it never opens again. */
export function nextOpening(calendar: BusinessCalendar, now: Date): Date | null {
  for (const { start } of openHours(calendar, now.getTime())) return new Date(Math.max(start, now.getTime()));
  return null;
}
