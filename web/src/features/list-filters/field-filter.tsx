import { useState } from 'react';
import type { TicketField } from '../../api/ticket-work';
import { useSession } from '../../api/session';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { dayIn } from '../../lib/day';
import { latinDigits } from '../../lib/text';
import { DayField } from '../../ui/day-field';
import { SelectField, TextField } from '../../ui/field';
import { readFieldFilter } from './filter-values';

export interface FieldFilterProps {
  fields: readonly TicketField[];
  /** `key:value`. */
  value: string | undefined;
  onChoose: (filter: string | undefined) => void;
}

/** First which field, then what stands in it. */
export function FieldFilter({ fields, value: filter, onChoose }: FieldFilterProps) {
  const t = useText();
  const { locale } = useLanguage();
  const { workspace } = useSession();
  const read = readFieldFilter(fields, filter);
  const [key, setKey] = useState(read?.field.key ?? '');
  const [typed, setTyped] = useState(read?.value ?? '');
  const nameOf = ({ labelFa, labelEn }: { labelFa: string; labelEn: string }) => (locale === 'fa' ? labelFa : labelEn);
  const field = fields.find((one) => one.key === key);
  const label = field ? t('filter.field_value', { name: nameOf(field) }) : '';
  const keep = (value: string) => onChoose(value ? `${key}:${value}` : undefined);
  function choose(next: string) {
    setKey(next);
    setTyped('');
    const date = fields.find((one) => one.key === next)?.kind === 'date';
    if (date) onChoose(`${next}:${dayIn(serverNow(), workspace.timeZone)}`);
    else if (filter) onChoose(undefined);
  }
  const written = field?.kind === 'number' ? latinDigits(typed.trim()).replace('٫', '.') : typed.trim();
  return (
    <div className="grid grid-cols-2 items-start gap-3">
      <SelectField label={t('filter.field')} value={key} onChange={(event) => choose(event.target.value)}>
        <option value="">{t('filter.any')}</option>
        {fields.map((one) => (
          <option key={one.key} value={one.key}>
            {nameOf(one)}
          </option>
        ))}
      </SelectField>
      {field?.kind === 'date' && read && (
        <div className="col-span-2">
          <DayField label={label} value={read.value} onChange={keep} />
        </div>
      )}
      {(field?.kind === 'text' || field?.kind === 'number') && (
        <TextField
          label={label}
          dir="auto"
          inputMode={field.kind === 'number' ? 'decimal' : undefined}
          maxLength={200}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => written !== (read?.value ?? '') && keep(written)}
          onKeyDown={(event) => event.key === 'Enter' && keep(written)}
        />
      )}
      {field && ['select', 'multi', 'checkbox'].includes(field.kind) && (
        <SelectField label={label} value={read?.value ?? ''} onChange={(event) => keep(event.target.value)}>
          <option value="">{t('filter.any')}</option>
          {field.kind === 'checkbox' && (
            <>
              <option value="true">{t('filter.yes')}</option>
              <option value="false">{t('filter.no')}</option>
            </>
          )}
          {field.options.map((option) => (
            <option key={option.value} value={option.value}>
              {nameOf(option)}
            </option>
          ))}
        </SelectField>
      )}
    </div>
  );
}
