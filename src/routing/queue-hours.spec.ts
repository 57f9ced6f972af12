import type { BusinessCalendar } from '../calendars/calendar';
import { hoursAt } from './queue-hours';

const OFFICE: BusinessCalendar = {
  workspaceId: 'w',
  id: 'c',
  name: 'Office',
  timeZone: 'Asia/Tehran',
  hours: { sun: [{ from: 9 * 60, to: 17 * 60 }], mon: [{ from: 9 * 60, to: 17 * 60 }] },
  holidays: [],
  version: 1,
};
const always = {
  ...OFFICE,
  hours: Object.fromEntries(
    ['sat', 'sun', 'mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, [{ from: 0, to: 1_440 }]]),
  ),
};

// 2026-11-22 is a Sunday; Tehran is at +03:30
it.each<[string, BusinessCalendar | null, string, boolean, string | null]>([
  ['inside its hours', OFFICE, '2026-11-22T08:00:00Z', true, '2026-11-22T13:30:00.000Z'],
  ['the moment it opens', OFFICE, '2026-11-22T05:30:00Z', true, '2026-11-22T13:30:00.000Z'],
  ['the moment it closes', OFFICE, '2026-11-22T13:30:00Z', false, '2026-11-23T05:30:00.000Z'],
  ['over the week-end', OFFICE, '2026-11-24T08:00:00Z', false, '2026-11-29T05:30:00.000Z'],
  ['round the clock', always, '2026-11-22T08:00:00Z', true, null],
  ['never', { ...OFFICE, hours: {} }, '2026-11-22T08:00:00Z', false, null],
  ['without a calendar', null, '2026-11-22T08:00:00Z', true, null],
])('%s', (_, calendar, now, open, turnsAt) => {
  expect(hoursAt(calendar, new Date(now))).toEqual({ open, turnsAt: turnsAt && new Date(turnsAt) });
});
