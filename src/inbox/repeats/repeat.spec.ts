import {
  DAY_MS,
  DEFAULT_REPEAT_SETTINGS,
  groupsOf,
  MINUTE_MS,
  readRepeatSettings,
  repeatsOf,
  type Said,
} from './repeat';

const WEEK = 7 * DAY_MS;
const at = (ms: number) => new Date(Date.UTC(2026, 10, 22, 12) + ms);

/** `omar` says the same in thread `a`, unless told otherwise. */
const said = (messageId: string, ms: number, over: Partial<Said> = {}): Said => ({
  messageId,
  conversationId: 'a',
  contactId: 'omar',
  fingerprint: 'where is my parcel',
  telling: true,
  at: at(ms),
  ...over,
});
const groups = (...words: Said[]) =>
  groupsOf(words, WEEK).map((group) => group.map((word) => word.messageId).join(' '));
const small = { telling: false, fingerprint: 'salam' };

it.each<[string, Said[], string[]]>([
  ['said once', [said('1', 0)], []],
  ['twice in one thread', [said('1', 0), said('2', MINUTE_MS)], ['1 2']],
  ['under two posts', [said('1', 0), said('2', DAY_MS, { conversationId: 'b' })], ['1 2']],
  ['by two people', [said('1', 0), said('2', 1, { contactId: 'sara' })], []],
  ['another text', [said('1', 0), said('2', 1, { fingerprint: 'thanks' })], []],
  ['at the very end of the span', [said('1', 0), said('2', WEEK)], ['1 2']],
  ['after the span', [said('1', 0), said('2', WEEK + 1)], []],
  ['each within the span of the one before', [said('1', 0), said('2', 6 * DAY_MS), said('3', 12 * DAY_MS)], ['1 2 3']],
  ['two chains', [said('1', 0), said('2', 1), said('3', 2 * WEEK), said('4', 2 * WEEK + 1)], ['1 2', '3 4']],
  ['a greeting twice in a row', [said('1', 0, small), said('2', MINUTE_MS, small)], ['1 2']],
  ['a greeting the next day', [said('1', 0, small), said('2', DAY_MS, small)], []],
  ['a greeting in two threads', [said('1', 0, small), said('2', 1, { ...small, conversationId: 'b' })], []],
  ['at one instant', [said('2', 0), said('1', 0)], ['1 2']],
])('%s', (_, words, expected) => {
  expect(groups(...words)).toEqual(expected);
  expect(groups(...words.toReversed())).toEqual(expected);
});

it('the first is the original, whichever came first, and the group roots anew when it goes', () => {
  const words = [said('3', 3), said('1', 1, { conversationId: 'b' }), said('2', 2)];
  expect(repeatsOf(words, WEEK).get('3')).toEqual({ count: 3, firstMessageId: '1', sameThread: false });
  const without = words.filter((word) => word.messageId !== '1');
  expect(repeatsOf(without, WEEK).get('3')).toEqual({ count: 2, firstMessageId: '2', sameThread: true });
  expect(repeatsOf(without.slice(0, 1), WEEK).size).toBe(0);
});

it.each([
  [undefined, {}],
  [null, {}],
  ['often', {}],
  [
    { spanDays: 3, merge: true },
    { spanDays: 3, merge: true },
  ],
  [{ spanDays: 0, wavePeople: 2, waveMinutes: '60', merge: 'yes' }, {}],
])('settings stored as %j', (stored, expected) =>
  expect(readRepeatSettings(stored)).toEqual({ ...DEFAULT_REPEAT_SETTINGS, ...expected }),
);
