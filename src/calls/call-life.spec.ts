import { afterTry, CALL_LIFE, CALL_STATES, type CallState, isOpen, MEANING, moveCall, OUTCOMES } from './call-life';

const MINUTE = 60_000;
const rule = { maxAttempts: 3, retryMs: 15 * MINUTE };
const window = { start: 0, end: 60 * MINUTE };
const slot = (minute: number) => ({ start: minute * MINUTE, end: (minute + 30) * MINUTE });

describe('the life of a call', () => {
  const pairs = CALL_STATES.flatMap((from) => CALL_STATES.map((to) => [from, to] as const));
  const allowed = pairs.filter(([from, to]) => CALL_LIFE[from].includes(to));
  const refused = pairs.filter(([from, to]) => !CALL_LIFE[from].includes(to));

  it.each(allowed)('goes from %s to %s', (from, to) => expect(moveCall(from, to)).toBe(to));

  it.each(refused)('does not go from %s to %s', (from, to) => {
    expect(() => moveCall(from, to)).toThrow(expect.objectContaining({ code: 'invalid_transition' }) as Error);
  });

  it('never leaves an end', () => {
    const ends: CallState[] = ['completed', 'failed', 'cancelled', 'expired'];
    expect(CALL_STATES.filter((state) => !isOpen(state))).toEqual(ends);
  });

  it('needs a claim before it is begun', () => {
    expect(() => moveCall('scheduled', 'dialing')).toThrow('Claim this call');
    expect(() => moveCall('requested', 'claimed')).toThrow('window');
  });
});

describe('what an outcome means', () => {
  it('has a meaning for every code of the list', () => {
    expect(Object.keys(MEANING).toSorted()).toEqual([...OUTCOMES].toSorted());
  });

  it('wants a note wherever words were exchanged', () => {
    const noted = OUTCOMES.filter((outcome) => MEANING[outcome].noted);
    expect(noted).toEqual(['answered_resolved', 'answered_follow_up', 'answered_wrong_person', 'refused']);
  });
});

describe('trying again', () => {
  const free = [slot(10), slot(30), slot(120), slot(150)];

  it.each([
    ['first ring in vain: a quarter of an hour later, in the same window', 'no_answer', 1, 10, 25, [0, 60]],
    ['first time engaged: the same', 'busy', 1, 10, 25, [0, 60]],
    ['too late in the window: the next free slot', 'no_answer', 1, 50, 120, [120, 150]],
    ['second time: the next free slot, not sooner than a quarter', 'no_answer', 2, 20, 120, [120, 150]],
    ['switched off: another hour', 'unreachable', 1, 10, 30, [30, 60]],
    ['a message was left: another hour', 'voicemail_left', 1, 10, 30, [30, 60]],
  ] as const)('%s', (_, outcome, tries, now, at, [start, end]) => {
    expect(afterTry(outcome, tries, now * MINUTE, window, rule, free)).toEqual({
      kind: 'again',
      at: at * MINUTE,
      window: { start: start * MINUTE, end: end * MINUTE },
    });
  });

  it('gives up after the last try', () => {
    expect(afterTry('busy', 3, 0, window, rule, free)).toEqual({ kind: 'give_up' });
    expect(afterTry('busy', 1, 0, window, { ...rule, maxAttempts: 1 }, free)).toEqual({ kind: 'give_up' });
  });

  it('gives up when no slot is left', () => {
    expect(afterTry('unreachable', 1, 0, window, rule, [])).toEqual({ kind: 'give_up' });
  });
});
