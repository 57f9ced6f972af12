import type { Capabilities } from '../../api/types';
import { cycleMode, modeStates, usableMode } from './modes';

const capabilities = (change: Partial<Capabilities> = {}): Capabilities => ({
  reply: ['public', 'private'],
  textLimit: { max: 2200, unit: 'characters' },
  window: { kind: 'standard', closesAt: null },
  privateReply: null,
  moderation: [],
  refusals: {},
  ...change,
});
const everything = { reply: true, note: true };

it('a public comment opens all three ways', () =>
  expect(modeStates(capabilities(), everything).map(({ enabled }) => enabled)).toEqual([true, true, true]));

it('a used private reply says why it is closed', () => {
  const states = modeStates(capabilities({ refusals: { private: 'private_reply_used' } }), everything);
  expect(states[1]).toEqual({ mode: 'private', enabled: false, refusal: 'private_reply_used' });
});

it('whoever may not reply may still be allowed to note', () => {
  const states = modeStates(capabilities(), { reply: false, note: true });
  expect(usableMode(states, 'public')).toBe('note');
  expect(states[0]?.refusal).toBe('forbidden');
});

it('starts in the first open mode and never silently in a public one that was not asked for', () => {
  const dm = modeStates(capabilities({ reply: ['private'] }), everything);
  expect(usableMode(dm, null)).toBe('private');
  expect(usableMode(dm, 'public')).toBe('private');
});

it('cycles over open modes only, both ways', () => {
  const states = modeStates(capabilities({ reply: ['public'] }), everything);
  expect(cycleMode(states, 'public', 1)).toBe('note');
  expect(cycleMode(states, 'note', 1)).toBe('public');
  expect(cycleMode(states, 'public', -1)).toBe('note');
});
