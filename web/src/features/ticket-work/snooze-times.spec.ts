import { snoozeOf } from './snooze-times';

const NOON = Date.parse('2026-11-22T08:30:00Z');

it.each([
  ['hour', '2026-11-22T08:30:00Z', 'Asia/Tehran', '2026-11-22T09:30:00.000Z'],
  ['evening', '2026-11-22T08:30:00Z', 'Asia/Tehran', '2026-11-22T14:30:00.000Z'],
  ['tomorrow', '2026-11-22T08:30:00Z', 'Asia/Tehran', '2026-11-23T05:30:00.000Z'],
  // already the 23rd in Tehran
  ['tomorrow', '2026-11-22T21:30:00Z', 'Asia/Tehran', '2026-11-24T05:30:00.000Z'],
  // the clocks change in the night between
  ['tomorrow', '2026-03-28T20:00:00Z', 'Europe/Berlin', '2026-03-29T07:00:00.000Z'],
  ['tomorrow', '2026-10-24T20:00:00Z', 'Europe/Berlin', '2026-10-25T08:00:00.000Z'],
  ['week', '2026-10-20T20:00:00Z', 'Europe/Berlin', '2026-10-27T08:00:00.000Z'],
] as const)('%s at %s in %s is %s', (choice, now, zone, until) =>
  expect(snoozeOf(choice, Date.parse(now), zone)).toEqual({ until }),
);

it('offers no evening that is nearly there', () =>
  expect(snoozeOf('evening', Date.parse('2026-11-22T14:00:00Z'), 'Asia/Tehran')).toBeNull());

it('leaves working days to the server, and a reply has no time', () => {
  expect(snoozeOf('working_day', NOON, 'Asia/Tehran')).toEqual({ workingDay: 1 });
  expect(snoozeOf('reply', NOON, 'Asia/Tehran')).toEqual({ on: ['reply'] });
});
