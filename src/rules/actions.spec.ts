import { type Action, actionProblems, type ActionPlace, referencesOf, withMacros } from './actions';

const ID = '01936b5e-0000-7000-8000-000000000001';

it.each<[string, unknown, ActionPlace, string | null]>([
  ['a tag', [{ do: 'tag', add: ['vip'] }], 'rule', null],
  ['nobody', [{ do: 'assign', agentId: null }], 'rule', null],
  ['no list', {}, 'rule', 'actions'],
  ['nothing', [], 'rule', 'actions'],
  ['nothing, in a macro that writes', [], 'macro', null],
  ['too many', Array.from({ length: 21 }, () => ({ do: 'note', text: 'x' })), 'rule', 'actions'],
  ['an unknown action', [{ do: 'explode' }], 'rule', 'actions.0.do'],
  ['an action of every object', [{ do: 'constructor' }], 'rule', 'actions.0.do'],
  ['something it does not take', [{ do: 'priority', priority: 'high', force: true }], 'rule', 'actions.0.force'],
  ['no id', [{ do: 'assign', agentId: 'ada' }], 'rule', 'actions.0.agentId'],
  ['an agent left out', [{ do: 'assign' }], 'rule', 'actions.0.agentId'],
  ['a tag that changes nothing', [{ do: 'tag' }], 'rule', 'actions.0'],
  ['nobody to tell', [{ do: 'notify', text: 'look' }], 'rule', 'actions.0'],
  ['leads to tell', [{ do: 'notify', leads: true }], 'rule', null],
  ['no time', [{ do: 'snooze' }], 'rule', 'actions.0'],
  ['two times', [{ do: 'snooze', minutes: 5, workingDay: 1 }], 'rule', 'actions.0'],
  ['a working day', [{ do: 'snooze', workingDay: 1, wakeOn: ['crm'] }], 'rule', null],
  ['half a minute', [{ do: 'snooze', minutes: 0.5 }], 'rule', 'actions.0.minutes'],
  ['a macro in a rule', [{ do: 'macro', macroId: ID }], 'rule', null],
  ['a macro in a macro', [{ do: 'macro', macroId: ID }], 'macro', 'actions.0.do'],
  ['a reply in a macro is never sent unseen', [{ do: 'reply', cannedReplyId: ID }], 'macro', 'actions.0.do'],
  ['taking it, in a macro', [{ do: 'take' }], 'macro', null],
  ['taking it, by nobody', [{ do: 'take' }], 'rule', 'actions.0.do'],
  ['held actions', [{ do: 'approval', actions: [{ do: 'hide', reason: 'spam' }] }], 'rule', null],
  ['held, and wrong', [{ do: 'approval', actions: [{ do: 'hide' }] }], 'rule', 'actions.0.actions.0.reason'],
  ['nothing held', [{ do: 'approval', actions: [] }], 'rule', 'actions.0.actions'],
  [
    'an approval of an approval',
    [{ do: 'approval', actions: [{ do: 'approval', actions: [] }] }],
    'rule',
    'actions.0.actions.0.do',
  ],
])('%s', (_, given, place, path) => expect(actionProblems(given, place)[0]?.path ?? null).toBe(path));

it('names every row with the place it is named at', () => {
  const actions: Action[] = [
    { do: 'assign', agentId: 'ada' },
    { do: 'move', teamId: null },
    { do: 'approval', actions: [{ do: 'notify', teamIds: ['support'] }] },
  ];
  expect(referencesOf(actions)).toEqual([
    { kind: 'agent', id: 'ada', path: 'actions.0.agentId' },
    { kind: 'team', id: 'support', path: 'actions.2.actions.0.teamIds.0' },
  ]);
});

it('unfolds macros where they stand, and leaves one that is gone to be refused', () => {
  const actions: Action[] = [
    { do: 'macro', macroId: 'here' },
    { do: 'macro', macroId: 'gone' },
  ];
  const macros = new Map<string, Action[]>([
    [
      'here',
      [
        { do: 'note', text: 'one' },
        { do: 'tag', add: ['two'] },
      ],
    ],
  ]);
  expect(withMacros(actions, macros).map((action) => action.do)).toEqual(['note', 'tag', 'macro']);
  const held: Action[] = [{ do: 'approval', actions }];
  expect(withMacros(held, macros)).toEqual([{ do: 'approval', actions: withMacros(actions, macros) }]);
});
