import type { Question } from '../../api/admin/rules';
import { useLanguage, useText } from '../../i18n/use-text';
import { SelectField, TextField } from '../../ui/field';
import { ChoicesField, NumberField, WordsField } from './form-parts';
import { OPS, opsOf, reshape, RULE_FIELDS, shapeOf } from './rule-tree';
import type { RuleNames } from './use-rule-names';

/** "Priority" "is at least" "high". */
export function QuestionRow({
  question,
  names,
  onChange,
}: {
  question: Question;
  names: RuleNames;
  onChange: (question: Question) => void;
}) {
  const t = useText();
  const { locale } = useLanguage();
  return (
    <div className="grid items-start gap-2 sm:grid-cols-[11rem_10rem_1fr]">
      <SelectField
        label={t('rules.field')}
        value={question.field}
        onChange={({ target }) => onChange(reshape(question, { field: target.value }))}
      >
        {RULE_FIELDS.map(({ key, field }) => (
          <option key={field} value={field}>
            {t(`rule_field.${key}`)}
          </option>
        ))}
        {names.fields.map(({ key, labelFa, labelEn }) => (
          <option key={key} value={`fields.${key}`}>
            {locale === 'fa' ? labelFa : labelEn}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t('rules.op')}
        value={question.op}
        onChange={({ target }) => onChange(reshape(question, { op: target.value }))}
      >
        {OPS.filter((op) => opsOf(question.field).includes(op)).map((op) => (
          <option key={op} value={op}>
            {t(`rule_op.${op}`)}
          </option>
        ))}
      </SelectField>
      <ValueField
        key={`${question.field} ${shapeOf(question.field, question.op)}`}
        question={question}
        names={names}
        onChange={(value) => onChange({ ...question, value })}
      />
    </div>
  );
}

const asWords = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const asWord = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? `${value}` : '');

function ValueField({
  question: { field, op, value },
  names,
  onChange,
}: {
  question: Question;
  names: RuleNames;
  onChange: (value: unknown) => void;
}) {
  const t = useText();
  const options = names.valuesOf(field);
  const label = t('rules.value');
  switch (shapeOf(field, op)) {
    case 'none':
      return <span />;
    case 'flag':
      return (
        <SelectField label={label} value={String(value)} onChange={({ target }) => onChange(target.value === 'true')}>
          <option value="true">{t('rules.yes')}</option>
          <option value="false">{t('rules.no')}</option>
        </SelectField>
      );
    case 'number':
      return (
        <NumberField
          label={label}
          required
          value={typeof value === 'number' ? value : null}
          onChange={(number) => onChange(number ?? 0)}
        />
      );
    case 'many':
      return options ? (
        <ChoicesField label={label} options={options} value={asWords(value)} onChange={onChange} />
      ) : (
        <WordsField label={label} help={t('rules.words_help')} value={asWords(value)} onChange={onChange} />
      );
    case 'one':
      return options ? (
        <SelectField label={label} required value={asWord(value)} onChange={({ target }) => onChange(target.value)}>
          <option value="" disabled>
            {t('rules.choose')}
          </option>
          {options.map((option) => (
            <option key={option.id} value={option.id}>
              {option.label}
            </option>
          ))}
        </SelectField>
      ) : (
        <TextField
          label={label}
          required
          dir="auto"
          value={asWord(value)}
          onChange={({ target }) => onChange(target.value)}
        />
      );
  }
}
