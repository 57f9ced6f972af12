import type { ModerationAction } from '../channels/capabilities';
import {
  isWorthTelling,
  MODERATION_ACTIONS,
  type ModerationFacts,
  refuseModeration,
  UNDONE_BY,
} from './moderation-rules';

const facts = (over: Partial<ModerationFacts> = {}): ModerationFacts => ({
  direction: 'in',
  externalId: 'c1',
  deleted: false,
  possible: MODERATION_ACTIONS,
  ...over,
});

it.each<[string, ModerationAction, Partial<ModerationFacts>, string | undefined]>([
  ['hiding a comment', 'hide', {}, undefined],
  ['hiding our own', 'hide', { direction: 'out' }, 'capability_missing'],
  ['deleting our own', 'delete', { direction: 'out' }, undefined],
  ['blocking ourselves', 'block', { direction: 'out' }, 'capability_missing'],
  ['a note', 'delete', { direction: 'note', externalId: null }, 'capability_missing'],
  ['what the network cannot', 'like', { possible: ['hide'] }, 'capability_missing'],
  ['on a disabled channel', 'hide', { possible: undefined }, 'capability_missing'],
  ['hiding what is gone', 'hide', { deleted: true }, 'already_deleted'],
  ['blocking whoever wrote what is gone', 'block', { deleted: true }, undefined],
])('%s', (_, action, over, code) => expect(refuseModeration(action, facts(over))?.code).toBe(code));

it('takes back what can be taken back, both ways', () => {
  const final = MODERATION_ACTIONS.filter((action) => UNDONE_BY[action] === null);
  expect(final).toEqual(['delete']);
  const there = MODERATION_ACTIONS.flatMap((action) => UNDONE_BY[action] ?? []);
  expect(there.map((action) => UNDONE_BY[action])).toEqual(MODERATION_ACTIONS.filter((a) => UNDONE_BY[a] !== null));
});

it.each([1, 7, 20, 500])('tells of %i messages about twenty times, the last always', (total) => {
  const told = Array.from({ length: total }, (_, i) => isWorthTelling({ total, done: i + 1, failed: 0 }));
  expect(told.at(-1)).toBe(true);
  expect(told.filter(Boolean).length).toBeLessThanOrEqual(20);
  expect(isWorthTelling({ total, done: total - 1, failed: 1 })).toBe(true);
});
