import { afterReopening } from './ticket-reopening';

it.each([
  ['here with room', { load: 2, capacity: 5, disabled: false }, true, 'stays'],
  ['here, this one the last they take', { load: 5, capacity: 5, disabled: false }, true, 'stays'],
  ['here and over', { load: 5.5, capacity: 5, disabled: false }, true, 'full'],
  ['weights that add up to a hair more', { load: 0.1 + 0.2, capacity: 0.3, disabled: false }, true, 'stays'],
  ['away', { load: 0, capacity: 5, disabled: false }, false, 'away'],
  ['gone for good', { load: 0, capacity: 5, disabled: true }, true, 'away'],
] as const)('%s', (_, agent, here, outcome) => expect(afterReopening(agent, here)).toBe(outcome));
