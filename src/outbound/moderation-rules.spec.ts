import type { ModerationAction } from '../channels/capabilities';
import {
  actionsNow,
  isWorthTelling,
  MODERATION_ACTIONS,
  type ModerationFacts,
  refuseModeration,
  UNDONE_BY,
} from './moderation-rules';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-11-22T10:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);

const OWN_ONLY = { moderation: MODERATION_ACTIONS, moderationOwnOnly: ['delete'] as const, replyWindowMs: null };

const facts = (over: Partial<ModerationFacts> = {}): ModerationFacts => ({
  kind: 'comment',
  direction: 'in',
  visibility: 'public',
  externalId: 'c1',
  deleted: false,
  lastInboundAt: NOW,
  capabilities: { moderation: MODERATION_ACTIONS, replyWindowMs: DAY_MS, moderationInWindow: ['like', 'unlike'] },
  ...over,
});

it.each<[string, ModerationAction, Partial<ModerationFacts>, string | undefined]>([
  ['hiding a comment', 'hide', {}, undefined],
  ['hiding our own', 'hide', { direction: 'out' }, 'capability_missing'],
  ['deleting our own', 'delete', { direction: 'out' }, undefined],
  ['deleting our own direct message', 'delete', { kind: 'dm', direction: 'out', visibility: 'private' }, undefined],
  [
    'deleting our private reply to a comment',
    'delete',
    { direction: 'out', visibility: 'private' },
    'capability_missing',
  ],
  ['deleting theirs where only our own goes', 'delete', { capabilities: OWN_ONLY }, 'capability_missing'],
  ['deleting our own there', 'delete', { capabilities: OWN_ONLY, direction: 'out' }, undefined],
  ['hiding theirs there', 'hide', { capabilities: OWN_ONLY }, undefined],
  ['blocking ourselves', 'block', { direction: 'out' }, 'capability_missing'],
  ['a note', 'delete', { direction: 'note', externalId: null }, 'capability_missing'],
  [
    'what the network cannot',
    'like',
    { capabilities: { moderation: ['hide'], replyWindowMs: null } },
    'capability_missing',
  ],
  ['on a disabled channel', 'hide', { capabilities: undefined }, 'capability_missing'],
  ['liking just in time', 'like', { lastInboundAt: ago(DAY_MS - 1) }, undefined],
  ['liking when the window has closed', 'like', { lastInboundAt: ago(DAY_MS) }, 'window_closed'],
  ['taking a like back then', 'unlike', { lastInboundAt: ago(DAY_MS) }, 'window_closed'],
  ['liking where nobody has written', 'like', { lastInboundAt: null }, 'window_closed'],
  ['what no window stands in the way of', 'block', { lastInboundAt: ago(9 * DAY_MS) }, undefined],
  ['liking what is gone, too late', 'like', { deleted: true, lastInboundAt: null }, 'already_deleted'],
  ['hiding what is gone', 'hide', { deleted: true }, 'already_deleted'],
  ['blocking whoever wrote what is gone', 'block', { deleted: true }, undefined],
])('%s', (_, action, over, code) => expect(refuseModeration(action, facts(over), NOW)?.code).toBe(code));

it('says when the window closed, and offers only what is still open', () => {
  const late = facts({ lastInboundAt: ago(DAY_MS + 60_000) });
  expect(refuseModeration('like', late, NOW)).toMatchObject({ closedAt: ago(60_000) });
  const { capabilities } = late;
  expect(actionsNow(capabilities!, ago(1), NOW)).toEqual(MODERATION_ACTIONS);
  expect(actionsNow(capabilities!, late.lastInboundAt, NOW)).toEqual(['hide', 'unhide', 'delete', 'block', 'unblock']);
  expect(actionsNow({ ...capabilities!, replyWindowMs: null }, null, NOW)).toEqual(MODERATION_ACTIONS);
});

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
