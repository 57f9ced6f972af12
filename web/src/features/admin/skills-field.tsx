import { useState } from 'react';
import type { SkillLevels } from '../../api/admin/routing';
import { useLanguage, useText } from '../../i18n/use-text';
import { SelectField, TextField } from '../../ui/field';
import { AddButton, Removable } from './form-parts';

const LEVELS = [1, 2, 3, 4, 5] as const;
const LANGUAGE = 'lang:';

interface Row {
  key: number;
  name: string;
  level: number;
}

/** Languages or other skills of an agent, or asked for by a queue, each with its level. */
export function SkillsField({
  kind,
  value,
  onChange,
}: {
  kind: 'languages' | 'skills';
  value: SkillLevels;
  onChange: (value: SkillLevels) => void;
}) {
  const t = useText();
  const { formats } = useLanguage();
  const prefix = kind === 'languages' ? LANGUAGE : '';
  const isOurs = (skill: string) => skill.startsWith(LANGUAGE) === (kind === 'languages');
  const [rows, setRows] = useState<readonly Row[]>(() =>
    Object.entries(value)
      .filter(([skill]) => isOurs(skill))
      .map(([skill, level], key) => ({ key, name: skill.slice(prefix.length), level })),
  );
  function tell(next: readonly Row[]) {
    setRows(next);
    const others = Object.entries(value).filter(([skill]) => !isOurs(skill));
    const ours = next.filter(({ name }) => name.trim()).map(({ name, level }) => [prefix + name.trim(), level]);
    onChange(Object.fromEntries([...others, ...ours]) as SkillLevels);
  }
  const set = (key: number, change: Partial<Row>) =>
    tell(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">{t(`skills.${kind}`)}</legend>
      {rows.map(({ key, name, level }) => (
        <Removable
          key={key}
          label={t('skills.remove', { name })}
          onRemove={() => tell(rows.filter((row) => row.key !== key))}
        >
          <div className="grid grid-cols-[1fr_9rem] gap-2">
            <TextField
              label={t(`skills.name_of_${kind}`)}
              dir="auto"
              maxLength={60}
              value={name}
              onChange={({ target }) => set(key, { name: target.value })}
            />
            <SelectField
              label={t('skills.level')}
              value={level}
              onChange={({ target }) => set(key, { level: Number(target.value) })}
            >
              {LEVELS.map((one) => (
                <option key={one} value={one}>
                  {formats.number(one)} · {t(`skills.level.${one}`)}
                </option>
              ))}
            </SelectField>
          </div>
        </Removable>
      ))}
      <AddButton
        onPress={() => tell([...rows, { key: Math.max(0, ...rows.map((row) => row.key)) + 1, name: '', level: 3 }])}
      >
        {t(`skills.add_${kind}`)}
      </AddButton>
    </fieldset>
  );
}

/** Skills in one line: languages by their names. */
export function SkillsText({ skills }: { skills: SkillLevels }) {
  const t = useText();
  const { formats } = useLanguage();
  const entries = Object.entries(skills);
  if (entries.length === 0) return <span className="text-muted">–</span>;
  return (
    <ul className="flex flex-wrap gap-1">
      {entries.map(([skill, level]) => (
        <li key={skill} className="rounded bg-raised px-1.5 text-xs whitespace-nowrap">
          <bdi>{skill.startsWith(LANGUAGE) ? languageName(skill.slice(LANGUAGE.length), formats.tag) : skill}</bdi>{' '}
          <span className="text-muted">
            <span className="sr-only">{t('skills.level')} </span>
            {formats.number(level)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function languageName(code: string, tag: string): string {
  try {
    return new Intl.DisplayNames(tag, { type: 'language' }).of(code) ?? code;
  } catch {
    return code; // not a language code: as somebody wrote it
  }
}
