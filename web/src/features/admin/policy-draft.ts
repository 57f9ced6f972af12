import type { Policy, PolicyInput, Receivers, Targets } from '../../api/admin/sla';

const HOUR = 3_600_000;
const NONE: Targets = { urgent: null, high: null, normal: null, low: null };

/** What a new policy begins with, before anything is changed on the screen. */
export const NEW_POLICY: PolicyInput = {
  name: '',
  rank: 100,
  conditions: {},
  firstResponseMs: { urgent: HOUR / 4, high: HOUR / 2, normal: HOUR, low: 4 * HOUR },
  nextResponseMs: { urgent: HOUR / 4, high: HOUR / 2, normal: HOUR, low: 4 * HOUR },
  resolutionMs: NONE,
  hours: 'business',
  calendarId: null,
  pauses: ['pending'],
  botCounts: 'no',
  warnings: [
    { percent: 75, to: { assignee: true } },
    { percent: 90, to: { assignee: true } },
  ],
  escalations: [],
};

export function draftOf({ id: _id, version: _version, ...input }: Policy): PolicyInput {
  return input;
}

/** Receivers as one list of words, for boxes to tick: `leads`, `assignee`, `team`, `agent:…`, `team:…`. */
export function receiverWords({ agentIds = [], teamIds = [], leads, assignee, team }: Receivers): string[] {
  return [
    ...(assignee ? ['assignee'] : []),
    ...(team ? ['team'] : []),
    ...(leads ? ['leads'] : []),
    ...teamIds.map((id) => `team:${id}`),
    ...agentIds.map((id) => `agent:${id}`),
  ];
}

export function receiversOf(words: readonly string[]): Receivers {
  const ids = (kind: string) =>
    words.filter((word) => word.startsWith(`${kind}:`)).map((word) => word.slice(kind.length + 1));
  const [agentIds, teamIds] = [ids('agent'), ids('team')];
  return {
    ...(agentIds.length > 0 && { agentIds }),
    ...(teamIds.length > 0 && { teamIds }),
    ...(words.includes('leads') && { leads: true }),
    ...(words.includes('assignee') && { assignee: true }),
    ...(words.includes('team') && { team: true }),
  };
}
