import type { SendOutcome } from '../channels/sending';
import { patience } from '../inbox/conversations/delivery';
import { attemptOf, ECHO_GRACE_MS, isHeld, type Pause, pauseOf } from './attempt';

const later = (over: Partial<Extract<SendOutcome, { status: 'retry' }>> = {}): SendOutcome => ({
  status: 'retry',
  reason: 'Later.',
  ...over,
});

it.each<[string, SendOutcome, { state: string; waitMs?: number; pause?: Pause; held: boolean }]>([
  ['sent', { status: 'sent', externalId: '1' }, { state: 'sent', held: false }],
  ['in doubt', { status: 'unknown', reason: '?' }, { state: 'unknown', waitMs: ECHO_GRACE_MS, held: false }],
  ['later', later(), { state: 'queued', waitMs: 20_000, held: false }],
  ['later, with a time', later({ afterMs: 7 }), { state: 'queued', waitMs: 7, held: false }],
  ['the account later', later({ scope: 'channel', afterMs: 7 }), { state: 'queued', waitMs: 7, pause: 7, held: true }],
  [
    'the account, at once',
    later({ scope: 'channel', afterMs: 0 }),
    { state: 'queued', waitMs: 0, pause: 0, held: true },
  ],
  [
    'the account, some time',
    later({ scope: 'channel' }),
    { state: 'queued', waitMs: 60_000, pause: 60_000, held: true },
  ],
  [
    'a network that is away',
    later({ scope: 'channel', code: 'unreachable' }),
    { state: 'queued', pause: 'growing', held: true },
  ],
  ['refused', { status: 'failed', reason: 'No.', code: 'no', fix: 'none' }, { state: 'failed', held: false }],
  [
    'token refused',
    { status: 'reconnect', reason: 'No.', code: 'token' },
    { state: 'queued', waitMs: 5_000, held: true },
  ],
])('%s', (_, outcome, { state, waitMs, pause, held }) => {
  const attempt = attemptOf(outcome, 2);
  expect(attempt).toMatchObject({ result: { state } });
  expect([attempt.waitMs, attempt.pause, isHeld(attempt)]).toEqual([waitMs, pause, held]);
  expect(pauseOf(outcome)).toBe(pause);
});

it('believes a network that says "at once" ten times', () => {
  expect([9, 10, 60].map((tries) => attemptOf(later({ afterMs: 0 }), tries).waitMs)).toEqual([0, 600_000, 600_000]);
  expect(attemptOf(later({ afterMs: 3_600_000 }), 60).waitMs).toBe(3_600_000);
});

it('grows more patient, up to ten minutes', () => {
  expect([0, 1, 2, 6, 7, 1_000].map(patience)).toEqual([5_000, 10_000, 20_000, 320_000, 600_000, 600_000]);
});
