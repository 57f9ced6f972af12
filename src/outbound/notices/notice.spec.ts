import { decided, decisionsFor, NOTICE_DECISIONS, NOTICE_STATES } from './notice';

it.each([
  ['failed', 'retry', 'queued'],
  ['in doubt, sent again by a person', 'retry', 'queued', 'unknown'],
  ['in doubt, and somebody saw it there', 'arrived', 'sent', 'unknown'],
  ['in doubt, given up', 'give_up', 'cancelled', 'unknown'],
  ['failed, given up', 'give_up', 'cancelled', 'failed'],
  ['waiting, given up', 'give_up', 'cancelled', 'queued'],
  ['asked for twice', 'retry', 'queued', 'queued'],
  ['given up twice', 'give_up', 'cancelled', 'cancelled'],
  ['out, sent again', 'retry', null, 'sent'],
  ['given up, sent again', 'retry', null, 'cancelled'],
  ['refused, said to have arrived', 'arrived', null, 'failed'],
  ['out, given up', 'give_up', null, 'sent'],
] as const)('%s: %s leads to %s', (_, decision, to, from = 'failed') => expect(decided(from, decision)).toBe(to));

it('leaves alone what is on its way', () =>
  expect(NOTICE_DECISIONS.map((decision) => decided('sending', decision))).toEqual([null, null, null]));

it('offers what it would take, and nothing that changes nothing', () => {
  for (const state of NOTICE_STATES)
    for (const decision of decisionsFor(state)) {
      expect(decided(state, decision)).not.toBeNull();
      expect(decided(state, decision)).not.toBe(state);
    }
});
