import { useState, type SubmitEvent } from 'react';
import { useClose, type BusinessCalendar } from '../../api/admin/calendars';
import { useLanguage, useText } from '../../i18n/use-text';
import { dayIn, instantIn } from '../../lib/day';
import { Dialog } from '../../ui/dialog';
import { ClockField } from '../../ui/clock-field';
import { CheckField, TextField } from '../../ui/field';
import { useTell } from '../../ui/toasts';
import { DayField } from '../../ui/day-field';
import { FormEnd } from './form-parts';

/** Closed once, in a hurry: by default from now to the end of today. */
export function CloseDialog({ calendar, onClose }: { calendar: BusinessCalendar; onClose: () => void }) {
  const t = useText();
  const tell = useTell();
  const { locale } = useLanguage();
  const close = useClose(calendar.id);
  const [key] = useState(() => crypto.randomUUID());
  const [day, setDay] = useState(() => dayIn(Date.now(), calendar.timeZone));
  const [wholeDay, setWholeDay] = useState(false);
  const [from, setFrom] = useState<number | null>(null);
  const [to, setTo] = useState<number | null>(null);
  const [name, setName] = useState('');

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const today = day === dayIn(Date.now(), calendar.timeZone);
    const at = (minutes: number) => instantIn(day, minutes, calendar.timeZone);
    const begins = wholeDay ? day : from !== null ? at(from) : today ? undefined : day;
    const ends = wholeDay ? undefined : to !== null ? at(to) : undefined;
    close.mutate(
      { key, from: begins, to: ends, ...(name.trim() && { name: { [locale]: name.trim() } }) },
      {
        onSuccess: () => {
          tell.info(t('calendars.closed_done'));
          onClose();
        },
      },
    );
  }

  return (
    <Dialog title={t('calendars.close_once')} isOpen onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t('calendars.why_closed')}
          value={name}
          maxLength={200}
          dir="auto"
          onChange={({ target }) => setName(target.value)}
        />
        <DayField label={t('calendars.day')} value={day} onChange={setDay} />
        <CheckField
          label={t('calendars.whole_day')}
          checked={wholeDay}
          onChange={({ target }) => setWholeDay(target.checked)}
        />
        {!wholeDay && (
          <div className="grid grid-cols-2 gap-4">
            <ClockField
              label={t('calendars.from')}
              help={t('calendars.from_help')}
              required={false}
              value={from}
              onChange={setFrom}
            />
            <ClockField
              label={t('calendars.to')}
              help={t('calendars.to_help')}
              required={false}
              value={to}
              onChange={setTo}
            />
          </div>
        )}
        <FormEnd
          error={close.error}
          isPending={close.isPending}
          onCancel={onClose}
          submit={t('calendars.close_once')}
        />
      </form>
    </Dialog>
  );
}
