import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { calendarsQuery } from '../../api/admin/calendars';
import { useSaveCallSettings, type CallSettings } from '../../api/admin/voice';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { SelectField, TextField } from '../../ui/field';
import { problemOf } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';
import { Problem } from '../../ui/problem';
import { Card, DurationField, NumberField } from './form-parts';
import { Named } from './named-options';

const SLOTS = [15, 30, 60] as const;

/** When calls are promised, and how often one is tried. */
export function CallSettingsForm({ settings }: { settings: CallSettings }) {
  const t = useText();
  const tell = useTell();
  const { formats } = useLanguage();
  const calendars = useQuery(calendarsQuery).data ?? [];
  const save = useSaveCallSettings();
  const [draft, setDraft] = useState(settings);
  const set = (change: Partial<CallSettings>) => setDraft({ ...draft, ...change });
  const problem = (path: string) => problemOf(save.error, path);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate(draft, { onSuccess: () => tell.info(t('admin.saved')) });
  }
  return (
    <form onSubmit={submit}>
      <Card>
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label={t('sla_policy.calendar')}
            value={draft.calendarId ?? ''}
            onChange={({ target }) => set({ calendarId: target.value || null })}
          >
            <Named none={t('sla_policy.default_calendar')} list={calendars} />
          </SelectField>
          <SelectField
            label={t('call_settings.slot')}
            value={draft.slotMinutes}
            onChange={({ target }) => set({ slotMinutes: Number(target.value) })}
          >
            {SLOTS.map((minutes) => (
              <option key={minutes} value={minutes}>
                {formats.number(minutes)}
              </option>
            ))}
          </SelectField>
          <NumberField
            label={t('call_settings.capacity')}
            help={t('call_settings.capacity_help')}
            value={draft.capacity}
            onChange={(capacity) => set({ capacity })}
            problem={problem('capacity')}
          />
          <NumberField
            label={t('call_settings.attempts')}
            required
            value={draft.maxAttempts}
            onChange={(count) => set({ maxAttempts: count ?? 1 })}
            problem={problem('maxAttempts')}
          />
          <DurationField
            label={t('call_settings.retry')}
            value={draft.retryMs}
            onChange={(ms) => set({ retryMs: ms ?? 0 })}
            problem={problem('retryMs')}
          />
          <DurationField
            label={t('call_settings.expire')}
            value={draft.expireMs}
            onChange={(ms) => set({ expireMs: ms ?? 0 })}
            problem={problem('expireMs')}
          />
          <DurationField
            label={t('call_settings.lease')}
            value={draft.leaseMs}
            onChange={(ms) => set({ leaseMs: ms ?? 0 })}
            problem={problem('leaseMs')}
          />
          <TextField
            label={t('call_settings.country')}
            dir="ltr"
            required
            maxLength={2}
            pattern="[A-Z]{2}"
            value={draft.country}
            onChange={({ target }) => set({ country: target.value.toUpperCase() })}
            problem={problem('country')}
          />
        </div>
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
