import type { IdentityRow, PersonTold } from './intake-rows';
import { gathered, nameKey, planPeople, SAID_BY_NOBODY } from './people-plan';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 12, minute));
const person = (externalId: string, over: Partial<PersonTold> = {}): PersonTold => ({
  workspaceId: 'harbour',
  channelId: 'wa',
  externalId,
  names: [externalId],
  name: null,
  handle: null,
  avatarUrl: null,
  phone: null,
  email: null,
  emailVerified: false,
  locale: null,
  at: at(10),
  ...over,
});
const row = (externalId: string, contactId: string, supersededAt: Date | null = null, heldSince: Date | null = null) =>
  ({ id: `i-${externalId}`, channelId: 'wa', externalId, contactId, supersededAt, heldSince }) as IdentityRow;
const known = (...rows: IdentityRow[]) => new Map(rows.map((r) => [nameKey('wa', r.externalId), r]));

/** Who ends with which contact: made ones and taken-over ones. */
function plan(people: PersonTold[], ...rows: IdentityRow[]) {
  let n = 0;
  const { missing, takenOver } = planPeople(gathered(people), known(...rows), () => `new${++n}`);
  return {
    made: missing.map(({ externalId, contactId, newContact }) => `${externalId}:${newContact ? 'new' : contactId}`),
    takenOver: takenOver.map(({ row: r }) => r.externalId),
    contacts: new Set(missing.map(({ contactId }) => contactId)).size,
  };
}

it.each<[string, ReturnType<typeof plan>, string[], number]>([
  ['somebody new', plan([person('u1')]), ['u1:new'], 1],
  ['somebody new under two ids', plan([person('u1', { names: ['u1', '+98'] })]), ['u1:new', '+98:new'], 1],
  ['a new id of somebody known', plan([person('u1', { names: ['u1', '+98'] })], row('+98', 'omar')), ['u1:omar'], 1],
  ['nothing new', plan([person('u1', { names: ['u1', '+98'] })], row('u1', 'omar'), row('+98', 'omar')), [], 0],
  [
    'an id that belongs to somebody else stays theirs',
    plan([person('u1', { names: ['u1', '+98'] })], row('u1', 'omar'), row('+98', 'sara')),
    [],
    0,
  ],
  [
    'one person told in two ways in one batch',
    plan([person('+98'), person('u1', { names: ['u1', '+98'] })]),
    ['+98:new', 'u1:new'],
    1,
  ],
  ['two people', plan([person('u1'), person('u2')]), ['u1:new', 'u2:new'], 2],
])('%s', (_, { made, contacts, takenOver }, expected, people) => {
  expect(made).toEqual(expected);
  expect(contacts).toBe(people);
  expect(takenOver).toEqual([]);
});

it('what was written under a former id before the change is theirs; after it, somebody else’s', () => {
  const former = row('+98', 'omar', at(20));
  expect(plan([person('+98', { at: at(19) })], former)).toMatchObject({ made: [], takenOver: [] });
  expect(plan([person('+98', { at: at(21) })], former)).toMatchObject({ made: [], takenOver: ['+98'] });
  expect(plan([person('u9', { names: ['u9', '+98'], at: at(21) })], former)).toMatchObject({
    made: ['u9:new'],
    takenOver: ['+98'],
  });
});

it('keeps what any message of the batch told', () => {
  const [omar] = gathered([
    person('u1', { name: 'Omar', email: 'omar@x.test', emailVerified: true }),
    person('u1', { phone: '+98' }),
  ]);
  expect(omar).toMatchObject({ name: 'Omar', email: 'omar@x.test', emailVerified: true, phone: '+98' });
});

describe('contacts met under two ids of one person', () => {
  const both = (over: Partial<PersonTold> = {}) => person('u1', { names: ['u1', '+98'], ...over });
  it.each<[string, PersonTold, IdentityRow[], string[]]>([
    ['are one by their own word', both(), [row('u1', 'omar'), row('+98', 'unnamed')], ['omar = unnamed']],
    ['are one already', both(), [row('u1', 'omar'), row('+98', 'omar')], []],
    ['not by our word to them', both({ at: SAID_BY_NOBODY }), [row('u1', 'omar'), row('+98', 'sara')], []],
    ['not by a word from before the id was theirs', both(), [row('u1', 'omar'), row('+98', 'sara', null, at(11))], []],
    ['not with an id that has had its day', both(), [row('u1', 'omar'), row('+98', 'sara', at(9))], []],
  ])('%s', (_, told, rows, expected) => {
    const { same } = planPeople([told], known(...rows), () => 'new');
    expect(same.map(({ contactId, otherId }) => `${contactId} = ${otherId}`)).toEqual(expected);
  });
});
