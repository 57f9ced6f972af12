import type { ChannelHealth } from '../../api/types';
import { healthState } from './health-state';

const health = (change: Partial<ChannelHealth>): ChannelHealth => ({
  report: { checks: [{ name: 'token', state: 'ok', message: { fa: '', en: '' } }] },
  reportedAt: null,
  alarms: [],
  lastEventAt: null,
  silence: null,
  webhookUrl: null,
  ...change,
});
const alarm = (name: string, clearedAt: string | null = null) => ({
  id: name,
  name,
  message: { fa: '', en: '' },
  fix: null,
  raisedAt: '2026-11-22T06:00:00Z',
  clearedAt,
});

it.each([
  ['all is well', 'active', health({}), 'ok'],
  ['nobody has looked yet', 'active', health({ report: null }), 'unchecked'],
  [
    'a check found a problem',
    'active',
    health({ report: { checks: [{ name: 'a', state: 'problem', message: { fa: '', en: '' } }] } }),
    'trouble',
  ],
  ['an alarm is open', 'active', health({ alarms: [alarm('token')] }), 'trouble'],
  ['an alarm is over', 'active', health({ alarms: [alarm('token', '2026-11-22T06:10:00Z')] }), 'ok'],
  ['only quieter than usual', 'active', health({ alarms: [alarm('silence')] }), 'quiet'],
  ['switched off by hand, whatever else', 'disabled', health({ alarms: [alarm('token')] }), 'disabled'],
  ['the network refuses our credentials', 'needs_reconnect', health({}), 'reconnect'],
] as const)('%s', (_, state, known, expected) => expect(healthState({ state }, known)).toBe(expected));
