import { useText } from '../../i18n/use-text';
import { SelectField } from '../../ui/field';
import { AddButton, Removable } from './form-parts';
import { QuestionRow } from './question-row';
import { isGroup, type Group, type SmallGroup } from './rule-tree';
import type { RuleNames } from './use-rule-names';

const FIRST = { field: 'text', op: 'contains_any', value: [] };

/** Questions joined by "all" or "any", with groups of them one level deep. */
export function ConditionsEditor({
  value,
  names,
  onChange,
}: {
  value: Group;
  names: RuleNames;
  onChange: (value: Group) => void;
}) {
  const t = useText();
  const setPart = (index: number, part: Group['parts'][number]) =>
    onChange({ ...value, parts: value.parts.map((one, n) => (n === index ? part : one)) });
  return (
    <div className="flex flex-col gap-3">
      <Joint value={value.joint} onChange={(joint) => onChange({ ...value, joint })} />
      {value.parts.length === 0 && <p className="text-sm text-muted">{t('rules.always')}</p>}
      {value.parts.map((part, index) => (
        <Removable
          key={index}
          label={t(isGroup(part) ? 'rules.remove_group' : 'rules.remove_question')}
          onRemove={() => onChange({ ...value, parts: value.parts.filter((_, n) => n !== index) })}
          className="border-b border-line pb-3"
        >
          {isGroup(part) ? (
            <SmallGroupEditor group={part} names={names} onChange={(group) => setPart(index, group)} />
          ) : (
            <QuestionRow question={part} names={names} onChange={(question) => setPart(index, question)} />
          )}
        </Removable>
      ))}
      <div className="flex flex-wrap gap-2">
        <AddButton onPress={() => onChange({ ...value, parts: [...value.parts, FIRST] })}>
          {t('rules.add_question')}
        </AddButton>
        <AddButton
          onPress={() => {
            const joint = value.joint === 'all' ? 'any' : 'all';
            onChange({ ...value, parts: [...value.parts, { joint, parts: [FIRST] }] });
          }}
        >
          {t('rules.add_group')}
        </AddButton>
      </div>
    </div>
  );
}

function SmallGroupEditor({
  group,
  names,
  onChange,
}: {
  group: SmallGroup;
  names: RuleNames;
  onChange: (group: SmallGroup) => void;
}) {
  const t = useText();
  return (
    <div className="flex flex-col gap-2 border-s-2 border-line-strong ps-3">
      <Joint value={group.joint} onChange={(joint) => onChange({ ...group, joint })} />
      {group.parts.map((question, index) => (
        <Removable
          key={index}
          label={t('rules.remove_question')}
          onRemove={() => onChange({ ...group, parts: group.parts.filter((_, n) => n !== index) })}
        >
          <QuestionRow
            question={question}
            names={names}
            onChange={(next) => onChange({ ...group, parts: group.parts.map((one, n) => (n === index ? next : one)) })}
          />
        </Removable>
      ))}
      <AddButton onPress={() => onChange({ ...group, parts: [...group.parts, FIRST] })}>
        {t('rules.add_question')}
      </AddButton>
    </div>
  );
}

function Joint({ value, onChange }: { value: 'all' | 'any'; onChange: (value: 'all' | 'any') => void }) {
  const t = useText();
  return (
    <div className="max-w-64">
      <SelectField
        label={t('rules.joint')}
        value={value}
        onChange={({ target }) => onChange(target.value === 'any' ? 'any' : 'all')}
      >
        <option value="all">{t('rules.joint.all')}</option>
        <option value="any">{t('rules.joint.any')}</option>
      </SelectField>
    </div>
  );
}
