import { dueOf } from './due';

const due = '2026-11-21T12:00:00.000Z';
const before = (ms: number) => Date.parse(due) - ms;
const MINUTE = 60_000;

it.each([
  ['three hours to go', before(180 * MINUTE), { level: 'calm', amount: 3, unit: 'hour' }],
  ['sixteen minutes to go', before(16 * MINUTE), { level: 'calm', amount: 16, unit: 'minute' }],
  ['a quarter to go', before(15 * MINUTE), { level: 'soon', amount: 15, unit: 'minute' }],
  ['ten seconds to go still says a minute', before(10_000), { level: 'soon', amount: 1, unit: 'minute' }],
  ['this very instant', before(0), { level: 'soon', amount: 0, unit: 'minute' }],
  ['a second late', before(-1000), { level: 'late', amount: 0, unit: 'minute' }],
  ['five minutes late', before(-5 * MINUTE), { level: 'late', amount: 5, unit: 'minute' }],
  ['three days late', before(-3 * 1440 * MINUTE), { level: 'late', amount: 3, unit: 'day' }],
])('%s', (_, now, expected) => expect(dueOf(due, now)).toEqual(expected));
