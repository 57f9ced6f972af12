import type { BusinessCalendar } from '../calendars/calendar';
import { isOpenAt } from './opening';

const calendar: BusinessCalendar = {
  workspaceId: 'harbour',
  id: 'c',
  name: 'Office',
  timeZone: 'Asia/Tehran',
  hours: { sat: [{ from: 540, to: 1_020 }] },
  holidays: [],
  version: 1,
};

it.each([
  ['before it opens', '2026-05-09T05:29:59Z', false],
  ['as it opens', '2026-05-09T05:30:00Z', true],
  ['in the last second', '2026-05-09T13:29:59Z', true],
  ['as it closes', '2026-05-09T13:30:00Z', false],
  ['the day after', '2026-05-10T08:00:00Z', false],
])('%s', (_, at, open) => expect(isOpenAt(calendar, new Date(at))).toBe(open));

it('is always open without a calendar, and never with one that never opens', () => {
  expect(isOpenAt(null, new Date())).toBe(true);
  expect(isOpenAt({ ...calendar, hours: {} }, new Date())).toBe(false);
});
