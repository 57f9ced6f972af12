import type { Actor } from '../outbox/domain-event';
import { MAX_CHAIN, MAX_CHANGES_AN_HOUR, mayAct, type RuleHistory, type Verdict } from './loop';

const QUIET: RuleHistory = { changesLastHour: 0, suspended: false };
const led = (...chain: string[]): Actor => ({ kind: 'rule', id: chain.at(-1), chain });

it.each<[string, Actor, Partial<RuleHistory>, Verdict]>([
  ['a customer wrote', { kind: 'contact' }, {}, { go: true, chain: ['a'] }],
  ['an agent changed it', { kind: 'agent', id: 'ada' }, {}, { go: true, chain: ['a'] }],
  ['another rule changed it', led('b'), {}, { go: true, chain: ['b', 'a'] }],
  ['it changed it itself', led('a'), {}, { go: false, why: 'own_change', tell: false }],
  ['it changed it itself, long ago led', led('b', 'a'), {}, { go: false, why: 'own_change', tell: false }],
  ['two rules go round', led('a', 'b'), {}, { go: false, why: 'loop', tell: true }],
  ['three rules go round', led('a', 'b', 'c'), {}, { go: false, why: 'loop', tell: true }],
  ['the last link of the longest chain', led('b', 'c', 'd', 'e'), {}, { go: true, chain: ['b', 'c', 'd', 'e', 'a'] }],
  ['one too many', led('b', 'c', 'd', 'e', 'f'), {}, { go: false, why: 'too_deep', tell: true }],
  ['a busy hour', { kind: 'contact' }, { changesLastHour: MAX_CHANGES_AN_HOUR - 1 }, { go: true, chain: ['a'] }],
  [
    'too busy',
    { kind: 'contact' },
    { changesLastHour: MAX_CHANGES_AN_HOUR },
    { go: false, why: 'too_often', tell: true },
  ],
  [
    'kept away',
    { kind: 'contact' },
    { changesLastHour: 99, suspended: true },
    { go: false, why: 'suspended', tell: false },
  ],
  [
    'a rule of an older kind, without its chain',
    { kind: 'rule', id: 'a' },
    {},
    { go: false, why: 'own_change', tell: false },
  ],
])('%s', (_, actor, history, verdict) => expect(mayAct('a', actor, { ...QUIET, ...history })).toEqual(verdict));

it('ends whatever the rules are: no chain of distinct rules is longer than the limit', () => {
  let actor: Actor = { kind: 'contact' };
  let steps = 0;
  for (let n = 0; n < 100; n++) {
    const verdict = mayAct(`rule${n}`, actor, QUIET);
    if (!verdict.go) break;
    steps += 1;
    actor = led(...verdict.chain);
  }
  expect(steps).toBe(MAX_CHAIN);
});
