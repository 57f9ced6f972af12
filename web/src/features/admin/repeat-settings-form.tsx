import { useState, type SubmitEvent } from 'react';
import { useSaveRepeatSettings, type RepeatSettings } from '../../api/admin/repeats';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { CheckField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { problemOf } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';
import { Card, NumberField } from './form-parts';

const NUMBERS = ['spanDays', 'wavePeople', 'waveMinutes'] as const;

/** When the same words are the same matter. */
export function RepeatSettingsForm({ settings }: { settings: RepeatSettings }) {
  const t = useText();
  const tell = useTell();
  const save = useSaveRepeatSettings();
  const [draft, setDraft] = useState(settings);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate(draft, { onSuccess: () => tell.info(t('admin.saved')) });
  }
  return (
    <form onSubmit={submit}>
      <Card>
        <div className="grid gap-4 sm:grid-cols-3">
          {NUMBERS.map((name) => (
            <NumberField
              key={name}
              label={t(`repeats.${name}`)}
              help={t(`repeats.${name}_help`)}
              required
              value={draft[name]}
              onChange={(value) => setDraft({ ...draft, [name]: value ?? 0 })}
              problem={problemOf(save.error, name)}
            />
          ))}
        </div>
        <CheckField
          label={t('repeats.merge')}
          help={t('repeats.merge_help')}
          checked={draft.merge}
          onChange={({ target }) => setDraft({ ...draft, merge: target.checked })}
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
