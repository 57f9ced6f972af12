import { useQuery } from '@tanstack/react-query';
import { brandsQuery, teamsQuery } from '../../api/people';
import type { ChannelKind, Priority } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { languageName } from '../../lib/languages';
import { ChoicesField, WordsField } from './form-parts';
import { useBrandsInUse } from './use-brands-in-use';

export const CHANNEL_KINDS: readonly ChannelKind[] = [
  'instagram',
  'facebook',
  'whatsapp',
  'telegram',
  'bale',
  'rubika',
  'eitaa',
  'x',
  'linkedin',
  'youtube',
  'email',
  'webchat',
  'api',
];
export const PRIORITY_NAMES: readonly Priority[] = ['low', 'normal', 'high', 'urgent'];
export const THREAD_KINDS = ['dm', 'comment'] as const;
const WORK_TYPES = ['dm', 'comment', 'letter', 'call'] as const;

const NAMES = [
  'channelKinds',
  'threadKinds',
  'workTypes',
  'brandIds',
  'teamIds',
  'priorities',
  'languages',
  'tiers',
  'tags',
] as const;
export type ConditionName = (typeof NAMES)[number];
export type ConditionLists = Partial<Record<ConditionName, string[]>>;

/** Lists of which each that is filled must hold, by any of its entries. Empty ones are left out. */
export function ConditionsFields({
  names,
  value,
  onChange,
}: {
  names: readonly ConditionName[];
  value: ConditionLists;
  onChange: (value: ConditionLists) => void;
}) {
  const t = useText();
  const brands = useBrandsInUse(value.brandIds);
  const teams = useQuery(teamsQuery).data ?? [];
  const set = (name: ConditionName, list: string[]) => {
    const { [name]: _before, ...rest } = value;
    onChange(list.length > 0 ? { ...rest, [name]: list } : rest);
  };
  const named = (list: readonly { id: string; name: string }[]) => list.map(({ id, name }) => ({ id, label: name }));
  const options = {
    channelKinds: CHANNEL_KINDS.map((id) => ({ id, label: t(`channel.${id}`) })),
    threadKinds: THREAD_KINDS.map((id) => ({ id, label: t(`kind.${id}`) })),
    workTypes: WORK_TYPES.map((id) => ({ id, label: t(`work_type.${id}`) })),
    brandIds: named(brands),
    teamIds: named(teams),
    priorities: PRIORITY_NAMES.map((id) => ({ id, label: t(`priority.${id}`) })),
  };
  return (
    <div className="flex flex-col gap-4">
      {NAMES.filter((name) => names.includes(name)).map((name) => {
        const field = { label: t(`condition.${name}`), value: value[name] ?? [] };
        if (name === 'languages' || name === 'tiers' || name === 'tags')
          return (
            <WordsField key={name} {...field} help={t(`condition.${name}_help`)} onChange={(list) => set(name, list)} />
          );
        return options[name].length === 0 ? null : (
          <ChoicesField key={name} {...field} options={options[name]} onChange={(list) => set(name, list)} />
        );
      })}
    </div>
  );
}

/** The same in one line, for a list. */
export function ConditionsText({ value }: { value: ConditionLists }) {
  const t = useText();
  const { locale } = useLanguage();
  const brands = useQuery(brandsQuery).data ?? [];
  const teams = useQuery(teamsQuery).data ?? [];
  const word = (name: ConditionName, id: string): string => {
    if (name === 'channelKinds') return t(`channel.${id as ChannelKind}`);
    if (name === 'threadKinds') return t(`kind.${id as 'dm' | 'comment'}`);
    if (name === 'languages') return languageName(locale, id);
    if (name === 'priorities') return t(`priority.${id as Priority}`);
    if (name === 'workTypes' && WORK_TYPES.some((one) => one === id)) return t(`work_type.${id as 'dm'}`);
    const named = [...brands, ...teams].find((one) => one.id === id);
    return named?.name ?? id;
  };
  const filled = NAMES.filter((name) => (value[name]?.length ?? 0) > 0);
  if (filled.length === 0) return <span className="text-muted">{t('condition.always')}</span>;
  return (
    <ul className="flex flex-col text-sm">
      {filled.map((name) => (
        <li key={name}>
          <span className="text-muted">{t(`condition.${name}`)}:</span>{' '}
          <bdi>{(value[name] ?? []).map((id) => word(name, id)).join(t('common.comma'))}</bdi>
        </li>
      ))}
    </ul>
  );
}
