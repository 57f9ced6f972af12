import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { channelsQuery } from '../../api/channels';
import type { TicketNarrowing } from '../../api/keys';
import { teamsQuery } from '../../api/people';
import { useCan } from '../../api/session';
import { ticketFieldsQuery, ticketTypesQuery } from '../../api/ticket-work';
import { deskPart } from '../../i18n/desk-texts';
import { useLanguage, useText } from '../../i18n/use-text';
import { languageName } from '../../lib/languages';
import { isolate } from '../../lib/text';
import { typeName } from '../../lib/type-name';
import { Button } from '../../ui/button';
import { BothDates } from '../../ui/day-field';
import type { FilterPanelProps } from './filter-panel';
import { isOneOf, KINDS, readFieldFilter, STATUSES } from './filter-values';

const AnswerWave = deskPart(() => import('../ticket-work/answer-wave').then((part) => part.AnswerWave));

/** What the list is narrowed by now, each to be taken off. */
export function FilterChips({ filters, onFilter }: FilterPanelProps) {
  const t = useText();
  const can = useCan();
  const { locale } = useLanguage();
  const [answering, setAnswering] = useState(false);
  const { data: teams = [] } = useQuery(teamsQuery);
  const { data: channels = [] } = useQuery(channelsQuery);
  const { data: fields = [] } = useQuery({ ...ticketFieldsQuery, enabled: filters.field !== undefined });
  const { data: settings } = useQuery({ ...ticketTypesQuery, enabled: filters.type !== undefined });
  const { channel, kind, status, queue, tag, type, language, field, notice, wave } = filters;
  const chips: { name: keyof TicketNarrowing; label: string }[] = [];
  if (channel)
    chips.push({ name: 'channel', label: channels.find(({ id }) => id === channel)?.name ?? t('filter.channel') });
  if (isOneOf(KINDS, kind)) chips.push({ name: 'kind', label: t(`kind.${kind}`) });
  if (isOneOf(STATUSES, status)) chips.push({ name: 'status', label: t(`status.${status}`) });
  if (queue) chips.push({ name: 'queue', label: teams.find(({ id }) => id === queue)?.name ?? t('filter.queue') });
  if (tag) chips.push({ name: 'tag', label: `#${tag}` });
  if (type) chips.push({ name: 'type', label: typeName(settings, type, locale) });
  if (language) chips.push({ name: 'language', label: languageName(locale, language) });
  if (notice) chips.push({ name: 'notice', label: t('filter.notice') });
  if (wave) chips.push({ name: 'wave', label: t('filter.wave') });
  const own = readFieldFilter(fields, field);
  if (field) {
    const names = own && (locale === 'fa' ? own.field.labelFa : own.field.labelEn);
    chips.push({ name: 'field', label: names ?? t('filter.field') });
  }
  function valueOf(): string {
    if (!own) return '';
    if (own.field.kind === 'checkbox') return t(own.value === 'true' ? 'filter.yes' : 'filter.no');
    const option = own.field.options.find(({ value }) => value === own.value);
    return option ? (locale === 'fa' ? option.labelFa : option.labelEn) : own.value;
  }
  return (
    <div className="flex flex-wrap gap-1.5">
      {chips.map(({ name, label }) => (
        <button
          key={name}
          type="button"
          onClick={() => onFilter({ [name]: undefined })}
          aria-label={t('filter.remove', { name: isolate(label) })}
          className="flex min-h-6 items-center gap-1 rounded-full bg-brand-soft py-0.5 ps-2.5 pe-1.5 text-xs text-brand"
        >
          <bdi>{label}</bdi>
          {name === 'field' && own && (
            <>
              {': '}
              {own.field.kind === 'date' ? <BothDates day={own.value} /> : <bdi>{valueOf()}</bdi>}
            </>
          )}
          <X size={13} aria-hidden />
        </button>
      ))}
      {wave && can('conversations.reply') && (
        <Button size="small" onPress={() => setAnswering(true)}>
          {t('wave.answer')}
        </Button>
      )}
      {wave && answering && <AnswerWave wave={wave} onClose={() => setAnswering(false)} />}
    </div>
  );
}
