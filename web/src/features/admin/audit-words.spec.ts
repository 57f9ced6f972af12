import { adminEn } from '../../i18n/admin/en';
import { en } from '../../i18n/en';
import type { Text } from '../../i18n/use-text';
import { fieldText } from './audit-fields';
import { actionText, differing, halvesOf, kindText, SUBJECT_KINDS, valueText, type Reading } from './audit-words';

const words: Record<string, string> = { ...en, ...adminEn };
const t: Text = (key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, String(value)), words[key] ?? key);

it.each([
  ['channel.connected', 'Channel connected'],
  ['session.ended_everywhere', 'Sign-in ended everywhere'],
  ['planet.exploded', 'planet.exploded'],
  ['channel.exploded', 'channel.exploded'],
  ['nonsense', 'nonsense'],
])('%s', (action, text) => expect(actionText(action, t)).toBe(text));

it('has a word for every kind that can be asked for', () =>
  expect(SUBJECT_KINDS.filter((kind) => kindText(kind, t) === kind)).toEqual([]));

it.each([
  ['agent:1', { kind: 'agent', id: '1' }],
  ['oauth_app:x:y', { kind: 'oauth_app', id: 'x:y' }],
  ['call_settings', { kind: 'call_settings', id: null }],
])('halves of %s', (subject, halves) => expect(halvesOf(subject)).toEqual(halves));

const reading: Reading = {
  t,
  names: new Map([['a1', 'Sara']]),
  number: String,
  dateTime: (at) => `at ${at.slice(0, 10)}`,
  duration: (ms) => `${ms / 60_000} min`,
  size: (bytes) => `${bytes} B`,
};

it.each<[string, string, unknown, string | null]>([
  ['nothing', 'name', null, null],
  ['an empty text', 'name', '', null],
  ['an id by its name', 'teamId', 'a1', 'Sara'],
  ['several', 'teamIds', ['a1', 'a2'], 'Sara · a2'],
  ['none of several', 'teamIds', [], null],
  ['a number', 'capacity', 5, '5'],
  ['no', 'enabled', false, 'no'],
  ['a role', 'role', 'lead', 'Lead'],
  ['a role of tomorrow', 'role', 'wizard', 'wizard'],
  ['a name that is written as a role is', 'name', 'lead', 'lead'],
  ['a length of time', 'identityCheckMinutes', 90, '90 min'],
  ['seconds', 'acceptSeconds', 45, '{count, plural, one {# second} other {# seconds}}'],
  ['a size', 'limitBytes', 1024, '1024 B'],
  ['an instant', 'expiresAt', '2027-01-02T10:00:00.000Z', 'at 2027-01-02'],
  ['which fields were touched', 'fields', ['name', 'teamId', 'orbit'], 'Name · Team · orbit'],
  ['settings', 'settings', { slotMinutes: 30, orbit: 'low', calendarId: null }, 'Length of a slot: 30 min\norbit: low'],
  ['what is deeper', 'actions', [{ do: 'tag' }], '[\n {\n  "do": "tag"\n }\n]'],
])('%s', (_, field, value, text) => expect(valueText(field, value, reading)).toBe(text));

it.each([
  ['role', 'Role'],
  ['holidays.0198-ab', 'Holiday'],
  ['sat', 'Saturday'],
  ['orbit', 'orbit'],
  ['orbit.low', 'orbit.low'],
])('field %s', (field, text) => expect(fieldText(field, t)).toBe(text));

it('of settings only what differs is told', () =>
  expect(differing({ a: 1, b: [1] }, { a: 1, b: [2], c: 3 })).toEqual({
    from: { b: [1], c: undefined },
    to: { b: [2], c: 3 },
  }));
