import type { CredentialField, SettingField } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { CheckField, TextArea, TextField } from '../../ui/field';
import { problemOf } from '../../ui/refusal';

const OPEN = /(Id|ExpiresAt)$/;

export interface CredentialFieldsProps {
  fields: readonly CredentialField[];
  /** Names of those that are stored: they may stay as they are. */
  stored?: readonly string[];
  error: unknown;
}

/** What the network asks for to let us in; it goes in and never comes back out. */
export function CredentialFields({ fields, stored = [], error }: CredentialFieldsProps) {
  const t = useText();
  const { locale } = useLanguage();
  return fields.map(({ name, label, required, help, generated }) => {
    const kept = stored.includes(name);
    return (
      <div key={name} className="flex flex-col gap-1">
        <TextField
          label={label[locale]}
          help={help[locale]}
          name={`credential.${name}`}
          required={required && !generated && !kept}
          type={OPEN.test(name) ? 'text' : 'password'}
          autoComplete="off"
          dir="ltr"
          placeholder={kept ? t('field.kept') : generated ? t('field.generated') : undefined}
          problem={problemOf(error, `credentials.${name}`)}
        />
        {kept && !required && !generated && <CheckField label={t('field.remove')} name={`drop.${name}`} />}
      </div>
    );
  });
}

const shown = (value: unknown): string =>
  Array.isArray(value) ? value.join('\n') : typeof value === 'string' || typeof value === 'number' ? `${value}` : '';

export interface SettingFieldsProps {
  fields: readonly SettingField[];
  values: Readonly<Record<string, unknown>>;
  error: unknown;
}

/** What may be changed about a channel; an empty field follows the default. */
export function SettingFields({ fields, values, error }: SettingFieldsProps) {
  const { locale } = useLanguage();
  return fields.map((field) => {
    const { name, label, type, help } = field;
    const problem = problemOf(error, `settings.${name}`);
    const common = { label: label[locale], help: help[locale], name: `setting.${name}`, problem };
    const usual = shown(field.default);
    if (type === 'boolean')
      return <CheckField key={name} {...common} defaultChecked={(values[name] ?? field.default) === true} />;
    const given = { defaultValue: shown(values[name]), dir: 'auto' as const, placeholder: usual || undefined };
    if (type === 'list') return <TextArea key={name} {...common} {...given} rows={3} />;
    return <TextField key={name} {...common} {...given} inputMode={type === 'number' ? 'decimal' : undefined} />;
  });
}
