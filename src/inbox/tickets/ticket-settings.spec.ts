import { DEFAULT_TICKET_SETTINGS, labelProblems, labelsOf, readTicketSettings } from './ticket-settings';

it.each<[string, unknown, object]>([
  ['nothing', undefined, {}],
  ['what is no object', 'seven', {}],
  ['a part', { reopenDays: 0 }, { reopenDays: 0 }],
  ['never closing', { closeAfterDays: null }, { closeAfterDays: null }],
  ['what makes no sense', { reopenDays: -1, closeAfterDays: 'soon', types: [1] }, {}],
  ['types', { types: ['gift'] }, { types: ['gift'], typeLabels: { gift: { fa: 'gift', en: 'gift' } } }],
])('%s', (_, stored, over) => expect(readTicketSettings(stored)).toEqual({ ...DEFAULT_TICKET_SETTINGS, ...over }));

describe('what types are called', () => {
  const gift = { fa: 'هدیه', en: 'Gift' };
  it.each<[string, string[], unknown, object]>([
    ['as they were given', ['gift'], { gift }, { gift }],
    ['as usual', ['task'], {}, { task: { fa: 'کار', en: 'Task' } }],
    ['otherwise than usual', ['task'], { task: gift }, { task: gift }],
    ['as they are, where nobody said', ['gift'], null, { gift: { fa: 'gift', en: 'gift' } }],
    ['nothing, once they are gone', [], { gift }, {}],
    ['as they are, where half is said', ['gift'], { gift: { fa: 'هدیه' } }, { gift: { fa: 'gift', en: 'gift' } }],
    [
      'themselves, whatever objects are made of',
      ['constructor'],
      {},
      { constructor: { fa: 'constructor', en: 'constructor' } },
    ],
  ])('%s', (_, types, given, labels) => expect({ ...labelsOf(types, given) }).toEqual(labels));

  it.each<[string, unknown, string[]]>([
    ['nothing given', undefined, []],
    ['right', { gift }, []],
    ['no type of these', { other: gift }, ['typeLabels.other']],
    ['half', { gift: { fa: 'هدیه' } }, ['typeLabels.gift']],
    ['empty', { gift: { fa: 'هدیه', en: ' ' } }, ['typeLabels.gift']],
    ['too long', { gift: { fa: 'ه'.repeat(61), en: 'Gift' } }, ['typeLabels.gift']],
    ['a list', [gift], ['typeLabels']],
  ])('%s', (_, given, paths) => expect(labelProblems(['gift'], given).map(({ path }) => path)).toEqual(paths));
});
