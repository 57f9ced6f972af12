import { type BulkAction, nameOfAction } from './ticket-bulk';

it.each<[BulkAction, string]>([
  [{ status: 'solved' }, 'status'],
  [{ assigneeId: null }, 'assigneeId'],
  [{ assigneeId: 'ada', force: true }, 'assigneeId'],
  [{ priority: 'high', addTags: ['x'] }, 'several'],
  [{ priority: 'high', status: 'solved' }, 'several'],
])('%j is %s', (action, name) => expect(nameOfAction(action)).toBe(name));

it.each<[string, BulkAction]>([
  ['nothing', {}],
  ['a reason for nothing', { reason: 'because' }],
  ['two endings', { status: 'solved', noAnswerNeeded: 'spam' }],
  ['asleep and open', { snooze: { workingDay: 1 }, status: 'open' }],
])('%s is refused', (_, action) => {
  expect(() => nameOfAction(action)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
});
