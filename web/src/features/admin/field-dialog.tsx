import { useState, type SubmitEvent } from 'react';
import {
  FIELD_KINDS,
  useRemoveField,
  useSaveField,
  type FieldOption,
  type TicketField,
  type TicketFieldInput,
} from '../../api/admin/ticket-setup';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { CheckField, SelectField, TextField } from '../../ui/field';
import { problemOf } from '../../ui/refusal';
import { AddButton, FormEnd, NumberField, Removable } from './form-parts';

const inputOf = ({ id: _id, ...input }: TicketField): TicketFieldInput => input;

/** A field of the workspace's own. Its key and its kind stay once it is there. */
export function FieldDialog({
  field,
  position,
  onClose,
}: {
  field: TicketField | null;
  position: number;
  onClose: () => void;
}) {
  const t = useText();
  const save = useSaveField();
  const remove = useRemoveField();
  const [draft, setDraft] = useState<TicketFieldInput>(() =>
    field
      ? inputOf(field)
      : { key: '', labelFa: '', labelEn: '', kind: 'text', options: [], requiredToSolve: false, position },
  );
  const set = (change: Partial<TicketFieldInput>) => setDraft({ ...draft, ...change });
  const text = (name: 'key' | 'labelFa' | 'labelEn') => ({
    required: true,
    value: draft[name],
    onChange: ({ target }: { target: { value: string } }) => set({ [name]: target.value }),
    problem: problemOf(save.error, name),
  });
  const hasOptions = draft.kind === 'select' || draft.kind === 'multi';
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate({ ...draft, options: hasOptions ? draft.options : [], id: field?.id }, { onSuccess: onClose });
  }
  return (
    <Dialog title={t(field ? 'fields.edit' : 'fields.add')} isOpen onClose={onClose} wide>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label={t('fields.label_fa')} lang="fa" dir="rtl" maxLength={100} {...text('labelFa')} />
          <TextField label={t('fields.label_en')} lang="en" dir="ltr" maxLength={100} {...text('labelEn')} />
          <TextField
            label={t('fields.key')}
            help={t('fields.key_help')}
            dir="ltr"
            maxLength={40}
            pattern="[a-z][a-z0-9_]*"
            disabled={field !== null}
            {...text('key')}
          />
          <SelectField
            label={t('fields.kind')}
            value={draft.kind}
            disabled={field !== null}
            onChange={({ target }) => set({ kind: FIELD_KINDS.find((kind) => kind === target.value) ?? 'text' })}
          >
            {FIELD_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`fields.kind.${kind}`)}
              </option>
            ))}
          </SelectField>
          <NumberField
            label={t('sla_policy.rank')}
            value={draft.position}
            onChange={(place) => set({ position: place ?? 0 })}
            problem={problemOf(save.error, 'position')}
          />
        </div>
        {hasOptions && <Options options={draft.options} onChange={(options) => set({ options })} />}
        <CheckField
          label={t('fields.required')}
          checked={draft.requiredToSolve}
          onChange={({ target }) => set({ requiredToSolve: target.checked })}
        />
        <FormEnd error={save.error ?? remove.error} isPending={save.isPending} onCancel={onClose}>
          {field && (
            <Button
              tone="danger"
              className="me-auto"
              isDisabled={remove.isPending}
              onPress={() => remove.mutate(field.id, { onSuccess: onClose })}
            >
              {t('fields.remove')}
            </Button>
          )}
        </FormEnd>
      </form>
    </Dialog>
  );
}

function Options({
  options,
  onChange,
}: {
  options: readonly FieldOption[];
  onChange: (options: FieldOption[]) => void;
}) {
  const t = useText();
  const set = (index: number, change: Partial<FieldOption>) =>
    onChange(options.map((option, n) => (n === index ? { ...option, ...change } : option)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">{t('fields.options')}</legend>
      {options.map((option, index) => (
        <Removable
          key={index}
          label={t('skills.remove', { name: option.labelEn || option.value })}
          onRemove={() => onChange(options.filter((_, n) => n !== index))}
        >
          <div className="grid gap-2 sm:grid-cols-3">
            <TextField
              label={t('fields.value')}
              required
              maxLength={60}
              dir="ltr"
              value={option.value}
              onChange={({ target }) => set(index, { value: target.value })}
            />
            <TextField
              label={t('fields.label_fa')}
              required
              maxLength={100}
              dir="rtl"
              lang="fa"
              value={option.labelFa}
              onChange={({ target }) => set(index, { labelFa: target.value })}
            />
            <TextField
              label={t('fields.label_en')}
              required
              maxLength={100}
              dir="ltr"
              lang="en"
              value={option.labelEn}
              onChange={({ target }) => set(index, { labelEn: target.value })}
            />
          </div>
        </Removable>
      ))}
      <AddButton onPress={() => onChange([...options, { value: '', labelFa: '', labelEn: '' }])}>
        {t('fields.add_option')}
      </AddButton>
    </fieldset>
  );
}
