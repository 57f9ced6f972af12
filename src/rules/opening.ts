import type { BusinessCalendar } from '../calendars/calendar';
import { openHours } from '../calendars/hours';

/** Whether an instant lies within business hours; without a calendar it always does. */
export function isOpenAt(calendar: BusinessCalendar | null, at: Date): boolean {
  if (!calendar) return true;
  const instant = at.getTime();
  for (const { start, end } of openHours(calendar, instant)) return start <= instant && instant < end;
  return false;
}
