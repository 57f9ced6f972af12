import type { TicketField } from '../../api/admin/ticket-setup';
import { useLanguage, useText } from '../../i18n/use-text';
import { CheckField, SelectField, TextField } from '../../ui/field';
import { DayField } from '../../ui/day-field';
import { AddButton, ChoicesField, NumberField, Removable } from './form-parts';

const FRESH = { text: '', number: 0, select: '', multi: [], checkbox: true } as const;

const freshValue = (kind: TicketField['kind']): unknown =>
  kind === 'date' ? new Date().toISOString().slice(0, 10) : FRESH[kind];

/** Values for some of the workspace's own fields. */
export function CustomValues({
  fields,
  value,
  onChange,
}: {
  fields: readonly TicketField[];
  value: Readonly<Record<string, unknown>>;
  onChange: (value: Record<string, unknown>) => void;
}) {
  const t = useText();
  const { locale } = useLanguage();
  const label = ({ labelFa, labelEn }: TicketField) => (locale === 'fa' ? labelFa : labelEn);
  const used = fields.filter(({ key }) => key in value);
  const next = fields.find(({ key }) => !(key in value));
  if (fields.length === 0) return <p className="text-sm text-muted">{t('fields.empty')}</p>;
  return (
    <div className="flex flex-col gap-2">
      {used.map((field) => (
        <Removable
          key={field.key}
          label={t('skills.remove', { name: label(field) })}
          onRemove={() => {
            const { [field.key]: _gone, ...rest } = value;
            onChange(rest);
          }}
        >
          <div className="grid items-start gap-2 sm:grid-cols-2">
            <SelectField
              label={t('rules.field')}
              value={field.key}
              onChange={({ target }) => {
                const chosen = fields.find(({ key }) => key === target.value);
                const { [field.key]: _gone, ...rest } = value;
                if (chosen) onChange({ ...rest, [chosen.key]: freshValue(chosen.kind) });
              }}
            >
              {fields
                .filter(({ key }) => key === field.key || !(key in value))
                .map((one) => (
                  <option key={one.key} value={one.key}>
                    {label(one)}
                  </option>
                ))}
            </SelectField>
            <OneValue
              field={field}
              value={value[field.key]}
              onChange={(set) => onChange({ ...value, [field.key]: set })}
            />
          </div>
        </Removable>
      ))}
      {next && (
        <AddButton onPress={() => onChange({ ...value, [next.key]: freshValue(next.kind) })}>
          {t('action.add_field')}
        </AddButton>
      )}
    </div>
  );
}

function OneValue({
  field: { kind, options },
  value,
  onChange,
}: {
  field: TicketField;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const t = useText();
  const { locale } = useLanguage();
  const label = t('rules.value');
  const choices = options.map(({ value: id, labelFa, labelEn }) => ({
    id,
    label: locale === 'fa' ? labelFa : labelEn,
  }));
  switch (kind) {
    case 'checkbox':
      return (
        <CheckField
          label={t('rules.yes')}
          checked={value === true}
          onChange={({ target }) => onChange(target.checked)}
        />
      );
    case 'number':
      return (
        <NumberField label={label} required value={typeof value === 'number' ? value : null} onChange={onChange} />
      );
    case 'date':
      return <DayField label={label} value={String(value)} onChange={onChange} />;
    case 'multi':
      return (
        <ChoicesField
          label={label}
          options={choices}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={onChange}
        />
      );
    case 'select':
      return (
        <SelectField label={label} required value={String(value)} onChange={({ target }) => onChange(target.value)}>
          <option value="" disabled>
            {t('rules.choose')}
          </option>
          {choices.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {choice.label}
            </option>
          ))}
        </SelectField>
      );
    case 'text':
      return (
        <TextField
          label={label}
          required
          dir="auto"
          value={String(value)}
          onChange={({ target }) => onChange(target.value)}
        />
      );
  }
}
