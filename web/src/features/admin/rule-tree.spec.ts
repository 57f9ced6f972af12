import type { Condition, Question } from '../../api/admin/rules';
import { conditionOf, groupOf, reshape, shapeOf } from './rule-tree';

const vip: Question = { field: 'tier', op: 'is', value: 'vip' };
const refund: Question = { field: 'text', op: 'contains_any', value: ['refund'] };

it.each<[string, Condition]>([
  ['always', { all: [] }],
  ['one list', { all: [vip, refund] }],
  ['either', { any: [vip, refund] }],
  ['a group within', { all: [vip, { any: [refund, vip] }] }],
])('shows and keeps %s', (_, condition) => {
  const group = groupOf(condition);
  expect(group && conditionOf(group)).toEqual(condition);
});

it('shows a lone question as a list of one', () => {
  expect(groupOf(vip)).toEqual({ joint: 'all', parts: [vip] });
});

it.each<[string, Condition]>([
  ['not', { not: vip }],
  ['not within', { all: [{ not: vip }] }],
  ['two levels of groups', { all: [{ any: [{ all: [vip] }] }] }],
])('leaves %s alone', (_, condition) => expect(groupOf(condition)).toBeNull());

it('leaves out a group that says nothing', () => {
  expect(conditionOf({ joint: 'any', parts: [{ joint: 'all', parts: [] }] })).toEqual({ all: [] });
  expect(conditionOf({ joint: 'any', parts: [vip, { joint: 'all', parts: [] }] })).toEqual({ any: [vip] });
});

it.each([
  ['another way of asking keeps the word', vip, { op: 'in' }, { field: 'tier', op: 'in', value: ['vip'] }],
  ['and back', { field: 'tier', op: 'in', value: ['vip'] }, { op: 'is' }, vip],
  ['emptiness has no value', vip, { op: 'is_empty' }, { field: 'tier', op: 'is_empty' }],
  ['another field begins anew', vip, { field: 'text' }, { field: 'text', op: 'contains_any', value: [] }],
  ['a flag is yes', vip, { field: 'firstMessage' }, { field: 'firstMessage', op: 'is', value: true }],
])('%s', (_, question, change, result) => expect(reshape(question, change)).toEqual(result));

it.each([
  ['priority', 'at_least', 'one'],
  ['event.percent', 'at_least', 'number'],
  ['fields.size', 'contains_any', 'many'],
])('%s %s takes %s', (field, op, shape) => expect(shapeOf(field, op)).toBe(shape));
