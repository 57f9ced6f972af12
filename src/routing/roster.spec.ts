import { USUAL_WEIGHTS } from '../inbox/tickets/capacity';
import { type Moment, presentOf, rosterOf } from './roster';

const [ada, omar, mina] = ['a', 'b', 'c'].map((letter) => `018f0000-0000-7000-8000-00000000000${letter}`) as [
  string,
  string,
  string,
];
const roster = rosterOf([ada, omar, mina].map((id) => ({ id, capacity: 5, skills: { 'lang:fa': 4 } })));
const nothing: Moment = { here: null, takes: null, occupied: null, held: null };

const loads = (moment: Partial<Moment>) =>
  presentOf(roster, { ...nothing, ...moment }, USUAL_WEIGHTS, ['team']).map(({ id, load }) => [id, load]);

it.each<[string, Partial<Moment>, [string, number][]]>([
  ['nobody is here', {}, []],
  ['whoever is not of the team is left out', { here: `${ada} 018f0000-0000-7000-8000-00000000000f` }, [[ada, 0]]],
  [
    'work in hand counts by its weight',
    { here: `${ada} ${omar}`, held: `${ada} 3 comment\n${ada} 2 dm\n${omar} 1 letter` },
    [
      [ada, 3.5],
      [omar, 1],
    ],
  ],
  ['a type of work nobody weighed counts one', { here: ada, held: `${ada} 2 on a stall` }, [[ada, 2]]],
  ['a call leaves no room', { here: ada, held: `${ada} 1 call\n${ada} 1 dm` }, [[ada, 5]]],
  ['more in hand than there is room for stays so', { here: ada, held: `${ada} 1 call\n${ada} 7 dm` }, [[ada, 7]]],
  ['what somebody absent holds is nobody else’s', { here: ada, held: `${omar} 4 dm` }, [[ada, 0]]],
  ['whoever does something else is not here', { here: `${ada} ${mina}`, occupied: mina }, [[ada, 0]]],
])('%s', (_, moment, expected) => expect(loads(moment)).toEqual(expected));

it('says what each takes: nothing at all is not everything', () => {
  const moment: Moment = {
    ...nothing,
    here: `${ada} ${omar} ${mina}`,
    takes: [
      [ada, ['dm']],
      [omar, []],
    ],
  };
  expect(presentOf(roster, moment, USUAL_WEIGHTS, []).map(({ takes }) => takes)).toEqual([['dm'], [], null]);
});

it('spells the ids as an array of the database', () => {
  expect(rosterOf([]).ids).toBe('{}');
  expect(roster.ids).toBe(`{${ada},${omar},${mina}}`);
});
