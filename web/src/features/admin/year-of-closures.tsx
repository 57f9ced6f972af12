import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import {
  occurrencesQuery,
  type BusinessCalendar,
  type CalendarDraft,
  type Holiday,
  type Occurrence,
} from '../../api/admin/calendars';
import { useLanguage, useText } from '../../i18n/use-text';
import { addDays, calendarOf, clockText, dayIn, dayOf, partsOf } from '../../lib/day';
import { isolateLtr } from '../../lib/text';
import { Button, IconButton } from '../../ui/button';
import { Loaded, Table } from '../../ui/page';
import { BothDates } from '../../ui/day-field';
import { Section } from './form-parts';
import { HolidayDialog } from './holiday-dialog';

/** What is closed, or open at other hours, in a year of the reader's calendar. */
export function YearOfClosures({
  calendar,
  onChange,
}: {
  calendar: BusinessCalendar;
  onChange: (title: string, draft: CalendarDraft) => void;
}) {
  const t = useText();
  const { locale, formats } = useLanguage();
  const years = calendarOf(locale);
  const [year, setYear] = useState(() => partsOf(dayIn(Date.now(), calendar.timeZone), years).year);
  const [edited, setEdited] = useState<Holiday | 'new' | null>(null);
  const first = dayOf({ year, month: 1, day: 1 }, years);
  const last = addDays(dayOf({ year: year + 1, month: 1, day: 1 }, years), -1);
  const query = useQuery(occurrencesQuery(calendar.id, first, last));
  const holidayOf = ({ holidayId }: Occurrence) => calendar.holidays.find(({ id }) => id === holidayId);
  const move = (occurrence: Occurrence, days: number) =>
    onChange(t('calendars.move'), {
      moveHolidays: [
        {
          holidayId: occurrence.holidayId,
          date: occurrence.computed,
          observed: addDays(occurrence.date, days),
        },
      ],
    });
  const shownYear = new Intl.NumberFormat(formats.tag, { useGrouping: false }).format(year);
  return (
    <Section
      title={t('calendars.year', { year: shownYear })}
      hint={t('calendars.year_hint')}
      actions={
        <div className="flex gap-1">
          <IconButton
            tone="plain"
            label={t('calendars.year_before')}
            icon={<ChevronLeft size={16} className="icon-directional" />}
            onPress={() => setYear(year - 1)}
          />
          <IconButton
            tone="plain"
            label={t('calendars.year_after')}
            icon={<ChevronRight size={16} className="icon-directional" />}
            onPress={() => setYear(year + 1)}
          />
          <Button onPress={() => setEdited('new')}>
            <Plus size={16} aria-hidden />
            {t('calendars.add_holiday')}
          </Button>
        </div>
      }
    >
      <Loaded query={query}>
        {(occurrences) => (
          <Table
            label={t('calendars.year', { year: shownYear })}
            items={occurrences}
            keyOf={({ holidayId, computed }) => holidayId + computed}
            empty={t('calendars.nothing_closed')}
            columns={[
              {
                title: t('calendars.day'),
                cell: ({ date, moved, uncertain }) => (
                  <span className="flex flex-col">
                    <span>
                      <BothDates day={date} />
                    </span>
                    {moved && <span className="text-xs text-note">{t('calendars.moved')}</span>}
                    {uncertain && <span className="text-xs text-muted">{t('calendars.uncertain')}</span>}
                  </span>
                ),
              },
              { title: t('calendars.occasion'), cell: ({ name }) => <bdi>{name[locale]}</bdi> },
              {
                title: t('calendars.kept'),
                cell: (occurrence) => <Kept occurrence={occurrence} rule={holidayOf(occurrence)?.rule.on} />,
              },
              {
                title: t('common.actions'),
                cell: (occurrence) => {
                  const holiday = holidayOf(occurrence);
                  if (!holiday) return null;
                  return (
                    <span className="flex flex-wrap items-center gap-1">
                      {holiday.rule.on === 'lunar' && (
                        <>
                          <Button size="small" onPress={() => move(occurrence, -1)}>
                            {t('calendars.day_earlier')}
                          </Button>
                          <Button size="small" onPress={() => move(occurrence, 1)}>
                            {t('calendars.day_later')}
                          </Button>
                        </>
                      )}
                      <IconButton
                        size="small"
                        label={t('calendars.edit_named', { name: occurrence.name[locale] })}
                        icon={<Pencil size={15} />}
                        onPress={() => setEdited(holiday)}
                      />
                      <IconButton
                        size="small"
                        label={t('calendars.remove_named', { name: occurrence.name[locale] })}
                        icon={<Trash2 size={15} />}
                        onPress={() => onChange(t('calendars.remove_holiday'), { removeHolidays: [holiday.id] })}
                      />
                    </span>
                  );
                },
              },
            ]}
          />
        )}
      </Loaded>
      {edited && (
        <HolidayDialog
          holiday={edited === 'new' ? null : edited}
          timeZone={calendar.timeZone}
          onClose={() => setEdited(null)}
          onReady={(input) => {
            setEdited(null);
            if (edited === 'new') onChange(t('calendars.add_holiday'), { addHolidays: [input] });
            else onChange(t('calendars.edit_holiday'), { changeHolidays: [{ id: edited.id, ...input }] });
          }}
        />
      )}
    </Section>
  );
}

function Kept({ occurrence: { hours, span }, rule }: { occurrence: Occurrence; rule: string | undefined }) {
  const t = useText();
  const { formats } = useLanguage();
  if (span) return t('calendars.closed_between', { from: formats.dateTime(span.from), to: formats.dateTime(span.to) });
  const stretches = hours.map(({ from, to }) =>
    isolateLtr(`${clockText(from, formats.tag)}–${clockText(to, formats.tag)}`),
  );
  return (
    <>
      {hours.length === 0
        ? t('calendars.closed_all_day')
        : t('calendars.open_between', { hours: stretches.join(t('common.comma')) })}
      {rule && rule !== 'span' && rule !== 'date' && (
        <span className="block text-xs text-muted">
          {t(`calendars.every.${rule as 'jalali' | 'gregorian' | 'lunar'}`)}
        </span>
      )}
    </>
  );
}
