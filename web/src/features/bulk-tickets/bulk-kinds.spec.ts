import { BULK_KINDS, bulkActionOf, FIRST_VALUE } from './bulk-kinds';

const NOW = Date.parse('2026-11-22T08:00:00Z');

it.each([
  ['status', 'solved', { status: 'solved' }],
  ['status', 'closed', null],
  ['priority', 'high', { priority: 'high' }],
  ['assignee', '', { assigneeId: null }],
  ['assignee', 'a1', { assigneeId: 'a1' }],
  ['add_tags', 'vip, ارسال، vip2 ,', { addTags: ['vip', 'ارسال', 'vip2'] }],
  ['remove_tags', ' ', null],
  ['snooze', 'working_day', { snooze: { workingDay: 1 } }],
  ['snooze', 'week', { snooze: { until: '2026-11-29T08:00:00.000Z' } }],
  ['snooze', 'reply', { snooze: { on: ['reply'] } }],
  ['dismiss', 'spam', { noAnswerNeeded: 'spam' }],
] as const)('%s with "%s"', (kind, value, expected) => expect(bulkActionOf(kind, value, NOW)).toEqual(expected));

it('every form begins with something to do, but for words that must be written', () =>
  expect(BULK_KINDS.filter((kind) => bulkActionOf(kind, FIRST_VALUE[kind], NOW) === null)).toEqual([
    'add_tags',
    'remove_tags',
  ]));
