import { DELIVERY_MOVES, DELIVERY_STATES, isForward, mayMove } from './delivery';
import { channelWait, deliveryWait, type WaitFacts } from './delivery-wait';

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

describe('why a message waits', () => {
  const NOW = '2026-03-01T10:00:00.000Z';
  /** So many seconds from now. */
  const at = (seconds: number) => new Date(Date.parse(NOW) + seconds * 1_000).toISOString();
  const facts = (over: Partial<WaitFacts>): WaitFacts => ({
    now: NOW,
    state: 'queued',
    channelState: 'active',
    channelReason: null,
    pausedUntil: null,
    pauseReason: null,
    code: null,
    reason: null,
    waitUntil: null,
    slotAt: null,
    sendingSince: null,
    looks: 0,
    before: null,
    ...over,
  });
  const down = { channelState: 'needs_reconnect', channelReason: 'The access token has expired.' } as const;
  const doubtful = { state: 'unknown', sendingSince: at(-20), waitUntil: at(5), reason: 'No answer.' };

  it.each<[string, Partial<WaitFacts>, Record<string, unknown> | null]>([
    ['just written', {}, null],
    ['its next try is due', { code: 'busy', waitUntil: at(-1) }, null],
    ['the channel must be connected again', down, { for: 'needs_reconnect', reason: down.channelReason, nextAt: null }],
    ['the channel is switched off', { channelState: 'disabled' }, { for: 'channel_disabled', reason: null }],
    [
      'the account rests',
      { pausedUntil: at(60), pauseReason: 'Too fast.', waitUntil: at(60), code: 'rate_limited' },
      { for: 'pause', nextAt: at(60), reason: 'Too fast.' },
    ],
    ['the rest is over', { pausedUntil: at(-60), pauseReason: 'Too fast.' }, null],
    ['a broken channel says more than its rest', { ...down, pausedUntil: at(60) }, { for: 'needs_reconnect' }],
    ['tried, and tried again', { code: 'busy', reason: 'Later.', waitUntil: at(40) }, { for: 'retry', nextAt: at(40) }],
    ['tried again in a blink', { code: 'busy', reason: 'Later.', waitUntil: at(1) }, null],
    ['tried, and nobody named it', { reason: 'Later.', waitUntil: at(40) }, { for: 'retry', nextAt: at(40) }],
    ['left alone so that it can be taken back', { waitUntil: at(1) }, { for: 'not_before', nextAt: at(1) }],
    ['its place in the line', { slotAt: at(9) }, { for: 'turn', nextAt: at(9) }],
    ['nearly its turn', { slotAt: at(2) }, null],
    [
      'the one before it is on its way',
      { before: { state: 'sending', waitUntil: at(89), sendingSince: at(-1) } },
      null,
    ],
    [
      'the one before it gets no answer',
      { before: { state: 'sending', waitUntil: at(60), sendingSince: at(-30) } },
      { for: 'message_before', nextAt: null },
    ],
    [
      'the one before it waits',
      { before: { state: 'queued', waitUntil: at(30), sendingSince: null } },
      { for: 'message_before', nextAt: at(30) },
    ],
    [
      'the one before it is in doubt',
      { before: { state: 'unknown', waitUntil: at(2), sendingSince: at(-9) } },
      { for: 'message_before' },
    ],
    ['on its way', { state: 'sending', sendingSince: at(-1), waitUntil: at(89) }, null],
    ['on its way while the account rests', { state: 'sending', sendingSince: at(-1), pausedUntil: at(60) }, null],
    [
      'no answer for long',
      { state: 'sending', sendingSince: at(-30), waitUntil: at(60) },
      { for: 'answer', since: at(-30), nextAt: at(60) },
    ],
    [
      'in doubt: six looks, and then a person decides',
      doubtful,
      {
        for: 'looking',
        since: at(-20),
        nextAt: at(5),
        decideAt: at(5 + 5 + 10 + 20 + 40 + 80 + 160),
        reason: 'No answer.',
      },
    ],
    ['in doubt, at the last look', { ...doubtful, looks: 6 }, { for: 'looking', nextAt: at(5), decideAt: at(5) }],
    ['in doubt, and nobody can be asked', { ...doubtful, ...down }, { for: 'needs_reconnect', since: at(-20) }],
  ])('%s', (_, over, told) => {
    const wait: unknown = JSON.parse(JSON.stringify({ of: deliveryWait(facts(over)) }));
    expect(wait).toMatchObject({ of: told });
  });

  it('says what is known in both languages', () => {
    expect(channelWait(facts(down))?.words?.fa).toContain('مهلت توکن');
    expect(channelWait(facts({ channelState: 'disabled' }))?.words).toBeNull();
    expect(channelWait(facts({ code: 'busy', waitUntil: at(40) }))).toBeNull();
  });
});
