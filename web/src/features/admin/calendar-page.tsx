import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ChevronLeft, FileUp, LockKeyhole } from 'lucide-react';
import { useState } from 'react';
import {
  calendarQuery,
  useChangeCalendar,
  useRemoveCalendar,
  WEEK,
  type BusinessCalendar,
  type CalendarDraft,
  type WeekHours,
} from '../../api/admin/calendars';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Loaded, PageHead } from '../../ui/page';
import { refusalText } from '../../ui/refusal';
import { isolateLtr } from '../../lib/text';
import { useTell } from '../../ui/toasts';
import { ApplyCalendarDialog } from './apply-calendar-dialog';
import { CloseDialog } from './close-dialog';
import { Card, ConfirmDialog, Section } from './form-parts';
import { HoursRows } from './hours-rows';
import { ImportDialog } from './import-dialog';
import { YearOfClosures } from './year-of-closures';

export function CalendarPage() {
  const { id } = useParams({ from: '/signed-in/admin/calendars/$id' });
  const query = useQuery(calendarQuery(id));
  return <Loaded query={query}>{(calendar) => <Calendar key={calendar.id} calendar={calendar} />}</Loaded>;
}

type Open = 'close' | 'import' | 'remove' | null;

function Calendar({ calendar }: { calendar: BusinessCalendar }) {
  const t = useText();
  const tell = useTell();
  const navigate = useNavigate();
  const [open, setOpen] = useState<Open>(null);
  const [pending, setPending] = useState<{ title: string; draft: CalendarDraft } | null>(null);
  const change = useChangeCalendar(calendar.id);
  const remove = useRemoveCalendar(calendar.id);
  const close = () => setOpen(null);
  return (
    <>
      <BackLink />
      <PageHead
        title={calendar.name}
        hint={`${isolateLtr(calendar.timeZone)} · ${calendar.openNow ? t('calendars.open') : t('calendars.closed')}`}
        actions={
          <>
            <Button tone="brand" onPress={() => setOpen('close')}>
              <LockKeyhole size={16} aria-hidden />
              {t('calendars.close_once')}
            </Button>
            <Button onPress={() => setOpen('import')}>
              <FileUp size={16} aria-hidden />
              {t('calendars.import')}
            </Button>
          </>
        }
      />
      <Week
        key={calendar.version}
        calendar={calendar}
        onReady={(hours) => setPending({ title: t('calendars.week'), draft: { hours } })}
      />
      <YearOfClosures calendar={calendar} onChange={(title, draft) => setPending({ title, draft })} />
      <div className="flex flex-wrap gap-2">
        {!calendar.isDefault && (
          <Button
            isDisabled={change.isPending}
            onPress={() =>
              change.mutate(
                { isDefault: true, version: calendar.version },
                { onError: (error) => tell.error(refusalText(error, t)) },
              )
            }
          >
            {t('calendars.make_default')}
          </Button>
        )}
        {!calendar.isDefault && (
          <Button tone="danger" onPress={() => setOpen('remove')}>
            {t('calendars.remove')}
          </Button>
        )}
      </div>
      {pending && (
        <ApplyCalendarDialog
          calendar={calendar}
          {...pending}
          onClose={() => setPending(null)}
          onDone={() => {
            setPending(null);
            tell.info(t('admin.saved'));
          }}
        />
      )}
      {open === 'close' && <CloseDialog calendar={calendar} onClose={close} />}
      {open === 'import' && <ImportDialog calendarId={calendar.id} onClose={close} />}
      {open === 'remove' && (
        <ConfirmDialog
          title={t('calendars.remove')}
          confirm={t('calendars.remove')}
          error={remove.error}
          isPending={remove.isPending}
          onCancel={close}
          onConfirm={() =>
            remove.mutate(calendar.version, { onSuccess: () => void navigate({ to: '/admin/calendars' }) })
          }
        >
          {t('calendars.remove_warning')}
        </ConfirmDialog>
      )}
    </>
  );
}

function BackLink() {
  const t = useText();
  return (
    <Link to="/admin/calendars" className="inline-flex items-center gap-1 self-start text-sm text-brand">
      <ChevronLeft size={15} aria-hidden className="icon-directional" />
      {t('calendars.all')}
    </Link>
  );
}

/** Days in the order people here read a week. */
const FROM_MONDAY = [2, 3, 4, 5, 6, 0, 1] as const;

function Week({ calendar, onReady }: { calendar: BusinessCalendar; onReady: (hours: WeekHours) => void }) {
  const t = useText();
  const { locale } = useLanguage();
  const [hours, setHours] = useState<WeekHours>(calendar.hours);
  const days = locale === 'fa' ? WEEK : FROM_MONDAY.map((n) => WEEK[n] ?? 'mon');
  const changed = JSON.stringify(hours) !== JSON.stringify(calendar.hours);
  return (
    <Section title={t('calendars.week')} hint={t('calendars.week_hint')}>
      <Card>
        {days.map((day) => (
          <div key={day} className="grid items-start gap-x-4 gap-y-1 sm:grid-cols-[7rem_1fr]">
            <h3 className="pt-1 text-sm font-medium">{t(`weekday.${day}`)}</h3>
            <HoursRows
              day={t(`weekday.${day}`)}
              hours={hours[day] ?? []}
              onChange={(stretches) => setHours({ ...hours, [day]: stretches })}
            />
          </div>
        ))}
        <div className="flex justify-end gap-2">
          {changed && <Button onPress={() => setHours(calendar.hours)}>{t('admin.undo')}</Button>}
          <Button tone="brand" isDisabled={!changed} onPress={() => onReady(hours)}>
            {t('calendars.see_what_moves')}
          </Button>
        </div>
      </Card>
    </Section>
  );
}
