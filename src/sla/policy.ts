import type { Interval } from '../calendars/calendar';
import type { ThreadKind, TicketPriority } from '../inbox/tickets/ticket';
import { hashKey } from '../platform/ids';

export const CLOCK_KINDS = ['first_response', 'next_response'] as const;
export type ClockKind = (typeof CLOCK_KINDS)[number];

export type Targets = Record<TicketPriority, number>;

/** What must hold for a policy to apply; what is left out always holds. */
export interface PolicyConditions {
  channelKinds?: string[];
  threadKinds?: ThreadKind[];
  brandIds?: string[];
  priorities?: TicketPriority[];
}

export interface SlaPolicy {
  id: string;
  name: string;
  /** Lower is looked at first. */
  rank: number;
  conditions: PolicyConditions;
  /** Milliseconds by priority. */
  firstResponseMs: Targets;
  nextResponseMs: Targets;
  /** Whether the bot's visible answer counts as a response. */
  botCounts: boolean;
}

export interface PolicyFacts {
  channelKind: string;
  threadKind: ThreadKind;
  brandId: string;
  priority: TicketPriority;
}

/** The first policy by rank whose conditions all hold. */
export function choosePolicy(policies: readonly SlaPolicy[], facts: PolicyFacts): SlaPolicy | undefined {
  return [...policies]
    .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
    .find((policy) => applies(policy.conditions, facts));
}

function applies(conditions: PolicyConditions, facts: PolicyFacts): boolean {
  const holds = <T>(allowed: readonly T[] | undefined, value: T) =>
    !allowed || allowed.length === 0 || allowed.includes(value);
  return (
    holds(conditions.channelKinds, facts.channelKind) &&
    holds(conditions.threadKinds, facts.threadKind) &&
    holds(conditions.brandIds, facts.brandId) &&
    holds(conditions.priorities, facts.priority)
  );
}

export const targetMs = (policy: SlaPolicy, kind: ClockKind, priority: TicketPriority): number =>
  (kind === 'first_response' ? policy.firstResponseMs : policy.nextResponseMs)[priority];

/** The hours in which a policy's clocks run: all of them. A calendar will yield its hours from `from` on instead. */
export function* openHours(_policy: Pick<SlaPolicy, 'id'>, from: number): Generator<Interval> {
  yield { start: from, end: Infinity };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What a workspace without a policy of its own begins with. Its id is always the same, so two nodes make one row. */
export const defaultPolicy = (workspaceId: string): SlaPolicy => ({
  id: hashKey(`sla-default:${workspaceId}`),
  name: 'Default',
  rank: 1_000,
  conditions: {},
  firstResponseMs: { urgent: 15 * MINUTE, high: 30 * MINUTE, normal: HOUR, low: 4 * HOUR },
  nextResponseMs: { urgent: 30 * MINUTE, high: HOUR, normal: 2 * HOUR, low: 8 * HOUR },
  botCounts: false,
});
