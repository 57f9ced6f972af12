import { DomainError } from '../../platform/errors';
import { changeFields, type FieldKind, mustBeComplete, storedValuesOf, type TicketField } from './ticket-fields';

const field = (kind: FieldKind, over: Partial<TicketField> = {}): TicketField => ({
  id: kind,
  key: 'it',
  labelFa: 'آن',
  labelEn: 'It',
  kind,
  options: ['red', 'blue'].map((value) => ({ value, labelFa: value, labelEn: value })),
  requiredToSolve: false,
  position: 0,
  ...over,
});

/** Which paths a change is refused for; none when it is taken. */
function refused(work: () => unknown): unknown {
  try {
    work();
    return [];
  } catch (error) {
    return error instanceof DomainError && (error.details['fields'] as { path: string }[]).map(({ path }) => path);
  }
}

it.each<[FieldKind, unknown, boolean]>([
  ['text', 'words', true],
  ['text', 7, false],
  ['text', 'x'.repeat(2_001), false],
  ['number', 7.5, true],
  ['number', Number.NaN, false],
  ['number', '7', false],
  ['date', '2026-11-22', true],
  ['date', '2027-02-29', false],
  ['date', '2028-02-29', true],
  ['date', '22/11/2026', false],
  ['select', 'red', true],
  ['select', 'green', false],
  ['select', ['red'], false],
  ['multi', ['red', 'blue'], true],
  ['multi', ['red', 'red'], false],
  ['multi', ['green'], false],
  ['multi', 'red', false],
  ['checkbox', false, true],
  ['checkbox', 'yes', false],
])('%s takes %j: %s', (kind, value, fits) => {
  expect(refused(() => changeFields([field(kind)], {}, { it: value }))).toEqual(fits ? [] : ['fields.it']);
});

it.each([[null], [''], [[]]])('%j takes a value away', (empty) => {
  expect(changeFields([field('multi')], { it: ['red'], other: 1 }, { it: empty })).toEqual({ other: 1 });
});

it('refuses what is not defined, and changes nothing then', () => {
  const fields = { it: 'red' };
  expect(refused(() => changeFields([field('select')], fields, { it: 'blue', unknown: 1 }))).toEqual([
    'fields.unknown',
  ]);
  expect(fields).toEqual({ it: 'red' });
});

it.each([
  ['nothing needed', false, {}, true],
  ['needed and there', true, { it: 0 }, true],
  ['needed, and false is an answer', true, { it: false }, true],
  ['needed and missing', true, {}, false],
  ['needed and empty', true, { it: '' }, false],
])('%s', (_, requiredToSolve, fields, complete) => {
  const check = () => mustBeComplete([field('text', { requiredToSolve })], fields);
  expect(refused(check)).toEqual(complete ? [] : ['fields.it']);
});

it.each([
  ['blue', ['blue', ['blue']]],
  ['7.5', ['7.5', ['7.5'], 7.5]],
  ['true', ['true', ['true'], true]],
  [' ', [' ', [' ']]],
])('%j may be stored as %j', (written, stored) => expect(storedValuesOf(written)).toEqual(stored));
