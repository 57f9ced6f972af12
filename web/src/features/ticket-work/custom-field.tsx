import { useId, useState } from 'react';
import { useSession } from '../../api/session';
import type { TicketField } from '../../api/ticket-work';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { dayIn } from '../../lib/day';
import { latinDigits } from '../../lib/text';
import { Button } from '../../ui/button';
import { BothDates, DayField } from '../../ui/day-field';
import { CheckField, SelectField, TextField } from '../../ui/field';

export interface CustomFieldProps {
  field: TicketField;
  value: unknown;
  disabled: boolean;
  /** Null takes the value away. */
  onChange: (value: unknown) => void;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

/** A field the workspace defined, by its kind. What is typed is kept when the field is left. */
export function CustomField({ field, value, disabled, onChange }: CustomFieldProps) {
  const t = useText();
  const { locale } = useLanguage();
  const nameOf = ({ labelFa, labelEn }: { labelFa: string; labelEn: string }) => (locale === 'fa' ? labelFa : labelEn);
  const label = field.requiredToSolve ? t('work.field_needed', { name: nameOf(field) }) : nameOf(field);
  switch (field.kind) {
    case 'checkbox':
      return (
        <CheckField
          label={label}
          checked={value === true}
          disabled={disabled}
          onChange={(event) => onChange(event.target.checked)}
        />
      );
    case 'select':
      return (
        <SelectField
          label={label}
          value={textOf(value)}
          disabled={disabled}
          onChange={(event) => onChange(event.target.value || null)}
        >
          <option value="">{t('work.unset')}</option>
          {field.options.map((option) => (
            <option key={option.value} value={option.value}>
              {nameOf(option)}
            </option>
          ))}
        </SelectField>
      );
    case 'multi':
      return (
        <Several
          label={label}
          options={field.options.map((option) => ({ value: option.value, label: nameOf(option) }))}
          chosen={Array.isArray(value) ? value.map(textOf) : []}
          disabled={disabled}
          onChange={onChange}
        />
      );
    case 'date':
      return <Dated label={label} value={textOf(value)} disabled={disabled} onChange={onChange} />;
    default:
      return (
        <Typed
          key={textOf(value)}
          field={field}
          label={label}
          value={textOf(value)}
          disabled={disabled}
          onChange={onChange}
        />
      );
  }
}

function Several({
  label,
  options,
  chosen,
  disabled,
  onChange,
}: {
  label: string;
  options: { value: string; label: string }[];
  chosen: string[];
  disabled: boolean;
  onChange: (value: string[] | null) => void;
}) {
  const id = useId();
  const toggle = (value: string, on: boolean) => {
    const next = options.map((option) => option.value).filter((one) => (one === value ? on : chosen.includes(one)));
    onChange(next.length > 0 ? next : null);
  };
  return (
    <div role="group" aria-labelledby={id} className="flex flex-col gap-1">
      <p id={id} className="font-medium">
        {label}
      </p>
      {options.map((option) => (
        <CheckField
          key={option.value}
          label={option.label}
          checked={chosen.includes(option.value)}
          disabled={disabled}
          onChange={(event) => toggle(option.value, event.target.checked)}
        />
      ))}
    </div>
  );
}

interface DatedProps {
  label: string;
  /** `YYYY-MM-DD`, or nothing. */
  value: string;
  disabled: boolean;
  onChange: (value: string | null) => void;
}

function Dated({ label, value, disabled, onChange }: DatedProps) {
  const t = useText();
  const { workspace } = useSession();
  if (disabled || !value)
    return (
      <div className="flex items-center gap-2">
        <span className="flex-1 font-medium">{label}</span>
        {value ? (
          <span className="text-muted">
            <BothDates day={value} />
          </span>
        ) : (
          <Button size="small" isDisabled={disabled} onPress={() => onChange(dayIn(serverNow(), workspace.timeZone))}>
            {t('work.set_date')}
          </Button>
        )}
      </div>
    );
  return (
    <div className="flex flex-col items-start gap-1">
      <DayField label={label} value={value} onChange={onChange} />
      <Button size="small" tone="quiet" onPress={() => onChange(null)}>
        {t('work.clear_date')}
      </Button>
    </div>
  );
}

interface TypedProps {
  field: TicketField;
  label: string;
  value: string;
  disabled: boolean;
  onChange: (value: unknown) => void;
}

function Typed({ field: { kind }, label, value, disabled, onChange }: TypedProps) {
  const t = useText();
  const [text, setText] = useState(value);
  const [problem, setProblem] = useState<string>();
  function keep() {
    const written = text.trim();
    if (written === value) return;
    if (written === '') return onChange(null);
    if (kind !== 'number') return onChange(written);
    const number = Number(latinDigits(written).replace('٫', '.'));
    if (Number.isFinite(number)) return onChange(number);
    setProblem(t('work.not_a_number'));
  }
  return (
    <TextField
      label={label}
      inputMode={kind === 'number' ? 'decimal' : undefined}
      dir={kind === 'text' ? 'auto' : 'ltr'}
      maxLength={2000}
      value={text}
      disabled={disabled}
      problem={problem}
      onChange={(event) => {
        setText(event.target.value);
        setProblem(undefined);
      }}
      onBlur={keep}
      onKeyDown={(event) => event.key === 'Enter' && keep()}
    />
  );
}
