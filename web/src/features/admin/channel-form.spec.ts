import type { SettingField } from '../../api/types';
import { readCredentials, readSettings, settingValue } from './channel-form';

const NO_WORDS = { fa: '', en: '' };
const field = (type: SettingField['type'], usual?: SettingField['default']): SettingField => ({
  name: 'x',
  type,
  label: NO_WORDS,
  help: NO_WORDS,
  default: usual,
});

it.each([
  ['empty text follows the default', field('text', 'a'), '', undefined],
  ['Persian digits are a number', field('number', 5), '۱۲', 12],
  ['what is no number is left for the server to refuse', field('number'), 'twelve', 'twelve'],
  ['a list has a line for each', field('list'), 'a\n\n b ', ['a', 'b']],
  ['a tick like the default says nothing', field('boolean', true), true, undefined],
  ['a tick against the default is kept', field('boolean', true), false, false],
])('%s', (_, of, written, value) => expect(settingValue(of, written)).toEqual(value));

it('keeps settings that no field speaks of, and clears emptied ones', () => {
  const form = new FormData();
  form.set('setting.x', '');
  expect(readSettings(form, [field('text')], { x: 'old', fromConsent: 1 })).toEqual({ fromConsent: 1 });
});

it('sends written credentials and those to be removed, and leaves the others', () => {
  const form = new FormData();
  form.set('credential.accessToken', ' new ');
  form.set('credential.appSecret', '');
  form.set('drop.proxyUrl', 'on');
  const fields = ['accessToken', 'appSecret', 'proxyUrl'].map((name) => ({
    name,
    label: NO_WORDS,
    required: false,
    help: NO_WORDS,
  }));
  expect(readCredentials(form, fields)).toEqual({ accessToken: 'new', proxyUrl: '' });
});
