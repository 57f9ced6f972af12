import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { slotsQuery, type Slot } from '../../api/calls';
import { useLanguage, useText } from '../../i18n/use-text';
import { useDuration } from '../../ui/duration';
import { SelectField } from '../../ui/field';
import { Loaded } from '../../ui/page';

export interface CallWindow {
  start: string;
  end: string;
}

export interface SlotPickerProps {
  chosen: CallWindow | null;
  onChoose: (window: CallWindow | null) => void;
}

const MOST = 4;

/** Windows that begin with this slot: as many slots as join without a gap, up to a few. */
function windowsFrom(slots: readonly Slot[], first: Slot): CallWindow[] {
  const windows: CallWindow[] = [];
  let end = first.start;
  for (const slot of slots.slice(slots.indexOf(first))) {
    if (slot.start !== end || windows.length >= MOST) break;
    end = slot.end;
    windows.push({ start: first.start, end });
  }
  return windows;
}

/** A day, a time, and how long the promise is wide; only what still has room is offered. */
export function SlotPicker({ chosen, onChoose }: SlotPickerProps) {
  const t = useText();
  const { formats } = useLanguage();
  const duration = useDuration();
  const query = useQuery(slotsQuery);
  const group = useId();
  return (
    <Loaded query={query}>
      {({ items }) => {
        const days = [...new Set(items.map(({ start }) => formats.day(start)))];
        const day = chosen ? formats.day(chosen.start) : (days[0] ?? '');
        const ofDay = items.filter(({ start }) => formats.day(start) === day);
        const first = items.find(({ start }) => start === chosen?.start);
        const windows = first ? windowsFrom(items, first) : [];
        const begin = (slot: Slot | undefined) => {
          const [shortest, longer] = slot ? windowsFrom(items, slot) : [];
          onChoose(longer ?? shortest ?? null);
        };
        if (items.length === 0) return <p className="text-sm text-danger">{t('slot.none')}</p>;
        return (
          <div className="flex flex-col gap-3">
            <SelectField
              label={t('slot.day')}
              value={day}
              onChange={(event) => begin(items.find(({ start }) => formats.day(start) === event.target.value))}
            >
              {days.map((one) => {
                const at = items.find(({ start }) => formats.day(start) === one);
                return (
                  <option key={one} value={one}>
                    {at ? formats.longDate(at.start) : one}
                  </option>
                );
              })}
            </SelectField>
            <fieldset className="min-w-0">
              <legend className="mb-1 text-sm font-medium">{t('slot.time')}</legend>
              <div className="flex max-h-40 flex-wrap gap-1.5 overflow-auto p-0.5">
                {ofDay.map((slot) => (
                  <label
                    key={slot.start}
                    className="cursor-pointer rounded-md border border-line px-2.5 py-1 text-sm has-checked:border-brand has-checked:bg-brand-soft has-focus-visible:outline-2 has-focus-visible:outline-brand"
                  >
                    <input
                      type="radio"
                      name={group}
                      checked={slot.start === chosen?.start}
                      onChange={() => begin(slot)}
                      className="sr-only"
                    />
                    {formats.time(slot.start)}
                  </label>
                ))}
              </div>
            </fieldset>
            {windows.length > 1 && (
              <SelectField
                label={t('slot.width')}
                value={chosen?.end ?? ''}
                onChange={(event) => onChoose(windows.find(({ end }) => end === event.target.value) ?? null)}
              >
                {windows.map((one) => (
                  <option key={one.end} value={one.end}>
                    {t('slot.until', {
                      at: formats.time(one.end),
                      length: duration(Date.parse(one.end) - Date.parse(one.start)),
                    })}
                  </option>
                ))}
              </SelectField>
            )}
          </div>
        );
      }}
    </Loaded>
  );
}
