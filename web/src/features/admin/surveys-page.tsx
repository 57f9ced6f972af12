import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { calendarsQuery } from '../../api/admin/calendars';
import {
  surveySettingsQuery,
  useSaveSurveySettings,
  type SurveyInput,
  type SurveySettings,
} from '../../api/admin/surveys';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { CheckField, SelectField, TextArea } from '../../ui/field';
import { Loaded, PageHead } from '../../ui/page';
import { problemOf } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';
import { Problem } from '../../ui/problem';
import { CHANNEL_KINDS, THREAD_KINDS } from './conditions-fields';
import { Card, ChoicesField, DurationField, NumberField } from './form-parts';
import { Named } from './named-options';
import { useBrandsInUse } from './use-brands-in-use';

const MINUTE = 60_000;
const KINDS = ['csat', 'nps'] as const;

/** A brand without settings of its own begins with those of all brands. */
export function SurveysPage() {
  const t = useText();
  const query = useQuery(surveySettingsQuery);
  const [brandId, setBrandId] = useState<string | null>(null);
  const brands = useBrandsInUse([brandId]);
  return (
    <>
      <PageHead title={t('admin.surveys')} hint={t('surveys.hint')} />
      {brands.length > 1 && (
        <div className="max-w-72">
          <SelectField
            label={t('condition.brandIds')}
            value={brandId ?? ''}
            onChange={({ target }) => setBrandId(target.value || null)}
          >
            <Named none={t('surveys.all_brands')} list={brands} />
          </SelectField>
        </div>
      )}
      <Loaded query={query}>
        {(list) => {
          const own = list.find((settings) => settings.brandId === brandId);
          const usual = list.find((settings) => settings.brandId === null);
          const shown = own ?? (usual && { ...usual, brandId, version: 0 });
          return shown && <SurveyForm key={`${brandId} ${shown.version}`} settings={shown} isOwn={own !== undefined} />;
        }}
      </Loaded>
    </>
  );
}

function SurveyForm({ settings, isOwn }: { settings: SurveySettings; isOwn: boolean }) {
  const t = useText();
  const tell = useTell();
  const calendars = useQuery(calendarsQuery).data ?? [];
  const save = useSaveSurveySettings();
  const { ownTexts, texts: sent, ...rest } = settings;
  const [draft, setDraft] = useState<SurveyInput>({ ...rest, texts: ownTexts });
  const set = (change: Partial<SurveyInput>) => setDraft({ ...draft, ...change });
  const setText = (language: 'fa' | 'en', name: 'ask' | 'thanks', text: string) => {
    const { [name]: _before, ...other } = draft.texts[language] ?? {};
    set({ texts: { ...draft.texts, [language]: text ? { ...other, [name]: text } : other } });
  };
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate(draft, { onSuccess: () => tell.info(t('admin.saved')) });
  }
  return (
    <form onSubmit={submit}>
      <Card>
        {!isOwn && settings.brandId !== null && <p className="text-muted">{t('surveys.no_own')}</p>}
        <CheckField
          label={t('surveys.enabled')}
          checked={draft.enabled}
          onChange={({ target }) => set({ enabled: target.checked })}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label={t('surveys.kind')}
            value={draft.kind}
            onChange={({ target }) => set({ kind: target.value === 'nps' ? 'nps' : 'csat' })}
          >
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`surveys.kind.${kind}`)}
              </option>
            ))}
          </SelectField>
          <DurationField
            label={t('surveys.delay')}
            value={draft.delayMinutes * MINUTE}
            onChange={(ms) => set({ delayMinutes: Math.round((ms ?? 0) / MINUTE) })}
            problem={problemOf(save.error, 'delayMinutes')}
          />
          <NumberField
            label={t('surveys.not_again')}
            required
            value={draft.notAgainDays}
            onChange={(days) => set({ notAgainDays: days ?? 0 })}
            problem={problemOf(save.error, 'notAgainDays')}
          />
          <SelectField
            label={t('surveys.calendar')}
            value={draft.calendarId ?? ''}
            onChange={({ target }) => set({ calendarId: target.value || null })}
          >
            <Named none={t('surveys.any_time')} list={calendars} />
          </SelectField>
        </div>
        <ChoicesField
          label={t('condition.threadKinds')}
          help={t('surveys.comment_help')}
          options={THREAD_KINDS.map((id) => ({ id, label: t(`kind.${id}`) }))}
          value={draft.threadKinds}
          onChange={(list) => set({ threadKinds: THREAD_KINDS.filter((kind) => list.includes(kind)) })}
        />
        <ChoicesField
          label={t('condition.channelKinds')}
          help={t('surveys.channels_help')}
          options={CHANNEL_KINDS.map((id) => ({ id, label: t(`channel.${id}`) }))}
          value={draft.channelKinds}
          onChange={(channelKinds) => set({ channelKinds })}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          {(['fa', 'en'] as const).flatMap((language) =>
            (['ask', 'thanks'] as const).map((name) => (
              <TextArea
                key={language + name}
                label={t(`surveys.${name}_${language}`)}
                help={sent[language]?.[name] && t('surveys.usual', { text: sent[language][name] })}
                rows={3}
                maxLength={1_000}
                lang={language}
                dir={language === 'fa' ? 'rtl' : 'ltr'}
                value={draft.texts[language]?.[name] ?? ''}
                onChange={({ target }) => setText(language, name, target.value)}
                problem={problemOf(save.error, `texts.${language}.${name}`)}
              />
            )),
          )}
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
