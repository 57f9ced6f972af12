import type { ConversationRow } from './intake-rows';
import { nameKey } from './people-plan';
import { keyWith, participantKey, planThreads, type ThreadAsked } from './thread-plan';

const asked = (contactId: string, names: string[], over: Partial<ThreadAsked> = {}): ThreadAsked => ({
  row: { workspaceId: 'harbour', channelId: 'mail', contactId, id: 'template' } as ConversationRow,
  names,
  guestName: null,
  token: null,
  hints: [],
  learns: true,
  ofOnePerson: false,
  makes: true,
  ...over,
});
const letter = (contactId: string, names: string[], over: Partial<ThreadAsked> = {}) =>
  asked(contactId, names, { guestName: `${names[0]}#${contactId}`, ...over });
const named = (names: Record<string, [id: string, contactId: string]>) =>
  new Map(Object.entries(names).map(([name, [id, contactId]]) => [nameKey('mail', name), { id, contactId }]));
const offer = (...names: string[]) => new Map(names.map((name) => [nameKey('mail', name), `new:${name}`]));

/** Plans as the caller does: offers what is missing until nothing is. */
function settled(all: ThreadAsked[], known: Parameters<typeof named>[0] = {}, participants: string[] = []) {
  const offered: string[] = [];
  for (let round = 0; round < 5; round++) {
    const plan = planThreads(all, named(known), offer(...offered), new Set(participants));
    if (plan.missing.length === 0) {
      const learnt = plan.learnt.map(({ threadKey, conversationId }) => `${threadKey} → ${conversationId}`);
      return { conversations: plan.conversations, learnt, used: [...plan.used], offered };
    }
    offered.push(...new Set(plan.missing.map(({ threadKey }) => threadKey)));
  }
  throw new Error('It does not settle.');
}

it('makes one conversation for all names of a new thread', () => {
  expect(settled([asked('omar', ['k2', 'k1']), asked('omar', ['k3', 'k1'])])).toEqual({
    conversations: ['new:k2', 'new:k2'],
    learnt: ['k1 → new:k2', 'k3 → new:k2'],
    used: ['new:k2'],
    offered: ['k2', 'k1', 'k3'],
  });
});

it.each<[string, ThreadAsked, Parameters<typeof named>[0], string[], string | null]>([
  ['its own key first', asked('omar', ['k2', 'k1']), { k1: ['c1', 'omar'], k2: ['c2', 'omar'] }, [], 'c2'],
  [
    'then its aliases in order',
    asked('omar', ['k3', 'k2', 'k1']),
    { k1: ['c1', 'omar'], k2: ['c2', 'omar'] },
    [],
    'c2',
  ],
  ['no alias into somebody else’s', asked('omar', ['k2', 'k1']), { k1: ['c1', 'sara'] }, [], 'new:k2'],
  ['a key is a key, whoever writes', asked('omar', ['k1']), { k1: ['c1', 'sara'] }, [], 'c1'],
  ['the message it answers', letter('omar', ['k2'], { hints: [{ id: 'c1', contactId: 'omar' }] }), {}, [], 'c1'],
  ['nothing is made where nothing is to be', asked('omar', ['k2', 'k1'], { makes: false }), {}, [], null],
  ['a stranger’s letter has its own', letter('bob', ['k1']), { k1: ['c1', 'ali'] }, [], 'new:k1#bob'],
  ['and keeps it', letter('bob', ['k1']), { k1: ['c1', 'ali'], 'k1#bob': ['c2', 'bob'] }, [], 'c2'],
  [
    'who has written there is no stranger',
    letter('bob', ['k1']),
    { k1: ['c1', 'ali'] },
    [participantKey('c1', 'bob')],
    'c1',
  ],
  ['nor who comes with a token', letter('bob', ['k9'], { token: { id: 'c1', contactId: 'ali' } }), {}, [], 'c1'],
  [
    'what a stranger claimed does not lead the others away',
    letter('ali', ['k5'], { hints: [{ id: 'c1', contactId: 'ali' }] }),
    { k5: ['c2', 'eve'] },
    [],
    'c1',
  ],
])('%s', (_, one, known, participants, expected) =>
  expect(settled([one], known, participants).conversations).toEqual([expected]),
);

it('learns no names where the network only guesses them', () => {
  const guess = { learns: false };
  expect(settled([asked('omar', ['r1', 'g'], guess), asked('omar', ['r2', 'g'], guess)])).toEqual({
    conversations: ['new:r1', 'new:r2'],
    learnt: [],
    used: ['new:r1', 'new:r2'],
    offered: ['r1', 'r2'],
  });
  expect(settled([asked('omar', ['r1', 'g'], guess)], { g: ['c1', 'omar'] })).toMatchObject({
    conversations: ['c1'],
    learnt: [],
  });
});

it('learns nothing from a stranger', () => {
  expect(settled([letter('bob', ['k2', 'k1'])], { k1: ['c1', 'ali'] }).learnt).toEqual([]);
});

it.each([
  ['dm:+98', '+98', '+99', 'dm:+99'],
  ['comment:p1:+98', '+98', '+99', 'comment:p1:+99'],
  ['comment:98:98', '98', '99', 'comment:99:98'], // two neighbours share the colon between them
  ['dm:+981', '+98', '+99', null],
  ['dm:$', '$', '$&', 'dm:$&'],
])('%s with %s replaced', (key, from, to, expected) => expect(keyWith(key, from, to)).toBe(expected));

describe('threads under two ids of one person', () => {
  const person = (names: string[], over: Partial<ThreadAsked> = {}) =>
    asked('omar', names, {
      row: { workspaceId: 'harbour', channelId: 'mail', contactId: 'omar', identityId: 'omar-id' } as ConversationRow,
      ofOnePerson: true,
      ...over,
    });
  const sameOf = (one: ThreadAsked, known: Parameters<typeof named>[0]) =>
    planThreads([one], named(known), offer(), new Set()).same.map(({ into, from }) => `${from} → ${into}`);

  it.each<[string, ThreadAsked, Parameters<typeof named>[0], string[]]>([
    ['are one, the older stays', person(['u', 'n']), { u: ['c2', 'omar'], n: ['c1', 'omar'] }, ['c2 → c1']],
    ['whichever is named first', person(['n', 'u']), { u: ['c2', 'omar'], n: ['c1', 'omar'] }, ['c2 → c1']],
    [
      'all of them',
      person(['u', 'n', 'p']),
      { u: ['c2', 'omar'], n: ['c3', 'omar'], p: ['c1', 'omar'] },
      ['c2 → c1', 'c3 → c1'],
    ],
    ['not when they lead to one already', person(['u', 'n']), { u: ['c1', 'omar'], n: ['c1', 'omar'] }, []],
    ['not somebody else’s', person(['u', 'n']), { u: ['c2', 'omar'], n: ['c1', 'ali'] }, []],
    ['not for letters', person(['u', 'n'], { ofOnePerson: false }), { u: ['c2', 'omar'], n: ['c1', 'omar'] }, []],
  ])('%s', (_, one, known, expected) => expect(sameOf(one, known)).toEqual(expected));
});
