import { deletionText } from './deletion';

const t = (key: string) => key;

it.each([
  ['contact', 'message.deleted_by.contact'],
  ['account', 'message.deleted_by.account'],
  ['unknown', 'message.deleted_by.unknown'],
])('says who deleted it at the network: %s', (kind, text) =>
  expect(deletionText({ deletedBy: { kind }, deleteReason: 'deleted_at_source' }, t)).toBe(text),
);

it('does not guess who did', () =>
  expect(deletionText({ deletedBy: null, deleteReason: 'deleted_at_source' }, t)).toBe('message.deleted_by.unknown'));

it('keeps the reason an agent gave', () =>
  expect(deletionText({ deletedBy: { kind: 'agent' }, deleteReason: 'abuse' }, t)).toBe('abuse'));

it('says nothing where nothing is known', () =>
  expect(deletionText({ deletedBy: null, deleteReason: null }, t)).toBe(''));
