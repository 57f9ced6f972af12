import type { ThreadKind, TicketPriority, TicketStatus } from '../inbox/tickets/ticket';
import { hashKey } from '../platform/ids';

export const CLOCK_KINDS = ['first_response', 'next_response', 'resolution', 'callback'] as const;
export type ClockKind = (typeof CLOCK_KINDS)[number];

/** Milliseconds by priority; null: no such clock. */
export type Targets = Record<TicketPriority, number | null>;

/** What must hold for a policy to apply; what is left out, or empty, always holds. */
export interface PolicyConditions {
  channelKinds?: string[];
  threadKinds?: ThreadKind[];
  brandIds?: string[];
  tiers?: string[];
  languages?: string[];
  priorities?: TicketPriority[];
  /** Any of them. */
  tags?: string[];
  teamIds?: string[];
}

/** Whether time counts by the calendar, always, or by the hours of the queue the ticket is in; by the calendar where it has none. */
export const HOURS = ['business', 'wall', 'queue'] as const;
export type Hours = (typeof HOURS)[number];

/** What a bot's visible answer is worth. */
export const BOT_COUNTS = ['no', 'first_response', 'any_response'] as const;
export type BotCounts = (typeof BOT_COUNTS)[number];

/** Statuses in which the resolution clock may rest. */
export const PAUSING = ['pending', 'on_hold'] as const satisfies readonly TicketStatus[];
export type Pausing = (typeof PAUSING)[number];

/** Who hears of a step; the ticket's own agent and team are looked up when it is told. */
export interface StepReceivers {
  agentIds?: string[];
  teamIds?: string[];
  leads?: boolean;
  assignee?: boolean;
  team?: boolean;
}

export interface Warning {
  /** Share of the target that has passed, 1 to 99. */
  percent: number;
  to: StepReceivers;
}

export interface Escalation {
  /** After the breach. */
  afterMs: number;
  to: StepReceivers;
  /** Raises the ticket to it; never lowers. */
  setPriority?: TicketPriority;
  /** Outside the policy's calendar: ring at once, or at the next opening. */
  quietHours: 'ring' | 'wait';
}

export interface SlaPolicy {
  id: string;
  name: string;
  /** Lower is looked at first. */
  rank: number;
  conditions: PolicyConditions;
  firstResponseMs: Targets;
  nextResponseMs: Targets;
  resolutionMs: Targets;
  hours: Hours;
  /** Null: the workspace's default calendar. */
  calendarId: string | null;
  /** Statuses in which the resolution clock rests. */
  pauses: readonly Pausing[];
  botCounts: BotCounts;
  warnings: readonly Warning[];
  escalations: readonly Escalation[];
  version: number;
}

/** What a policy is chosen by. */
export interface PolicyFacts {
  channelKind: string;
  threadKind: ThreadKind;
  brandId: string;
  tier: string | null;
  language: string | null;
  priority: TicketPriority;
  tags: readonly string[];
  teamId: string | null;
  /** Where it waits: whose hours count, where the policy says so. */
  queueId?: string | null;
}

/** The first policy by rank whose conditions all hold. */
export function choosePolicy(policies: readonly SlaPolicy[], facts: PolicyFacts): SlaPolicy | undefined {
  return inOrder(policies).find((policy) => unmet(policy.conditions, facts).length === 0);
}

export const inOrder = (policies: readonly SlaPolicy[]): SlaPolicy[] =>
  [...policies].sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));

/** The conditions that do not hold. */
export function unmet(conditions: PolicyConditions, facts: PolicyFacts): (keyof PolicyConditions)[] {
  const holds = <T>(allowed: readonly T[] | undefined, values: readonly (T | null)[]) =>
    !allowed || allowed.length === 0 || values.some((value) => value !== null && allowed.includes(value));
  const checks: Record<keyof PolicyConditions, boolean> = {
    channelKinds: holds(conditions.channelKinds, [facts.channelKind]),
    threadKinds: holds(conditions.threadKinds, [facts.threadKind]),
    brandIds: holds(conditions.brandIds, [facts.brandId]),
    tiers: holds(conditions.tiers, [facts.tier]),
    languages: holds(conditions.languages, [facts.language]),
    priorities: holds(conditions.priorities, [facts.priority]),
    tags: holds(conditions.tags, facts.tags),
    teamIds: holds(conditions.teamIds, [facts.teamId]),
  };
  return (Object.keys(checks) as (keyof PolicyConditions)[]).filter((name) => !checks[name]);
}

/** Null: the policy has no such clock for this priority. A promise of a call carries its own time. */
export function targetMs(policy: SlaPolicy, kind: ClockKind, priority: TicketPriority): number | null {
  switch (kind) {
    case 'first_response':
      return policy.firstResponseMs[priority];
    case 'next_response':
      return policy.nextResponseMs[priority];
    case 'resolution':
      return policy.resolutionMs[priority];
    case 'callback':
      return null;
  }
}

/** Whether tickets of this policy have a resolution clock at some priority. */
export const hasResolution = (policy: SlaPolicy): boolean =>
  Object.values(policy.resolutionMs).some((target) => target !== null);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const NO_TARGETS: Targets = { urgent: null, high: null, normal: null, low: null };

/** What a workspace without a policy of its own begins with. Its id is always the same, so two nodes make one row. */
export const defaultPolicy = (workspaceId: string): SlaPolicy => ({
  id: hashKey(`sla-default:${workspaceId}`),
  name: 'Default',
  rank: 1_000,
  conditions: {},
  firstResponseMs: { urgent: 15 * MINUTE, high: 30 * MINUTE, normal: HOUR, low: 4 * HOUR },
  nextResponseMs: { urgent: 30 * MINUTE, high: HOUR, normal: 2 * HOUR, low: 8 * HOUR },
  resolutionMs: NO_TARGETS,
  hours: 'wall',
  calendarId: null,
  pauses: ['pending'],
  botCounts: 'no',
  warnings: [],
  escalations: [],
  version: 1,
});
