import type { Snooze } from '../../api/ticket-work';
import { addDays, dayIn, instantIn } from '../../lib/day';

export const SNOOZES = ['hour', 'evening', 'tomorrow', 'working_day', 'week', 'reply'] as const;
export type SnoozeChoice = (typeof SNOOZES)[number];

const HOUR = 3_600_000;
const NINE = 9 * 60;
const EVENING = 18 * 60;

/** What a choice asks of the server; null for one that does not fit the time of day. Working days are the server's. */
export function snoozeOf(choice: SnoozeChoice, now: number, timeZone: string): Snooze | null {
  const today = dayIn(now, timeZone);
  switch (choice) {
    case 'hour':
      return { until: new Date(now + HOUR).toISOString() };
    case 'evening': {
      const until = instantIn(today, EVENING, timeZone);
      return Date.parse(until) - now > HOUR ? { until } : null;
    }
    case 'tomorrow':
      return { until: instantIn(addDays(today, 1), NINE, timeZone) };
    case 'working_day':
      return { workingDay: 1 };
    case 'week':
      return { until: instantIn(addDays(today, 7), NINE, timeZone) };
    case 'reply':
      return { on: ['reply'] };
  }
}
