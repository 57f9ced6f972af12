import type { Message } from '../../api/types';
import { isEditable } from './own-message';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const message = (change: Partial<Message> = {}) => ({
  direction: 'out' as const,
  delivery: { state: 'sent' as const, reason: null, code: null },
  deletedAt: null,
  networkAt: '2026-11-22T09:59:00Z',
  author: { kind: 'agent' as const, id: 'a', name: 'Ada' },
  ...change,
});

it.each([
  ['within the time', message(), 120_000, true],
  ['after it', message(), 30_000, false],
  ['without a limit', message({ networkAt: '2020-01-01T00:00:00Z' }), null, true],
  ['where the network has no such thing', message(), undefined, false],
  ['not out yet', message({ delivery: { state: 'queued', reason: null, code: null } }), null, false],
  ['in doubt', message({ delivery: { state: 'unknown', reason: null, code: null } }), null, false],
  ['deleted', message({ deletedAt: '2026-11-22T09:59:30Z' }), null, false],
  ['what the customer wrote', message({ direction: 'in', delivery: null }), null, false],
  ['what was written with another tool', message({ author: { kind: 'account', id: null, name: null } }), null, false],
] as const)('%s', (_, of, editSentMs, editable) => expect(isEditable(of, editSentMs, NOW)).toBe(editable));
