import type { Actor } from '../outbox/domain-event';

/** How many rules may lead from one to the next. */
export const MAX_CHAIN = 5;
/** How often a rule may change one ticket within an hour; a lively chat has fewer messages that change anything. */
export const MAX_CHANGES_AN_HOUR = 30;

export type StopReason = 'own_change' | 'loop' | 'too_deep' | 'too_often' | 'suspended';

export type Verdict =
  | { go: true; chain: string[] }
  /** `tell`: something is wrong with how the rules are set up, the leads should hear of it. */
  | { go: false; why: StopReason; tell: boolean };

/** What a rule did to the ticket before. */
export interface RuleHistory {
  /** Runs that changed something within the last hour. */
  changesLastHour: number;
  suspended: boolean;
}

/**
 * Whether a rule that matches may act. It never answers its own change, directly or through other rules; a chain of rules
 * ends somewhere; and what goes round by ways we do not see (a webhook's receiver, a person's script) runs out of turns.
 */
export function mayAct(ruleId: string, actor: Actor, history: RuleHistory): Verdict {
  const led = actor.kind === 'rule' ? (actor.chain ?? (actor.id ? [actor.id] : [])) : [];
  if (led.at(-1) === ruleId) return { go: false, why: 'own_change', tell: false };
  if (led.includes(ruleId)) return { go: false, why: 'loop', tell: true };
  if (led.length >= MAX_CHAIN) return { go: false, why: 'too_deep', tell: true };
  if (history.suspended) return { go: false, why: 'suspended', tell: false };
  if (history.changesLastHour >= MAX_CHANGES_AN_HOUR) return { go: false, why: 'too_often', tell: true };
  return { go: true, chain: [...led, ruleId] };
}
