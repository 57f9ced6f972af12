import { useState, type SubmitEvent } from 'react';
import { useRemoveMacro, useSaveMacro, type Macro, type MacroInput } from '../../api/admin/macros';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { problemOf } from '../../ui/refusal';
import { ActionsEditor } from './actions-editor';
import { FormEnd } from './form-parts';
import { TextsFields } from './texts-fields';
import { useRuleNames } from './use-rule-names';
import { WhoseFields } from './whose-fields';

const NEW: MacroInput = { name: '', scope: 'everybody', teamId: null, texts: {}, actions: [] };

const inputOf = ({ name, scope, teamId, texts, actions }: Macro): MacroInput => ({
  name,
  scope,
  teamId,
  texts,
  actions,
});

/** Several things at once, and perhaps a draft for the composer. */
export function MacroDialog({
  macro,
  onClose,
  onReload,
}: {
  macro: Macro | null;
  onClose: () => void;
  onReload: () => void;
}) {
  const t = useText();
  const names = useRuleNames();
  const save = useSaveMacro();
  const remove = useRemoveMacro();
  const [draft, setDraft] = useState(() => (macro ? inputOf(macro) : NEW));
  const set = (change: Partial<MacroInput>) => setDraft({ ...draft, ...change });
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate({ ...draft, id: macro?.id, version: macro?.version }, { onSuccess: onClose });
  }
  return (
    <Dialog title={t(macro ? 'macros.edit_macro' : 'macros.add_macro')} isOpen onClose={onClose} wide>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t('sla_policy.name')}
          required
          maxLength={200}
          dir="auto"
          value={draft.name}
          onChange={({ target }) => set({ name: target.value })}
          problem={problemOf(save.error, 'name')}
        />
        <h3 className="text-sm font-semibold">{t('rules.then')}</h3>
        <ActionsEditor place="macro" value={draft.actions} names={names} onChange={(actions) => set({ actions })} />
        <h3 className="text-sm font-semibold">{t('macros.draft')}</h3>
        <TextsFields
          value={draft.texts}
          required={false}
          problemOf={(path) => problemOf(save.error, path)}
          onChange={(texts) => set({ texts })}
        />
        <WhoseFields scope={draft.scope} teamId={draft.teamId} onChange={set} />
        <FormEnd error={save.error ?? remove.error} isPending={save.isPending} onCancel={onClose} onReload={onReload}>
          {macro && (
            <Button
              tone="danger"
              className="me-auto"
              isDisabled={remove.isPending}
              onPress={() => remove.mutate(macro.id, { onSuccess: onClose })}
            >
              {t('macros.remove_macro')}
            </Button>
          )}
        </FormEnd>
      </form>
    </Dialog>
  );
}
