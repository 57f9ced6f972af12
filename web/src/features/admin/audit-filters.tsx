import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import type { AuditSearch } from '../../app/search';
import { agentsQuery } from '../../api/people';
import { useSession } from '../../api/session';
import { useText } from '../../i18n/use-text';
import { addDays, dayIn } from '../../lib/day';
import { isolate } from '../../lib/text';
import { serverNow } from '../../lib/clock';
import { DayField } from '../../ui/day-field';
import { SelectField } from '../../ui/field';
import { halvesOf, kindText, SUBJECT_KINDS } from './audit-words';

export interface AuditFiltersProps {
  search: AuditSearch;
  names: ReadonlyMap<string, string>;
  onChange: (change: AuditSearch) => void;
}

/** Days back from today, today included. */
const SPANS = [1, 7, 30] as const;

export function AuditFilters({ search, names, onChange }: AuditFiltersProps) {
  const t = useText();
  const { timeZone } = useSession().workspace;
  const { data: agents = [] } = useQuery(agentsQuery);
  const today = dayIn(serverNow(), timeZone);
  const { kind, id } = halvesOf(search.subject ?? '');
  const span = SPANS.find((days) => search.from === addDays(today, 1 - days) && search.to === today);
  const when = !search.from && !search.to ? 'any' : (span ?? 'own');
  const thing = id && isolate(names.get(id) ?? id.slice(-8));
  function chooseSpan(value: string) {
    if (value === 'any') onChange({ from: undefined, to: undefined });
    else if (value === 'own') onChange({ from: addDays(today, -13), to: today });
    else onChange({ from: addDays(today, 1 - Number(value)), to: today });
  }
  return (
    <div className="flex flex-col gap-3">
      <div className="grid gap-3 sm:grid-cols-3">
        <SelectField
          label={t('audit.who')}
          value={search.agentId ?? ''}
          onChange={({ target }) => onChange({ agentId: target.value || undefined })}
        >
          <option value="">{t('audit.everybody')}</option>
          {agents.map((agent) => (
            <option key={agent.id} value={agent.id}>
              {agent.name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('audit.what')}
          value={kind}
          onChange={({ target }) => onChange({ subject: target.value || undefined })}
        >
          <option value="">{t('audit.everything')}</option>
          {[...new Set([...SUBJECT_KINDS, ...(kind ? [kind] : [])])].map((one) => (
            <option key={one} value={one}>
              {kindText(one, t)}
            </option>
          ))}
        </SelectField>
        <SelectField label={t('audit.when')} value={when} onChange={({ target }) => chooseSpan(target.value)}>
          <option value="any">{t('audit.any_time')}</option>
          {SPANS.map((days) => (
            <option key={days} value={days}>
              {t('fairness.days', { count: days })}
            </option>
          ))}
          <option value="own">{t('audit.own_span')}</option>
        </SelectField>
      </div>
      {when === 'own' && (
        <div className="grid gap-3 sm:grid-cols-2">
          <DayField
            label={t('reports.from')}
            value={search.from ?? search.to ?? today}
            onChange={(from) => onChange({ from })}
          />
          <DayField label={t('reports.to')} value={search.to ?? today} onChange={(to) => onChange({ to })} />
        </div>
      )}
      {thing && (
        <button
          type="button"
          onClick={() => onChange({ subject: kind })}
          aria-label={t('audit.drop_thing', { name: thing })}
          className="flex min-h-6 w-fit items-center gap-1 rounded-full bg-brand-soft py-0.5 ps-2.5 pe-1.5 text-xs text-brand"
        >
          {t('audit.only', { kind: kindText(kind, t), name: thing })}
          <X size={13} aria-hidden />
        </button>
      )}
    </div>
  );
}
