import type { Action } from '../../api/admin/rules';
import { useText } from '../../i18n/use-text';
import { SelectField } from '../../ui/field';
import { actionsIn, freshAction, isActionName, type ActionPlace } from './action-kinds';
import { ActionFields } from './action-fields';
import { AddButton, Removable } from './form-parts';
import type { RuleNames } from './use-rule-names';

/** What is done, in order. */
export function ActionsEditor({
  place,
  value,
  names,
  onChange,
}: {
  place: ActionPlace;
  value: readonly Action[];
  names: RuleNames;
  onChange: (value: Action[]) => void;
}) {
  const t = useText();
  const set = (index: number, action: Action) => onChange(value.map((one, n) => (n === index ? action : one)));
  const allowed = actionsIn(place);
  return (
    <div className="flex flex-col gap-3">
      {value.map((action, index) => (
        <Removable
          key={`${index} ${action.do}`}
          label={t('rules.remove_action')}
          onRemove={() => onChange(value.filter((_, n) => n !== index))}
          className="border-b border-line pb-3"
        >
          <div className="grid items-start gap-2 sm:grid-cols-[12rem_1fr]">
            <SelectField
              label={t('rules.action')}
              value={action.do}
              onChange={({ target }) => {
                const name = allowed.find((one) => one === target.value);
                if (name) set(index, freshAction(name));
              }}
            >
              {allowed.map((name) => (
                <option key={name} value={name}>
                  {t(`action.${name}`)}
                </option>
              ))}
            </SelectField>
            <div className="min-w-0">
              <ActionFields action={action} names={names} onChange={(next) => set(index, next)} />
              {action.do === 'approval' && (
                <div className="mt-2 border-s-2 border-line-strong ps-3">
                  <ActionsEditor
                    place="approval"
                    value={Array.isArray(action.actions) ? (action.actions as Action[]) : []}
                    names={names}
                    onChange={(actions) => set(index, { ...action, actions })}
                  />
                </div>
              )}
            </div>
          </div>
        </Removable>
      ))}
      <AddButton onPress={() => onChange([...value, freshAction(place === 'approval' ? 'hide' : 'tag')])}>
        {t('rules.add_action')}
      </AddButton>
    </div>
  );
}

/** Names of actions in one line, for lists. */
export function ActionsText({ actions }: { actions: readonly { do: string }[] }) {
  const t = useText();
  return actions.map(({ do: name }) => (isActionName(name) ? t(`action.${name}`) : name)).join(t('common.comma'));
}
