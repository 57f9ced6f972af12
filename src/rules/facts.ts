import { type DomainEvent, isEvent } from '../outbox/domain-event';
import { type Condition, type Facts, questionsOf } from './conditions';
import type { KnownFacts } from './rule-facts.repository';

/** Facts for the questions of a rule: what the tables say now, what the event says of its own moment. */
export function factsOf(known: KnownFacts, event: DomainEvent, insideBusinessHours: boolean): Facts {
  const { fields, lastInboundAt: _in, lastOutboundAt: _out, ...plain } = known;
  const custom = Object.entries(fields).map(([key, value]) => [`fields.${key}`, value] as const);
  return { ...plain, insideBusinessHours, ...Object.fromEntries(custom), ...eventFacts(event) };
}

function eventFacts({ actor, data }: DomainEvent): Record<string, unknown> {
  const said = data as Readonly<Record<string, unknown>>;
  const named = ['from', 'to', 'reason', 'clock', 'percent', 'score', 'added', 'removed'];
  const facts: Record<string, unknown> = { 'event.actor': actor.kind };
  for (const name of named) if (said[name] !== undefined) facts[`event.${name}`] = said[name];
  const { changes } = said;
  if (typeof changes === 'object' && changes !== null) facts['event.changed'] = Object.keys(changes);
  return facts;
}

/** Whether some rule asks what a customer's words repeat. */
export const asksRepeated = (rules: readonly { conditions: Condition }[]): boolean =>
  rules.some(({ conditions }) => questionsOf(conditions).some(({ field }) => field === 'repeated'));

/** Whether the silence an event tells of still lasts: a word may have come while it waited to be handed over. */
export function isStillIdle(known: KnownFacts, event: DomainEvent): boolean {
  if (!isEvent(event, 'ticket.idled')) return true;
  const since = Date.parse(event.data.since);
  const { side } = event.data;
  const words = [side === 'agent' ? null : known.lastInboundAt, side === 'customer' ? null : known.lastOutboundAt];
  return words.every((at) => at === null || at.getTime() <= since);
}
