import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import {
  ticketFieldsQuery,
  ticketSettingsQuery,
  useSaveTicketSettings,
  type TicketField,
  type TicketSettings,
} from '../../api/admin/ticket-setup';
import { repeatSettingsQuery } from '../../api/admin/repeats';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Loaded, PageHead, Table } from '../../ui/page';
import { problemOf } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { useTell } from '../../ui/toasts';
import { Problem } from '../../ui/problem';
import { FieldDialog } from './field-dialog';
import { Card, NumberField, Section, WordsField } from './form-parts';
import { RepeatSettingsForm } from './repeat-settings-form';
import { filledLabels, TypeLabelFields } from './type-label-fields';

export function FieldsPage() {
  const t = useText();
  const { locale } = useLanguage();
  const fields = useQuery(ticketFieldsQuery);
  const settings = useQuery(ticketSettingsQuery);
  const repeats = useQuery(repeatSettingsQuery);
  const [edited, setEdited] = useState<TicketField | 'new' | null>(null);
  return (
    <>
      <PageHead
        title={t('admin.fields')}
        hint={t('fields.hint')}
        actions={
          <Button tone="brand" onPress={() => setEdited('new')}>
            <Plus size={16} aria-hidden />
            {t('fields.add')}
          </Button>
        }
      />
      <Loaded query={fields}>
        {(items) => (
          <Table
            label={t('admin.fields')}
            items={items}
            keyOf={({ id }) => id}
            empty={t('fields.empty')}
            columns={[
              {
                title: t('fields.name'),
                cell: ({ key, labelFa, labelEn }) => (
                  <>
                    <bdi className="font-medium">{locale === 'fa' ? labelFa : labelEn}</bdi>
                    <span className="block text-xs text-muted">
                      <Ltr>{key}</Ltr>
                    </span>
                  </>
                ),
              },
              { title: t('fields.kind'), cell: ({ kind }) => t(`fields.kind.${kind}`) },
              {
                title: t('fields.options'),
                cell: ({ options }) => (
                  <bdi>
                    {options
                      .map((option) => (locale === 'fa' ? option.labelFa : option.labelEn))
                      .join(t('common.comma'))}
                  </bdi>
                ),
              },
              {
                title: t('fields.required'),
                cell: ({ requiredToSolve }) => t(requiredToSolve ? 'rules.yes' : 'rules.no'),
              },
              {
                title: t('common.actions'),
                cell: (field) => (
                  <Button size="small" onPress={() => setEdited(field)}>
                    {t('common.edit')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <Section title={t('ticket_settings.title')}>
        <Loaded query={settings}>{(known) => <TicketSettingsForm settings={known} />}</Loaded>
      </Section>
      <Section title={t('repeats.title')}>
        <Loaded query={repeats}>{(known) => <RepeatSettingsForm settings={known} />}</Loaded>
      </Section>
      {edited && (
        <FieldDialog
          field={edited === 'new' ? null : edited}
          position={fields.data?.length ?? 0}
          onClose={() => setEdited(null)}
        />
      )}
    </>
  );
}

function TicketSettingsForm({ settings }: { settings: TicketSettings }) {
  const t = useText();
  const tell = useTell();
  const save = useSaveTicketSettings();
  const [draft, setDraft] = useState(settings);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate({ ...draft, typeLabels: filledLabels(draft) }, { onSuccess: () => tell.info(t('admin.saved')) });
  }
  return (
    <form onSubmit={submit}>
      <Card>
        <div className="grid gap-4 sm:grid-cols-2">
          <NumberField
            label={t('ticket_settings.reopen')}
            help={t('ticket_settings.reopen_help')}
            required
            value={draft.reopenDays}
            onChange={(days) => setDraft({ ...draft, reopenDays: days ?? 0 })}
            problem={problemOf(save.error, 'reopenDays')}
          />
          <NumberField
            label={t('ticket_settings.close')}
            help={t('routing.never_help')}
            value={draft.closeAfterDays}
            onChange={(closeAfterDays) => setDraft({ ...draft, closeAfterDays })}
            problem={problemOf(save.error, 'closeAfterDays')}
          />
        </div>
        <WordsField
          label={t('ticket_settings.types')}
          help={t('ticket_settings.types_help')}
          value={draft.types}
          onChange={(types) => setDraft({ ...draft, types })}
          problem={problemOf(save.error, 'types')}
        />
        <TypeLabelFields
          types={draft.types}
          labels={draft.typeLabels}
          onChange={(typeLabels) => setDraft({ ...draft, typeLabels })}
        />
        <Problem error={save.error} />
        <div className="flex justify-end">
          <Button type="submit" tone="brand" isDisabled={save.isPending}>
            {t('common.save')}
          </Button>
        </div>
      </Card>
    </form>
  );
}
