import { GiveUp, RetryLater } from '../platform/errors';
import { backoffCeilingMs } from './backoff';
import { errorText, LeaseLost, outcomeOf } from './job-outcome';

const half = () => 0.5;
const third = { attempt: 3, maxAttempts: 12 };
const last = { attempt: 12, maxAttempts: 12 };

describe('what becomes of a job whose handler threw', () => {
  it.each([
    [
      'an ordinary error waits by the backoff',
      new Error('odd'),
      third,
      { kind: 'retry', afterMs: backoffCeilingMs(3) * 0.75, error: 'odd', counts: true },
    ],
    [
      'RetryLater waits as long as it asks',
      new RetryLater('429', 61_000),
      third,
      { kind: 'retry', afterMs: 61_000, error: '429', counts: true },
    ],
    [
      'RetryLater with zero comes back at once',
      new RetryLater('again', 0),
      third,
      { kind: 'retry', afterMs: 0, error: 'again', counts: true },
    ],
    [
      'RetryLater without a time waits by the backoff',
      new RetryLater('503'),
      third,
      { kind: 'retry', afterMs: backoffCeilingMs(3) * 0.75, error: '503', counts: true },
    ],
    [
      'a negative wait is none',
      new RetryLater('clock', -5),
      third,
      { kind: 'retry', afterMs: 0, error: 'clock', counts: true },
    ],
    [
      'GiveUp parks on the first try',
      new GiveUp('no such page'),
      { attempt: 1, maxAttempts: 12 },
      { kind: 'parked', error: 'no such page' },
    ],
    ['the last try parks', new Error('still odd'), last, { kind: 'parked', error: 'still odd' }],
    [
      'the last try parks even when asked to wait',
      new RetryLater('busy', 1_000),
      last,
      { kind: 'parked', error: 'busy' },
    ],
    [
      'what only waits uses up no try, not even the last one',
      new RetryLater('offline', 1_000, { counts: false }),
      last,
      { kind: 'retry', afterMs: 1_000, error: 'offline', counts: false },
    ],
    ['a lost lease is nobody’s failure', new LeaseLost('j1'), last, { kind: 'lost' }],
    [
      'a thrown text is kept',
      'just text',
      third,
      { kind: 'retry', afterMs: backoffCeilingMs(3) * 0.75, error: 'just text', counts: true },
    ],
  ])('%s', (_, error, job, expected) => expect(outcomeOf(error, job, half)).toEqual(expected));

  it('keeps a bounded, never empty text', () => {
    expect(errorText(new Error('x'.repeat(9_000)))).toHaveLength(500);
    expect(errorText(new TypeError(''))).toBe('TypeError');
    expect(errorText(undefined)).toBe('undefined');
  });
});
