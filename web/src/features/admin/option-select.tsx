import { useText } from '../../i18n/use-text';
import { SelectField } from '../../ui/field';
import type { Option } from './form-parts';

/** One of a list. With `none`, an entry for nothing; without, something must be chosen. */
export function OptionSelect({
  label,
  options,
  none,
  value,
  onChange,
}: {
  label: string;
  options: readonly Option[];
  none?: string;
  value: string | null;
  onChange: (value: string | null) => void;
}) {
  const t = useText();
  return (
    <SelectField
      label={label}
      required={none === undefined}
      value={value ?? ''}
      onChange={({ target }) => onChange(target.value || null)}
    >
      <option value="" disabled={none === undefined}>
        {none ?? t('rules.choose')}
      </option>
      {options.map((option) => (
        <option key={option.id} value={option.id}>
          {option.label}
        </option>
      ))}
    </SelectField>
  );
}
