import type { DomainEvent, DomainEventType } from '../outbox/domain-event';
import { isEvent } from '../outbox/domain-event';
import type { Action } from './actions';
import type { Condition } from './conditions';
import { isObject, type Problem } from './problems';

/** What a rule can listen to. `idle`: nobody of a side wrote for some minutes. */
export const TRIGGERS = [
  'message.received',
  'ticket.opened',
  'ticket.status_changed',
  'ticket.priority_changed',
  'ticket.assigned',
  'ticket.moved',
  'ticket.tags_changed',
  'ticket.changed',
  'sla.warned',
  'sla.breached',
  'conversation.handoff_requested',
  'call.missed',
  'survey.answered',
  'idle',
] as const;
export type TriggerName = (typeof TRIGGERS)[number];

/** Whose silence an idle rule waits for. */
export const SIDES = ['customer', 'agent', 'any'] as const;
export type Side = (typeof SIDES)[number];

export type Trigger = { on: Exclude<TriggerName, 'idle'> } | { on: 'idle'; minutes: number; side: Side };

export interface RuleDraft {
  name: string;
  when: Trigger[];
  conditions: Condition;
  actions: Action[];
}

/** When something of `when` happens and `conditions` hold, then `actions`. */
export interface Rule extends RuleDraft {
  id: string;
  /** Lower ones run first. */
  rank: number;
  enabled: boolean;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const RULE_EVENTS: readonly DomainEventType[] = [
  ...TRIGGERS.filter((trigger) => trigger !== 'idle'),
  'message.sent',
  'ticket.idled',
];

const MAX_TRIGGERS = 20;
const MAX_IDLE_MINUTES = 90 * 24 * 60;

/**
 * Whether a rule wants to be asked about an event. What was before it, our own words and history fetched later are no
 * news to it.
 */
export function listens(rule: Pick<Rule, 'id' | 'version' | 'when' | 'createdAt'>, event: DomainEvent): boolean {
  if (event.at < rule.createdAt) return false;
  if (isEvent(event, 'message.received')) {
    const { direction, opensWork, late } = event.data;
    if (direction !== 'in' || (late === true && !opensWork)) return false;
  }
  if (isEvent(event, 'ticket.idled')) return event.data.ruleId === rule.id && event.data.ruleVersion === rule.version;
  return rule.when.some(({ on }) => on === event.type);
}

export const idleTriggers = ({ when }: Pick<Rule, 'when'>): Extract<Trigger, { on: 'idle' }>[] =>
  when.flatMap((trigger) => (trigger.on === 'idle' ? [trigger] : []));

export function triggerProblems(given: unknown): Problem[] {
  if (!Array.isArray(given) || given.length === 0) return [{ path: 'when', problem: 'must be a list of at least one' }];
  if (given.length > MAX_TRIGGERS) return [{ path: 'when', problem: `has more than ${MAX_TRIGGERS}` }];
  const problems = given.flatMap((trigger: unknown, i) => oneTriggerProblems(trigger, `when.${i}`));
  if (problems.length > 0) return problems;
  const idle = (given as Trigger[]).filter(({ on }) => on === 'idle').length;
  return idle > 1 ? [{ path: 'when', problem: 'waits for silence more than once; make it two rules' }] : [];
}

function oneTriggerProblems(given: unknown, path: string): Problem[] {
  if (!isObject(given)) return [{ path, problem: 'must be an object with "on"' }];
  const name = TRIGGERS.find((one) => one === given['on']);
  if (!name) return [{ path: `${path}.on`, problem: `must be one of ${TRIGGERS.join(', ')}` }];
  if (name !== 'idle') {
    const more = Object.keys(given).find((key) => key !== 'on');
    return more === undefined ? [] : [{ path: `${path}.${more}`, problem: 'is not part of this trigger' }];
  }
  const { minutes, side } = given;
  const problems: Problem[] = [];
  if (!Number.isInteger(minutes) || Number(minutes) < 1 || Number(minutes) > MAX_IDLE_MINUTES)
    problems.push({ path: `${path}.minutes`, problem: `must be whole minutes from 1 to ${MAX_IDLE_MINUTES}` });
  if (!SIDES.some((one) => one === side))
    problems.push({ path: `${path}.side`, problem: `must be one of ${SIDES.join(', ')}` });
  return problems;
}
