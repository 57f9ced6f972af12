import { adminEn } from '../../i18n/admin/en';
import type { Text } from '../../i18n/use-text';
import { actionText, halvesOf, kindText, SUBJECT_KINDS, valueText } from './audit-words';

const words: Record<string, string> = adminEn;
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

it.each<[string, unknown, string | null]>([
  ['nothing', null, null],
  ['an empty text', '', null],
  ['an id by its name', 'a1', 'Sara'],
  ['several', ['a1', 'a2'], 'Sara · a2'],
  ['a number', 5, '5'],
  ['no', false, 'false'],
])('%s', (_, value, text) => expect(valueText(value, new Map([['a1', 'Sara']]))).toBe(text));
