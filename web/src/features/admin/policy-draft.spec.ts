import { receiversOf, receiverWords } from './policy-draft';

it.each([
  ['nobody', {}, []],
  ['whoever has the ticket', { assignee: true }, ['assignee']],
  [
    'everybody at once',
    { agentIds: ['a', 'b'], teamIds: ['t'], leads: true, assignee: true, team: true },
    ['assignee', 'team', 'leads', 'team:t', 'agent:a', 'agent:b'],
  ],
  ['one team by name is not the ticket’s own', { teamIds: ['t'] }, ['team:t']],
])('ticks %s, and reads it back', (_, receivers, words) => {
  expect(receiverWords(receivers)).toEqual(words);
  expect(receiversOf(words)).toEqual(receivers);
});
