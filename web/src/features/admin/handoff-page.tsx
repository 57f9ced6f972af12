import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import {
  handoffSettingsQuery,
  useSaveHandoffSettings,
  type HandoffSettings,
  type HandoffSettingsInput,
  type HandoffText,
} from '../../api/admin/handoff';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { CheckField } from '../../ui/field';
import { Loaded, PageHead } from '../../ui/page';
import { Problem } from '../../ui/problem';
import { problemOf } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';
import { Card, DurationField, NumberField, Section } from './form-parts';
import { HandoffTextFields } from './handoff-text-fields';
import { Mailboxes } from './mailboxes';

const MINUTE = 60_000;

/** The texts by the moment they are said in. */
const PARTS: Readonly<Record<'asking' | 'leaving' | 'mail' | 'code', readonly HandoffText[]>> = {
  asking: ['askPrivate', 'askPublic', 'confirmAddress'],
  leaving: ['publicClosing', 'privateClosing'],
  mail: ['subject', 'greeting', 'confirmMail'],
  code: ['codeSubject', 'codeMail'],
};
const PART_NAMES = ['asking', 'leaving', 'mail', 'code'] as const;

/** How a conversation goes on by e-mail: what is checked first, how long is waited, what is said. */
export function HandoffPage() {
  const t = useText();
  const query = useQuery(handoffSettingsQuery);
  return (
    <>
      <PageHead title={t('admin.handoff')} hint={t('handoff_settings.hint')} />
      <Loaded query={query}>{(settings) => <SettingsForm key={settings.version} settings={settings} />}</Loaded>
      <Mailboxes />
    </>
  );
}

function SettingsForm({ settings }: { settings: HandoffSettings }) {
  const t = useText();
  const tell = useTell();
  const save = useSaveHandoffSettings();
  const { requiresIdentityCheck, identityCheckMinutes, addressWaitDays, ownTexts, usualTexts, version } = settings;
  const [draft, setDraft] = useState<HandoffSettingsInput>({
    requiresIdentityCheck,
    identityCheckMinutes,
    addressWaitDays,
    texts: ownTexts,
    version,
  });
  const set = (change: Partial<HandoffSettingsInput>) => setDraft({ ...draft, ...change });
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate(draft, { onSuccess: () => tell.info(t('admin.saved')) });
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <Card>
        <CheckField
          label={t('handoff_settings.check')}
          help={t('handoff_settings.check_help')}
          checked={draft.requiresIdentityCheck}
          onChange={({ target }) => set({ requiresIdentityCheck: target.checked })}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <DurationField
            label={t('handoff_settings.check_holds')}
            help={t('handoff_settings.check_holds_help')}
            value={draft.identityCheckMinutes * MINUTE}
            onChange={(ms) => set({ identityCheckMinutes: Math.round((ms ?? 0) / MINUTE) })}
            problem={problemOf(save.error, 'identityCheckMinutes')}
          />
          <NumberField
            label={t('handoff_settings.wait')}
            help={t('handoff_settings.wait_help')}
            required
            value={draft.addressWaitDays}
            onChange={(days) => set({ addressWaitDays: days ?? 0 })}
            problem={problemOf(save.error, 'addressWaitDays')}
          />
        </div>
      </Card>
      {PART_NAMES.map((part) => (
        <Section key={part} title={t(`handoff_settings.${part}`)} hint={t(`handoff_settings.${part}_hint`)}>
          <Card>
            {PARTS[part].map((name) => (
              <HandoffTextFields
                key={name}
                name={name}
                usual={usualTexts[name]}
                value={draft.texts[name] ?? {}}
                onChange={(text) => set({ texts: { ...draft.texts, [name]: text } })}
                problemOf={(language) => problemOf(save.error, `texts.${name}.${language}`)}
              />
            ))}
          </Card>
        </Section>
      ))}
      <Problem error={save.error} />
      <div className="flex justify-end">
        <Button type="submit" tone="brand" isDisabled={save.isPending}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
