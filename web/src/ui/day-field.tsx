import { useId } from 'react';
import { useLanguage, useText } from '../i18n/use-text';
import { calendarOf, dateOf, dayOf, monthNames, partsOf, type Day } from '../lib/day';
import { classes } from './classes';
import { SelectField } from './field';

const YEARS_BACK = 3;
const YEARS_ON = 8;

/** A day, chosen in the reader's calendar: Jalali in Persian, Gregorian in English. */
export function DayField({ label, value, onChange }: { label: string; value: Day; onChange: (day: Day) => void }) {
  const t = useText();
  const id = useId();
  const { locale, formats } = useLanguage();
  const calendar = calendarOf(locale);
  const parts = partsOf(value, calendar);
  const thisYear = partsOf(new Date().toISOString().slice(0, 10), calendar).year;
  const first = Math.min(parts.year, thisYear - YEARS_BACK);
  const years = Array.from({ length: Math.max(parts.year, thisYear + YEARS_ON) - first + 1 }, (_, n) => first + n);
  const plain = new Intl.NumberFormat(formats.tag, { useGrouping: false });
  const set = (change: Partial<typeof parts>) => onChange(dayOf({ ...parts, ...change }, calendar));
  return (
    <fieldset aria-describedby={id} className="flex min-w-0 flex-col gap-1">
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      <div className="grid grid-cols-[4.5rem_minmax(6rem,1fr)_5.5rem] gap-1.5 [&_label]:sr-only">
        <SelectField
          label={t('date.day', { what: label })}
          value={parts.day}
          onChange={({ target }) => set({ day: Number(target.value) })}
        >
          {Array.from({ length: 31 }, (_, n) => (
            <option key={n} value={n + 1}>
              {plain.format(n + 1)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('date.month', { what: label })}
          value={parts.month}
          onChange={({ target }) => set({ month: Number(target.value) })}
        >
          {monthNames(calendar, locale).map((name, n) => (
            <option key={name} value={n + 1}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('date.year', { what: label })}
          value={parts.year}
          onChange={({ target }) => set({ year: Number(target.value) })}
        >
          {years.map((year) => (
            <option key={year} value={year}>
              {plain.format(year)}
            </option>
          ))}
        </SelectField>
      </div>
      <p id={id} className="text-xs text-muted">
        <BothDates day={value} />
      </p>
    </fieldset>
  );
}

/** A day in the reader's calendar, and small beside it in the other one. */
export function BothDates({ day, isStacked = false }: { day: Day; isStacked?: boolean }) {
  const { locale, formats } = useLanguage();
  const numbering = /nu-(\w+)/.exec(formats.tag)?.[1] ?? 'latn';
  const region = locale === 'fa' ? 'fa-IR' : 'en-GB';
  const show = (calendar: string) =>
    new Intl.DateTimeFormat(`${region}-u-ca-${calendar}-nu-${numbering}`, {
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      timeZone: 'UTC',
    })
      .format(dateOf(day))
      .replace(/ AP$/, '');
  const [own, other] = locale === 'fa' ? ['persian', 'gregory'] : ['gregory', 'persian'];
  const weekday = new Intl.DateTimeFormat(region, { weekday: 'long', timeZone: 'UTC' }).format(dateOf(day));
  return (
    <>
      <bdi>
        {weekday} {show(own)}
      </bdi>{' '}
      <span className={classes('text-xs text-muted', isStacked && 'block')}>
        <bdi>({show(other)})</bdi>
      </span>
    </>
  );
}
