import type { HealthReport } from '../connector';

/** What an admin has to know of a channel, with what to do about it. */
export interface Alarm {
  name: string;
  message: string;
  fix: string | null;
}

export interface ChannelFacts {
  state: 'active' | 'needs_reconnect' | 'disabled';
  stateReason: string | null;
  report: HealthReport | null;
  /** The report of the round before. */
  before: HealthReport | null;
  /** Readings that failed, with how often in a row. */
  pulls: readonly { reason: string; failures: number; error: string | null; code: string | null }[];
  silence: { expected: number; unlike: boolean } | null;
  lastEventAt: Date | null;
  /** Hours without an event after which to warn, whatever the rhythm; null: only the rhythm. */
  silenceHours: number | null;
}

const FAILURES_TOLD = 3; // one or two are the weather
const TOKEN_WARNING_MS = 7 * 24 * 3_600_000;

/** The alarms a channel's facts amount to. One name each, so that a standing one is told once. */
export function alarmsOf(facts: ChannelFacts, now: Date): Alarm[] {
  const alarms: Alarm[] = [];
  const add = (name: string, message: string, fix: string | null) => alarms.push({ name, message, fix });
  if (facts.state === 'disabled') return alarms;
  if (facts.state === 'needs_reconnect')
    add(
      'reconnect',
      facts.stateReason ?? 'The network refuses our credentials.',
      'Connect the channel again; what was written meanwhile goes out after that.',
    );
  for (const check of facts.report?.checks ?? [])
    if (check.state === 'problem') add(check.name, check.message, check.fix ?? null);
  if (unreachable(facts.report) && unreachable(facts.before))
    add(
      'unreachable',
      facts.report!.checks.find(({ state }) => state === 'unknown')!.message,
      'Look whether this machine reaches the network; where it is blocked, give the channel a proxy.',
    );
  const { missingScopes = [], tokenExpiresAt } = facts.report ?? {};
  if (missingScopes.length > 0 && !alarms.some(({ name }) => name === 'scopes'))
    add(
      'scopes',
      `These permissions are missing: ${missingScopes.join(', ')}.`,
      'Connect the channel again and leave every permission on.',
    );
  if (tokenExpiresAt && Date.parse(tokenExpiresAt) - now.getTime() < TOKEN_WARNING_MS && facts.state === 'active')
    add('token_expiry', `The token ends on ${tokenExpiresAt}.`, 'Connect the channel again before that day.');
  for (const pull of facts.pulls)
    if (pull.failures >= FAILURES_TOLD || pull.code === 'budget_spent')
      add(
        `pull_${pull.reason}`,
        pull.error ?? 'Reading the channel fails.',
        pull.code === 'budget_spent' ? 'Raise the day’s budget, or wait until tomorrow.' : null,
      );
  const quiet = silent(facts, now);
  if (quiet)
    add('silence', quiet, 'Look whether the network still delivers: check the channel, then its subscription.');
  return alarms;
}

function silent({ silence, lastEventAt, silenceHours }: ChannelFacts, now: Date): string | null {
  if (!lastEventAt) return null;
  const hours = (now.getTime() - lastEventAt.getTime()) / 3_600_000;
  if (silence?.unlike)
    return `Nothing has come for ${Math.round(hours)} hours, where about ${Math.round(silence.expected)} events were to be expected.`;
  return silenceHours !== null && hours >= silenceHours ? `Nothing has come for ${Math.round(hours)} hours.` : null;
}

/** Nothing of it could be asked: the way there, not the account, is in trouble. */
const unreachable = (report: HealthReport | null): boolean => {
  const asked = (report?.checks ?? []).filter(({ name }) => name !== 'public_address');
  return asked.length > 0 && asked.every(({ state }) => state === 'unknown');
};
