import { Plus, X } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { useLanguage, useText } from '../../i18n/use-text';
import { latinDigits } from '../../lib/text';
import { Button, IconButton } from '../../ui/button';
import { classes } from '../../ui/classes';
import { Dialog } from '../../ui/dialog';
import { SelectField, TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';

export interface Option {
  id: string;
  label: string;
}

/** A part of a page with its own heading. */
export function Section({
  title,
  hint,
  actions,
  children,
}: {
  title: string;
  hint?: string;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start gap-2">
        <div className="min-w-0 flex-1">
          <h2 className="text-base font-bold">{title}</h2>
          {hint && <p className="text-muted">{hint}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}

export const Card = ({ children }: { children: ReactNode }) => (
  <div className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-4">{children}</div>
);

/** The end of a form: why it was refused, the way back, and the way on. */
export function FormEnd({
  error,
  isPending,
  onCancel,
  onReload,
  submit,
  children,
}: {
  error: unknown;
  isPending: boolean;
  onCancel: () => void;
  onReload?: () => void;
  submit?: string;
  children?: ReactNode;
}) {
  const t = useText();
  return (
    <>
      <Problem error={error} onReload={onReload} />
      <div className="flex flex-wrap justify-end gap-2">
        {children}
        <Button onPress={onCancel}>{t('common.cancel')}</Button>
        <Button type="submit" tone="brand" isDisabled={isPending}>
          {submit ?? t('common.save')}
        </Button>
      </div>
    </>
  );
}

/** Any of a few: each a box to tick, in a row. */
export function ChoicesField({
  label,
  help,
  options,
  value,
  onChange,
}: {
  label: string;
  help?: string;
  options: readonly Option[];
  value: readonly string[];
  onChange: (value: string[]) => void;
}) {
  const id = useId();
  return (
    <fieldset aria-describedby={help ? id : undefined} className="flex min-w-0 flex-col gap-1">
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      <div className="flex flex-wrap gap-1.5">
        {options.map((option) => (
          <label
            key={option.id}
            className="flex items-center gap-1.5 rounded-md border border-line bg-surface px-2 py-0.5 text-sm has-checked:border-brand has-checked:bg-brand-soft"
          >
            <input
              type="checkbox"
              className="size-4 accent-brand"
              checked={value.includes(option.id)}
              onChange={({ target }) =>
                onChange(target.checked ? [...value, option.id] : value.filter((one) => one !== option.id))
              }
            />
            <bdi>{option.label}</bdi>
          </label>
        ))}
      </div>
      {help && (
        <p id={id} className="text-xs text-muted">
          {help}
        </p>
      )}
    </fieldset>
  );
}

const wordsOf = (text: string) =>
  text
    .split(/[,،\n]/)
    .map((word) => word.trim())
    .filter(Boolean);

/** Words, separated by commas of either script. */
export function WordsField({
  value,
  onChange,
  ...field
}: {
  label: string;
  help?: string;
  problem?: string;
  value: readonly string[];
  onChange: (value: string[]) => void;
}) {
  const t = useText();
  const [text, setText] = useState(value.join(t('common.comma')));
  return (
    <TextField
      {...field}
      dir="auto"
      value={text}
      onChange={({ target }) => {
        setText(target.value);
        onChange(wordsOf(target.value));
      }}
    />
  );
}

/** A number in the reader's digits; null when nothing, or no number, is written. */
export function NumberField({
  value,
  onChange,
  ...field
}: {
  label: string;
  help?: string;
  problem?: string;
  required?: boolean;
  className?: string;
  value: number | null;
  onChange: (value: number | null) => void;
}) {
  const { formats } = useLanguage();
  const shown = (number: number | null) =>
    number === null ? '' : new Intl.NumberFormat(formats.tag, { useGrouping: false }).format(number);
  const [text, setText] = useState(() => shown(value));
  const read = (written: string) => {
    const plain = latinDigits(written).replace('٫', '.').trim();
    return plain === '' || Number.isNaN(Number(plain)) ? null : Number(plain);
  };
  return (
    <TextField
      {...field}
      inputMode="decimal"
      dir="ltr"
      // Somebody else's change of the number shows; a half-written one stays as it is written.
      value={read(text) === value ? text : shown(value)}
      onChange={({ target }) => {
        setText(target.value);
        onChange(read(target.value));
      }}
    />
  );
}

const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
type Unit = keyof typeof UNITS;
const UNIT_NAMES: readonly Unit[] = ['minute', 'hour', 'day'];

const unitOf = (ms: number | null): Unit =>
  ms !== null && ms > 0 && ms % UNITS.day === 0
    ? 'day'
    : ms !== null && ms > 0 && ms % UNITS.hour === 0
      ? 'hour'
      : 'minute';

/** A length of time in milliseconds, written as a number and its unit; null when empty. */
export function DurationField({
  label,
  help,
  problem,
  value,
  onChange,
}: {
  label: string;
  help?: string;
  problem?: string;
  value: number | null;
  onChange: (value: number | null) => void;
}) {
  const t = useText();
  const [unit, setUnit] = useState(() => unitOf(value));
  const unitLabel = t('admin.unit_of', { what: label });
  return (
    <div className="grid grid-cols-[minmax(4rem,1fr)_6.5rem] items-start gap-1.5">
      <NumberField
        label={label}
        help={help}
        problem={problem}
        value={value === null ? null : value / UNITS[unit]}
        onChange={(amount) => onChange(amount === null ? null : Math.round(amount * UNITS[unit]))}
      />
      <div className="flex flex-col gap-1 [&_label]:sr-only">
        <span aria-hidden className="text-sm font-medium">
          &nbsp;
        </span>
        <SelectField
          label={unitLabel}
          value={unit}
          onChange={({ target }) => {
            const next = target.value as Unit;
            if (value !== null) onChange((value / UNITS[unit]) * UNITS[next]);
            setUnit(next);
          }}
        >
          {UNIT_NAMES.map((name) => (
            <option key={name} value={name}>
              {t(`admin.unit.${name}`)}
            </option>
          ))}
        </SelectField>
      </div>
    </div>
  );
}

/** A length of time in words: the largest unit that says it in whole numbers, or minutes. */
export function useDuration(): (ms: number) => string {
  const t = useText();
  return (ms) => {
    const unit = unitOf(Math.round(ms / UNITS.minute) * UNITS.minute);
    return t(`admin.duration.${unit}`, { count: Math.round(ms / UNITS[unit]) });
  };
}

/** A row of a list that can be taken away. */
export function Removable({
  label,
  onRemove,
  children,
  className,
}: {
  label: string;
  onRemove: () => void;
  children: ReactNode;
  className?: string;
}) {
  return (
    <div className={classes('flex items-start gap-2', className)}>
      <div className="min-w-0 flex-1">{children}</div>
      <IconButton size="small" label={label} icon={<X size={15} />} onPress={onRemove} className="mt-0.5" />
    </div>
  );
}

export function AddButton({ children, onPress }: { children: string; onPress: () => void }) {
  return (
    <Button size="small" onPress={onPress} className="self-start">
      <Plus size={15} aria-hidden />
      {children}
    </Button>
  );
}

/** Asks once more before what has no way back. */
export function ConfirmDialog({
  title,
  children,
  confirm,
  error,
  isPending,
  onCancel,
  onConfirm,
}: {
  title: string;
  children: ReactNode;
  confirm: string;
  error: unknown;
  isPending: boolean;
  onCancel: () => void;
  onConfirm: () => void;
}) {
  const t = useText();
  return (
    <Dialog title={title} isOpen onClose={onCancel}>
      <div className="flex flex-col gap-4">
        <div>{children}</div>
        <Problem error={error} />
        <div className="flex justify-end gap-2">
          <Button onPress={onCancel}>{t('common.cancel')}</Button>
          <Button tone="danger" onPress={onConfirm} isDisabled={isPending}>
            {confirm}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
