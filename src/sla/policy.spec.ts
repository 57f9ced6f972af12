import { choosePolicy, defaultPolicy, type PolicyFacts, type SlaPolicy, targetMs, unmet } from './policy';

const base = defaultPolicy('01900000-0000-7000-8000-000000000001');
const policy = (id: string, rank: number, conditions: SlaPolicy['conditions']): SlaPolicy => ({
  ...base,
  id,
  rank,
  conditions,
});
const comment: PolicyFacts = {
  channelKind: 'instagram',
  threadKind: 'comment',
  brandId: 'harbour',
  priority: 'normal',
  tier: null,
  language: 'fa',
  tags: ['refund', 'late'],
  teamId: null,
};

const policies = [
  policy('everything', 1_000, {}),
  policy('instagram comments', 20, { channelKinds: ['instagram'], threadKinds: ['comment'] }),
  policy('urgent', 10, { priorities: ['urgent'] }),
  policy('brand', 30, { brandIds: ['harbour'] }),
];

it.each<[string, Partial<PolicyFacts>, string]>([
  ['all conditions hold', {}, 'instagram comments'],
  ['a better rank wins', { priority: 'urgent' }, 'urgent'],
  ['one condition fails', { threadKind: 'dm' }, 'brand'],
  ['nothing special', { threadKind: 'dm', brandId: 'pier' }, 'everything'],
])('%s', (_, facts, chosen) => {
  expect(choosePolicy(policies, { ...comment, ...facts })?.id).toBe(chosen);
});

it('has no policy when none applies, and takes an empty list for no condition', () => {
  expect(choosePolicy([policies[2]!], comment)).toBeUndefined();
  expect(choosePolicy([policy('empty', 1, { channelKinds: [] })], comment)?.id).toBe('empty');
});

it('decides equal ranks the same way whatever the order', () => {
  const [a, b] = [policy('a', 5, {}), policy('b', 5, {})];
  expect(choosePolicy([a, b], comment)?.id).toBe('a');
  expect(choosePolicy([b, a], comment)?.id).toBe('a');
});

it.each<[string, SlaPolicy['conditions'], Partial<PolicyFacts>, string[]]>([
  ['any of the tags', { tags: ['late', 'fraud'] }, {}, []],
  ['none of the tags', { tags: ['fraud'] }, {}, ['tags']],
  ['a tier', { tiers: ['vip'] }, { tier: 'vip' }, []],
  ['no tier known', { tiers: ['vip'] }, {}, ['tiers']],
  ['a language', { languages: ['fa'] }, {}, []],
  ['an unknown language', { languages: ['fa'] }, { language: null }, ['languages']],
  ['a team', { teamIds: ['sales'] }, { teamId: 'sales' }, []],
  ['two that fail', { teamIds: ['sales'], priorities: ['urgent'] }, {}, ['priorities', 'teamIds']],
])('says which conditions do not hold: %s', (_, conditions, facts, names) => {
  expect(unmet(conditions, { ...comment, ...facts })).toEqual(names);
});

it('gives a next response twice the time of a first one by default', () => {
  expect(
    ['urgent', 'high', 'normal', 'low'].map((p) => targetMs(base, 'first_response', p as 'low')! / 60_000),
  ).toEqual([15, 30, 60, 240]);
  expect(['urgent', 'high', 'normal', 'low'].map((p) => targetMs(base, 'next_response', p as 'low')! / 60_000)).toEqual(
    [30, 60, 120, 480],
  );
});
