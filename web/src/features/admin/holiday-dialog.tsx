import { useState, type SubmitEvent } from 'react';
import type { BothNames, DayHours, Holiday, HolidayInput, HolidayRule } from '../../api/admin/calendars';
import { useLanguage, useText } from '../../i18n/use-text';
import { dayIn, monthNames, type CalendarName } from '../../lib/day';
import { Dialog } from '../../ui/dialog';
import { CheckField, SelectField, TextField } from '../../ui/field';
import { DayField } from '../../ui/day-field';
import { FormEnd } from './form-parts';
import { HoursRows } from './hours-rows';

const YEARLY = ['jalali', 'gregorian', 'lunar'] as const;
type Yearly = (typeof YEARLY)[number];
const CALENDARS: Record<Yearly, CalendarName> = {
  jalali: 'persian',
  gregorian: 'gregory',
  lunar: 'islamic-civil',
};

const isYearly = (rule: HolidayRule): rule is Extract<HolidayRule, { on: Yearly }> =>
  YEARLY.some((on) => on === rule.on);

/** A day on which it is closed, or has other hours. A closure of hours keeps its times: only its name is changed. */
export function HolidayDialog({
  holiday,
  timeZone,
  onClose,
  onReady,
}: {
  holiday: Holiday | null;
  timeZone: string;
  onClose: () => void;
  onReady: (holiday: HolidayInput) => void;
}) {
  const t = useText();
  const { locale } = useLanguage();
  const today = dayIn(Date.now(), timeZone);
  const [rule, setRule] = useState<HolidayRule>(holiday?.rule ?? { on: 'date', date: today });
  const [name, setName] = useState<Partial<BothNames>>(holiday?.name ?? {});
  const [hours, setHours] = useState<DayHours[]>(holiday?.hours ?? []);

  function turn(on: string) {
    const yearly = YEARLY.find((one) => one === on);
    if (yearly) setRule({ on: yearly, month: 1, day: 1 });
    else setRule({ on: 'date', date: today });
  }
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = Object.fromEntries(Object.entries(name).filter(([, text]) => text.trim() !== ''));
    onReady({ name: given, rule, hours });
  }

  return (
    <Dialog title={t(holiday ? 'calendars.edit_holiday' : 'calendars.add_holiday')} isOpen onClose={onClose} wide>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          {(['fa', 'en'] as const).map((language) => (
            <TextField
              key={language}
              label={t(`calendars.name_${language}`)}
              dir={language === 'fa' ? 'rtl' : 'ltr'}
              lang={language}
              maxLength={200}
              required={!name.fa && !name.en}
              value={name[language] ?? ''}
              onChange={({ target }) => setName({ ...name, [language]: target.value })}
            />
          ))}
        </div>
        {rule.on !== 'span' && (
          <div className="grid gap-4 sm:grid-cols-2">
            <SelectField label={t('calendars.when')} value={rule.on} onChange={({ target }) => turn(target.value)}>
              {(['date', ...YEARLY] as const).map((on) => (
                <option key={on} value={on}>
                  {t(`calendars.rule.${on}`)}
                </option>
              ))}
            </SelectField>
            {isYearly(rule) ? (
              <div className="grid grid-cols-[1fr_6rem] gap-2">
                <SelectField
                  label={t('calendars.month')}
                  value={rule.month}
                  onChange={({ target }) => setRule({ ...rule, month: Number(target.value) })}
                >
                  {monthNames(CALENDARS[rule.on], locale).map((month, n) => (
                    <option key={month} value={n + 1}>
                      {month}
                    </option>
                  ))}
                </SelectField>
                <DayOfMonth value={rule.day} onChange={(day) => setRule({ ...rule, day })} />
              </div>
            ) : (
              <DayField
                label={t('calendars.first_day')}
                value={rule.date}
                onChange={(date) => setRule({ ...rule, date, ...(rule.to && rule.to < date && { to: date }) })}
              />
            )}
          </div>
        )}
        {rule.on === 'date' && (
          <>
            <CheckField
              label={t('calendars.several_days')}
              checked={rule.to !== undefined}
              onChange={({ target }) =>
                setRule({ on: 'date', date: rule.date, ...(target.checked && { to: rule.date }) })
              }
            />
            {rule.to !== undefined && (
              <DayField label={t('calendars.last_day')} value={rule.to} onChange={(to) => setRule({ ...rule, to })} />
            )}
          </>
        )}
        {rule.on === 'lunar' && <p className="text-sm text-muted">{t('calendars.lunar_help')}</p>}
        {rule.on !== 'span' && (
          <fieldset>
            <legend className="mb-1 text-sm font-medium">{t('calendars.open_nevertheless')}</legend>
            <HoursRows day={t('calendars.that_day')} hours={hours} onChange={setHours} />
          </fieldset>
        )}
        <FormEnd error={null} isPending={false} onCancel={onClose} submit={t('calendars.see_what_moves')} />
      </form>
    </Dialog>
  );
}

function DayOfMonth({ value, onChange }: { value: number; onChange: (day: number) => void }) {
  const t = useText();
  const { formats } = useLanguage();
  return (
    <SelectField label={t('calendars.day')} value={value} onChange={({ target }) => onChange(Number(target.value))}>
      {Array.from({ length: 31 }, (_, n) => (
        <option key={n} value={n + 1}>
          {formats.number(n + 1)}
        </option>
      ))}
    </SelectField>
  );
}
