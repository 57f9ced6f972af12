import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { calendarsQuery } from '../../api/admin/calendars';
import { policiesQuery, useRemovePolicy, useSavePolicy, type PolicyInput } from '../../api/admin/sla';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { SelectField, TextField } from '../../ui/field';
import { Loaded, PageHead } from '../../ui/page';
import { problemOf } from '../../ui/refusal';
import { Failed } from '../../ui/states';
import { useTell } from '../../ui/toasts';
import { Problem } from '../../ui/problem';
import { ApiError } from '../../api/client';
import { ApplyPolicyDialog } from './apply-policy-dialog';
import { ConditionsFields, PRIORITY_NAMES } from './conditions-fields';
import { DryRunBox } from './dry-run-box';
import { Card, ChoicesField, ConfirmDialog, DurationField, NumberField, Section } from './form-parts';
import { Named } from './named-options';
import { draftOf, NEW_POLICY } from './policy-draft';
import { EscalationsEditor, WarningsEditor } from './policy-steps';

const CLOCKS = [
  ['firstResponseMs', 'first_response'],
  ['nextResponseMs', 'next_response'],
  ['resolutionMs', 'resolution'],
] as const;
const CONDITIONS = [
  'channelKinds',
  'threadKinds',
  'brandIds',
  'teamIds',
  'priorities',
  'languages',
  'tiers',
  'tags',
] as const;
const PAUSES = ['pending', 'on_hold'] as const;
const HOURS = ['business', 'wall', 'queue'] as const;
const BOT_COUNTS = ['no', 'first_response', 'any_response'] as const;

export function PolicyPage() {
  const { id } = useParams({ from: '/signed-in/admin/sla/$id' });
  const query = useQuery(policiesQuery);
  if (id === 'new') return <PolicyForm key="new" initial={NEW_POLICY} />;
  return (
    <Loaded query={query}>
      {(policies) => {
        const policy = policies.find((one) => one.id === id);
        if (!policy) return <Failed error={new ApiError(404, 'not_found', '')} onRetry={() => void query.refetch()} />;
        return <PolicyForm key={`${id} ${policy.version}`} id={id} initial={draftOf(policy)} />;
      }}
    </Loaded>
  );
}

function PolicyForm({ id, initial }: { id?: string; initial: PolicyInput }) {
  const t = useText();
  const tell = useTell();
  const navigate = useNavigate();
  const calendars = useQuery(calendarsQuery).data ?? [];
  const [draft, setDraft] = useState(initial);
  const [open, setOpen] = useState<'apply' | 'remove' | null>(null);
  const save = useSavePolicy();
  const remove = useRemovePolicy();
  const set = (change: Partial<PolicyInput>) => setDraft({ ...draft, ...change });
  const problem = (path: string) => problemOf(save.error, path);
  const done = () => {
    tell.info(t('admin.saved'));
    void navigate({ to: '/admin/sla' });
  };
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (id) setOpen('apply');
    else save.mutate(draft, { onSuccess: done });
  }
  return (
    <>
      <Link to="/admin/sla" className="inline-flex items-center gap-1 self-start text-sm text-brand">
        <ChevronLeft size={15} aria-hidden className="icon-directional" />
        {t('sla_policy.all')}
      </Link>
      <PageHead title={id ? draft.name : t('sla_policy.add')} hint={t('sla_policy.form_hint')} />
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Card>
          <div className="grid gap-4 sm:grid-cols-[1fr_8rem]">
            <TextField
              label={t('sla_policy.name')}
              required
              maxLength={100}
              dir="auto"
              value={draft.name}
              onChange={({ target }) => set({ name: target.value })}
              problem={problem('name')}
            />
            <NumberField
              label={t('sla_policy.rank')}
              help={t('sla_policy.rank_help')}
              required
              value={draft.rank}
              onChange={(rank) => set({ rank: rank ?? 0 })}
              problem={problem('rank')}
            />
          </div>
        </Card>
        <Section title={t('sla_policy.conditions')} hint={t('sla_policy.conditions_hint')}>
          <Card>
            <ConditionsFields
              names={CONDITIONS}
              value={draft.conditions}
              onChange={(conditions) => set({ conditions })}
            />
          </Card>
        </Section>
        <Section title={t('sla_policy.targets')} hint={t('sla_policy.targets_hint')}>
          <Card>
            {CLOCKS.map(([field, clock]) => (
              <fieldset key={field} className="min-w-0">
                <legend className="mb-1 text-sm font-semibold">{t(`clock.${clock}`)}</legend>
                <div className="grid gap-x-4 gap-y-2 sm:grid-cols-2 lg:grid-cols-4">
                  {PRIORITY_NAMES.toReversed().map((priority) => (
                    <DurationField
                      key={priority}
                      label={t(`priority.${priority}`)}
                      value={draft[field][priority]}
                      onChange={(ms) => set({ [field]: { ...draft[field], [priority]: ms } })}
                      problem={problem(`${field}.${priority}`)}
                    />
                  ))}
                </div>
              </fieldset>
            ))}
          </Card>
        </Section>
        <Section title={t('sla_policy.time')}>
          <Card>
            <div className="grid gap-4 sm:grid-cols-3">
              <SelectField
                label={t('sla_policy.hours')}
                value={draft.hours}
                onChange={({ target }) => set({ hours: HOURS.find((one) => one === target.value) ?? 'business' })}
              >
                {HOURS.map((hours) => (
                  <option key={hours} value={hours}>
                    {t(`sla_policy.hours.${hours}`)}
                  </option>
                ))}
              </SelectField>
              <SelectField
                label={t('sla_policy.calendar')}
                value={draft.calendarId ?? ''}
                onChange={({ target }) => set({ calendarId: target.value || null })}
              >
                <Named none={t('sla_policy.default_calendar')} list={calendars} />
              </SelectField>
              <SelectField
                label={t('sla_policy.bot')}
                value={draft.botCounts}
                onChange={({ target }) => set({ botCounts: BOT_COUNTS.find((one) => one === target.value) ?? 'no' })}
              >
                {BOT_COUNTS.map((word) => (
                  <option key={word} value={word}>
                    {t(`sla_policy.bot.${word}`)}
                  </option>
                ))}
              </SelectField>
            </div>
            <ChoicesField
              label={t('sla_policy.pauses')}
              help={t('sla_policy.pauses_help')}
              options={PAUSES.map((status) => ({ id: status, label: t(`status.${status}`) }))}
              value={draft.pauses}
              onChange={(words) => set({ pauses: PAUSES.filter((status) => words.includes(status)) })}
            />
          </Card>
        </Section>
        <WarningsEditor value={draft.warnings} onChange={(warnings) => set({ warnings })} />
        <EscalationsEditor value={draft.escalations} onChange={(escalations) => set({ escalations })} />
        <Problem error={save.error} />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" tone="brand" isDisabled={save.isPending}>
            {id ? t('calendars.see_what_moves') : t('common.save')}
          </Button>
          {id && (
            <Button tone="danger" onPress={() => setOpen('remove')}>
              {t('sla_policy.remove')}
            </Button>
          )}
        </div>
      </form>
      <Section title={t('dry_run.title')} hint={t('dry_run.draft_hint')}>
        <DryRunBox draft={{ ...draft, ...(id && { id }) }} />
      </Section>
      {open === 'apply' && id && (
        <ApplyPolicyDialog id={id} draft={draft} save={save} onClose={() => setOpen(null)} onDone={done} />
      )}
      {open === 'remove' && id && (
        <ConfirmDialog
          title={t('sla_policy.remove')}
          confirm={t('sla_policy.remove')}
          error={remove.error}
          isPending={remove.isPending}
          onCancel={() => setOpen(null)}
          onConfirm={() => remove.mutate(id, { onSuccess: done })}
        >
          {t('sla_policy.remove_warning')}
        </ConfirmDialog>
      )}
    </>
  );
}
