import { DELIVERY_MOVES, DELIVERY_STATES, isForward, mayMove } from './delivery';

it.each([
  ['queued', 'sent', true],
  ['sending', 'unknown', true],
  ['unknown', 'sent', true],
  ['unknown', 'failed', true],
  ['sent', 'delivered', true],
  ['sent', 'read', true], // networks leave out steps
  ['delivered', 'sent', false],
  ['read', 'delivered', false],
  ['sent', 'failed', true], // taken, then given up
  ['delivered', 'failed', false], // the customer has it
  ['read', 'failed', false],
  ['failed', 'delivered', true], // a later receipt knows better
  ['failed', 'queued', false],
  ['sent', 'unknown', false],
] as const)('from %s to %s: %s', (from, to, forward) => expect(isForward(from, to)).toBe(forward));

it('is never forward to where it is, nor for what is no delivery', () => {
  for (const state of DELIVERY_STATES) {
    expect(isForward(state, state)).toBe(false);
    expect(isForward(null, state)).toBe(false);
    expect(isForward('constructor', state)).toBe(false);
  }
});

it('ends where nothing more can be known, and is sent only from the queue', () => {
  expect(DELIVERY_STATES.filter((state) => DELIVERY_MOVES[state].length === 0)).toEqual(['read']);
  expect(DELIVERY_STATES.filter((state) => mayMove(state, 'sending'))).toEqual(['queued']);
  expect(DELIVERY_STATES.filter((state) => mayMove(state, 'queued'))).toEqual(['sending', 'failed', 'unknown']);
  expect(DELIVERY_STATES.filter((state) => mayMove(state, 'unknown'))).toEqual(['sending']);
  expect(mayMove(null, 'sent')).toBe(false);
});
