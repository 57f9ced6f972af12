import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { calendarsQuery, useAddCalendar, type NewCalendar } from '../../api/admin/calendars';
import { useSession } from '../../api/session';
import { useLanguage, useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { SelectField, TextField } from '../../ui/field';
import { Loaded, PageHead, Table } from '../../ui/page';
import { problemOf } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { FormEnd } from './form-parts';

const TEMPLATES = ['iran', 'always', 'empty'] as const;

export function CalendarsPage() {
  const t = useText();
  const { formats } = useLanguage();
  const query = useQuery(calendarsQuery);
  const [adding, setAdding] = useState(false);
  return (
    <>
      <PageHead
        title={t('admin.calendars')}
        hint={t('calendars.hint')}
        actions={
          <Button tone="brand" onPress={() => setAdding(true)}>
            <Plus size={16} aria-hidden />
            {t('calendars.add')}
          </Button>
        }
      />
      <Loaded query={query}>
        {(calendars) => (
          <Table
            label={t('admin.calendars')}
            items={calendars}
            keyOf={({ id }) => id}
            empty={t('calendars.empty')}
            columns={[
              {
                title: t('calendars.name'),
                cell: ({ id, name, isDefault }) => (
                  <>
                    <Link to="/admin/calendars/$id" params={{ id }} className="font-medium text-brand underline">
                      <bdi>{name}</bdi>
                    </Link>
                    {isDefault && <span className="block text-xs text-muted">{t('calendars.default')}</span>}
                  </>
                ),
              },
              { title: t('calendars.zone'), cell: ({ timeZone }) => <Ltr>{timeZone}</Ltr> },
              {
                title: t('calendars.now'),
                cell: ({ openNow }) =>
                  openNow ? <span className="text-ok">{t('calendars.open')}</span> : t('calendars.closed'),
              },
              { title: t('calendars.holidays'), cell: ({ holidays }) => formats.number(holidays.length) },
            ]}
          />
        )}
      </Loaded>
      {adding && <AddCalendarDialog onClose={() => setAdding(false)} />}
    </>
  );
}

function AddCalendarDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const { workspace } = useSession();
  const navigate = useNavigate();
  const add = useAddCalendar();
  const [template, setTemplate] = useState<NewCalendar['template']>('iran');
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const read = fieldReader(new FormData(event.currentTarget));
    add.mutate(
      { name: read('name'), template, timeZone: read('timeZone') || undefined },
      { onSuccess: ({ id }) => void navigate({ to: '/admin/calendars/$id', params: { id } }) },
    );
  }
  return (
    <Dialog title={t('calendars.add')} isOpen onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t('calendars.name')}
          name="name"
          required
          maxLength={100}
          dir="auto"
          problem={problemOf(add.error, 'name')}
        />
        <SelectField
          label={t('calendars.begin_with')}
          value={template}
          onChange={({ target }) => setTemplate(TEMPLATES.find((one) => one === target.value) ?? 'empty')}
        >
          {TEMPLATES.map((name) => (
            <option key={name} value={name}>
              {t(`calendars.template.${name}`)}
            </option>
          ))}
        </SelectField>
        {template !== 'iran' && <ZoneField initial={workspace.timeZone} problem={problemOf(add.error, 'timeZone')} />}
        <FormEnd error={add.error} isPending={add.isPending} onCancel={onClose} submit={t('common.add')} />
      </form>
    </Dialog>
  );
}

/** The name of a time zone, with the known ones to choose from. */
export function ZoneField({ initial, problem }: { initial: string; problem?: string }) {
  const t = useText();
  return (
    <>
      <TextField
        label={t('calendars.zone')}
        name="timeZone"
        list="time-zones"
        required
        dir="ltr"
        defaultValue={initial}
        problem={problem}
      />
      <datalist id="time-zones">
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
