import type { CredentialField, SettingField, SettingValue } from '../../api/types';
import { fieldReader } from '../../lib/form';
import { latinDigits } from '../../lib/text';

/** The credentials that were written into a form; a removed one is "". */
export function readCredentials(form: FormData, fields: readonly CredentialField[]): Record<string, string> {
  const read = fieldReader(form);
  return Object.fromEntries(
    fields.flatMap(({ name }) => {
      const value = read(`credential.${name}`);
      if (value) return [[name, value]];
      return form.has(`drop.${name}`) ? [[name, '']] : [];
    }),
  );
}

/** A written value as the server takes it; undefined where the default holds. */
export function settingValue(
  { type, default: usual }: SettingField,
  written: string | boolean,
): SettingValue | undefined {
  if (typeof written === 'boolean') return written === (usual ?? false) ? undefined : written;
  if (written === '') return undefined;
  if (type === 'list')
    return written
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  if (type !== 'number') return written;
  const number = Number(latinDigits(written));
  // What is no number goes as it was written: the server says what is wrong with it.
  return Number.isFinite(number) ? number : written;
}

/** The stored settings with the form's in their place; what no field speaks of stays as it is. */
export function readSettings(
  form: FormData,
  fields: readonly SettingField[],
  stored: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const read = fieldReader(form);
  const settings: Record<string, unknown> = { ...stored };
  for (const field of fields) {
    const path = `setting.${field.name}`;
    const value = settingValue(field, field.type === 'boolean' ? form.has(path) : read(path));
    if (value === undefined) delete settings[field.name];
    else settings[field.name] = value;
  }
  return settings;
}
