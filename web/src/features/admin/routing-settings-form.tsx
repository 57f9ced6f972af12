import { useState, type SubmitEvent } from 'react';
import { useSaveRoutingSettings, type RoutingSettings } from '../../api/admin/routing';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { CheckField } from '../../ui/field';
import { problemOf } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';
import { Problem } from '../../ui/problem';
import { Card, DurationField, NumberField, WordsField } from './form-parts';

const SECOND = 1_000;
const MINUTE = 60_000;
const WORK_TYPES = ['dm', 'comment', 'letter', 'call'] as const;

export function RoutingSettingsForm({ settings }: { settings: RoutingSettings }) {
  const t = useText();
  const tell = useTell();
  const save = useSaveRoutingSettings();
  const [draft, setDraft] = useState(settings);
  const set = (change: Partial<RoutingSettings>) => setDraft({ ...draft, ...change });
  const problem = (path: string) => problemOf(save.error, path);
  const scaled = (value: number | null, unit: number) => (value === null ? null : value * unit);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate(draft, { onSuccess: () => tell.info(t('admin.saved')) });
  }
  return (
    <form onSubmit={submit}>
      <Card>
        <fieldset className="min-w-0">
          <legend className="mb-1 text-sm font-semibold">{t('routing.weights')}</legend>
          <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
            {WORK_TYPES.map((type) => {
              const weight = draft.weights[type] ?? 1;
              const weigh = (value: number | 'all') => set({ weights: { ...draft.weights, [type]: value } });
              return (
                <div key={type} className="flex flex-col gap-1">
                  {weight === 'all' ? (
                    <p className="text-sm font-medium">{t(`work_type.${type}`)}</p>
                  ) : (
                    <NumberField
                      label={t(`work_type.${type}`)}
                      value={weight}
                      onChange={(value) => weigh(value ?? 1)}
                      problem={problem(`weights.${type}`)}
                    />
                  )}
                  <CheckField
                    label={t('routing.all_hands')}
                    aria-label={t('routing.all_hands_of', { what: t(`work_type.${type}`) })}
                    checked={weight === 'all'}
                    onChange={({ target }) => weigh(target.checked ? 'all' : 1)}
                  />
                </div>
              );
            })}
          </div>
        </fieldset>
        <div className="grid gap-4 sm:grid-cols-2">
          <DurationField
            label={t('routing.continuity')}
            help={t('routing.continuity_help')}
            value={draft.continuitySlackMs}
            onChange={(ms) => set({ continuitySlackMs: ms ?? 0 })}
            problem={problem('continuitySlackMs')}
          />
          <NumberField
            label={t('routing.known_days')}
            help={t('routing.known_days_help')}
            value={draft.knownDays}
            onChange={(days) => set({ knownDays: days ?? 0 })}
            problem={problem('knownDays')}
          />
          <NumberField
            label={t('routing.late_share')}
            help={t('routing.late_share_help')}
            value={Math.round(draft.lateShare * 100)}
            onChange={(percent) => set({ lateShare: (percent ?? 0) / 100 })}
            problem={problem('lateShare')}
          />
          <DurationField
            label={t('routing.language_fallback')}
            help={t('routing.language_fallback_help')}
            value={scaled(draft.languageFallbackSeconds, SECOND)}
            onChange={(ms) => set({ languageFallbackSeconds: scaled(ms, 1 / SECOND) })}
            problem={problem('languageFallbackSeconds')}
          />
          <WordsField
            label={t('routing.vip_tiers')}
            help={t('routing.vip_tiers_help')}
            value={draft.vipTiers}
            onChange={(vipTiers) => set({ vipTiers })}
          />
          <NumberField
            label={t('routing.timeouts')}
            help={t('routing.timeouts_help')}
            value={draft.timeoutsToAway}
            onChange={(count) => set({ timeoutsToAway: count ?? 1 })}
            problem={problem('timeoutsToAway')}
          />
          <DurationField
            label={t('routing.auto_away')}
            help={t('routing.never_help')}
            value={scaled(draft.autoAwayMinutes, MINUTE)}
            onChange={(ms) => set({ autoAwayMinutes: scaled(ms, 1 / MINUTE) })}
            problem={problem('autoAwayMinutes')}
          />
          <DurationField
            label={t('routing.away_return')}
            help={t('routing.never_help')}
            value={scaled(draft.awayReturnMinutes, MINUTE)}
            onChange={(ms) => set({ awayReturnMinutes: scaled(ms, 1 / MINUTE) })}
            problem={problem('awayReturnMinutes')}
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
