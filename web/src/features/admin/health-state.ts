import type { Channel, ChannelAlarm, ChannelHealth } from '../../api/types';

export type HealthState = 'ok' | 'quiet' | 'trouble' | 'unchecked' | 'reconnect' | 'disabled';

export const openAlarms = (health: ChannelHealth | undefined): ChannelAlarm[] =>
  (health?.alarms ?? []).filter(({ clearedAt }) => clearedAt === null);

/** How a channel is, in one word: the worst that is known of it. */
export function healthState({ state }: Pick<Channel, 'state'>, health: ChannelHealth | undefined): HealthState {
  if (state === 'disabled') return 'disabled';
  if (state === 'needs_reconnect') return 'reconnect';
  const problems = health?.report?.checks.some((check) => check.state === 'problem') ?? false;
  if (problems || openAlarms(health).some(({ name }) => name !== 'silence')) return 'trouble';
  if (health?.silence?.unlike || openAlarms(health).length > 0) return 'quiet';
  return health?.report ? 'ok' : 'unchecked';
}
