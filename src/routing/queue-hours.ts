import type { BusinessCalendar } from '../calendars/calendar';
import { openHours } from '../calendars/hours';

export interface Hours {
  open: boolean;
  /** When it closes, or opens; null: not that anybody knows. */
  turnsAt: Date | null;
}

/** @param calendar null: always open */
export function hoursAt(calendar: BusinessCalendar | null, now: Date): Hours {
  if (!calendar) return { open: true, turnsAt: null };
  const instant = now.getTime();
  for (const { start, end } of openHours(calendar, instant)) {
    if (end <= instant) continue;
    const open = start <= instant;
    const turn = open ? end : start;
    return { open, turnsAt: turn === Infinity ? null : new Date(turn) };
  }
  return { open: false, turnsAt: null };
}
