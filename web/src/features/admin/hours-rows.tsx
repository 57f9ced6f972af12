import type { DayHours } from '../../api/admin/calendars';
import { useText } from '../../i18n/use-text';
import { ClockField } from '../../ui/clock-field';
import { AddButton, Removable } from './form-parts';

const DAY = 1_440;
const USUAL: DayHours = { from: 540, to: 1_080 };

/** Stretches of one day. An end that is not after its beginning is on the next day. */
export function HoursRows({
  day,
  hours,
  onChange,
}: {
  /** Name of the day, for the names of the boxes. */
  day: string;
  hours: readonly DayHours[];
  onChange: (hours: DayHours[]) => void;
}) {
  const t = useText();
  const set = (index: number, change: Partial<{ from: number; to: number }>) =>
    onChange(
      hours.map((stretch, n) => {
        if (n !== index) return stretch;
        const from = change.from ?? stretch.from;
        const end = (change.to ?? stretch.to) % DAY;
        return { from, to: end <= from ? end + DAY : end };
      }),
    );
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
      {hours.length === 0 && <span className="text-sm text-muted">{t('calendars.closed')}</span>}
      {hours.map((stretch, index) => (
        <Removable
          key={index}
          label={t('calendars.remove_hours', { day })}
          onRemove={() => onChange(hours.filter((_, n) => n !== index))}
        >
          <span className="flex items-center gap-1.5 text-sm [&_input]:w-20 [&_input]:text-center [&_label]:sr-only">
            <ClockField
              label={t('calendars.opens', { day })}
              value={stretch.from}
              onChange={(from) => set(index, { from: from ?? stretch.from })}
            />
            <span aria-hidden>{t('calendars.until')}</span>
            <ClockField
              label={t('calendars.closes', { day })}
              value={stretch.to}
              onChange={(to) => set(index, { to: to ?? stretch.to })}
            />
            {stretch.to > DAY && <span className="text-xs text-note">{t('calendars.next_day')}</span>}
          </span>
        </Removable>
      ))}
      <AddButton onPress={() => onChange([...hours, next(hours)])}>{t('calendars.add_hours')}</AddButton>
    </div>
  );
}

/** After what is there, as far as the day goes. */
function next(hours: readonly DayHours[]): DayHours {
  const last = hours.at(-1);
  if (!last) return USUAL;
  const from = Math.min(last.to + 60, DAY - 60);
  return { from, to: Math.min(from + 180, DAY) };
}
