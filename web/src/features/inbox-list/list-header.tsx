import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ListChecks, ListFilter, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { channelsQuery } from '../../api/channels';
import { teamsQuery } from '../../api/people';
import { countsQuery, useNextTicket } from '../../api/tickets';
import type { TicketView } from '../../api/types';
import { useLanguage, useText, type Text } from '../../i18n/use-text';
import { latinDigits } from '../../lib/text';
import { Button, IconButton } from '../../ui/button';
import { classes } from '../../ui/classes';
import { DetailsPopover } from '../../ui/dialog';
import { SelectField } from '../../ui/field';
import { refusalText } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';

export interface ListFilters {
  status?: string;
  channel?: string;
  kind?: string;
  queue?: string;
  q?: string;
  sort?: string;
}

const STATUSES = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] as const;
const KINDS = ['comment', 'dm'] as const;
const SEARCH_AFTER_MS = 300;

export interface ListHeaderProps {
  view: TicketView;
  views: readonly TicketView[];
  filters: ListFilters;
  onFilter: (change: ListFilters) => void;
  onTaken: (ticketId: string) => void;
  /** Begins choosing several tickets. */
  onSelect: () => void;
}

export function ListHeader({ view, views, filters, onFilter, onTaken, onSelect }: ListHeaderProps) {
  const t = useText();
  const { data: counts } = useQuery(countsQuery);
  const { formats } = useLanguage();
  const shown = (name: TicketView) => {
    const count = name === 'mine' || name === 'unassigned' || name === 'all' ? counts?.[name] : undefined;
    if (count === undefined || counts === undefined) return null;
    return count >= counts.capped ? t('list.capped', { count: counts.capped }) : formats.number(count);
  };
  return (
    <header className="flex flex-col gap-2 border-b border-line p-3">
      <div className="flex items-center gap-2">
        <h1 className="text-base font-bold">{t(`view.${view}`)}</h1>
        {counts !== undefined && counts.breached > 0 && (
          <span className="rounded-full bg-danger-soft px-2 text-xs font-semibold text-danger">
            {t('list.breached', { count: counts.breached })}
          </span>
        )}
        <span className="ms-auto">
          <NextButton onTaken={onTaken} />
        </span>
      </div>
      <nav aria-label={t('list.views')} className="-mx-1 flex flex-wrap gap-0.5 px-1 py-0.5">
        {views.map((name) => (
          <Link
            key={name}
            to="/inbox/$view"
            params={{ view: name }}
            search={filters}
            className={classes(
              'flex items-center gap-1 rounded-full px-2.5 py-0.5 text-[13px] whitespace-nowrap',
              name === view ? 'bg-brand font-semibold text-on-brand' : 'text-muted hover:bg-raised hover:text-ink',
            )}
          >
            {t(`view.short.${name}`)}
            {shown(name) && <span className="text-xs">{shown(name)}</span>}
          </Link>
        ))}
      </nav>
      <div className="flex gap-2">
        <SearchBox value={filters.q ?? ''} onSearch={(q) => onFilter({ q: q || undefined })} />
        <FilterPopover filters={filters} onFilter={onFilter} />
        <IconButton tone="plain" label={t('list.select')} icon={<ListChecks size={17} />} onPress={onSelect} />
      </div>
      <Chips filters={filters} onFilter={onFilter} t={t} />
    </header>
  );
}

function NextButton({ onTaken }: { onTaken: (ticketId: string) => void }) {
  const t = useText();
  const tell = useTell();
  const next = useNextTicket();
  const take = () =>
    next.mutate(undefined, {
      onSuccess: (ticket) => (ticket ? onTaken(ticket.id) : tell.info(t('list.nothing_waits'))),
      onError: (error) => tell.error(refusalText(error, t)),
    });
  return (
    <Button size="small" onPress={take} isDisabled={next.isPending}>
      {t('list.take_next')}
    </Button>
  );
}

function SearchBox({ value, onSearch }: { value: string; onSearch: (text: string) => void }) {
  const t = useText();
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  function change(next: string) {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch(latinDigits(next.trim())), SEARCH_AFTER_MS);
  }
  return (
    <label className="relative flex-1">
      <span className="sr-only">{t('list.search')}</span>
      <Search size={15} aria-hidden className="pointer-events-none absolute start-2.5 top-2.5 text-muted" />
      <input
        type="search"
        dir="auto"
        value={text}
        onChange={(event) => change(event.target.value)}
        placeholder={t('list.search')}
        className="min-h-9 w-full rounded-md border border-line-strong bg-surface ps-8 pe-2 text-sm placeholder:text-muted focus:outline-2 focus:outline-offset-0 focus:outline-brand"
      />
    </label>
  );
}

function FilterPopover({ filters, onFilter }: { filters: ListFilters; onFilter: (change: ListFilters) => void }) {
  const t = useText();
  const { data: channels = [] } = useQuery(channelsQuery);
  const { data: teams = [] } = useQuery(teamsQuery);
  const any = <option value="">{t('filter.any')}</option>;
  return (
    <DetailsPopover
      label={t('filter.label')}
      aria-label={t('filter.label')}
      trigger={<ListFilter size={17} aria-hidden className="icon-directional" />}
      className="px-2.5"
    >
      <div className="flex flex-col gap-3">
        <SelectField
          label={t('filter.channel')}
          value={filters.channel ?? ''}
          onChange={(event) => onFilter({ channel: event.target.value || undefined })}
        >
          {any}
          {channels.map((channel) => (
            <option key={channel.id} value={channel.id}>
              {`${t(`channel.${channel.kind}`)} · ${channel.name}`}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('filter.kind')}
          value={filters.kind ?? ''}
          onChange={(event) => onFilter({ kind: event.target.value || undefined })}
        >
          {any}
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`kind.${kind}`)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('filter.status')}
          value={filters.status ?? ''}
          onChange={(event) => onFilter({ status: event.target.value || undefined })}
        >
          {any}
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {t(`status.${status}`)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('filter.queue')}
          value={filters.queue ?? ''}
          onChange={(event) => onFilter({ queue: event.target.value || undefined })}
        >
          {any}
          {teams.map((team) => (
            <option key={team.id} value={team.id}>
              {team.name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('filter.sort')}
          value={filters.sort ?? 'due'}
          onChange={(event) => onFilter({ sort: event.target.value === 'due' ? undefined : event.target.value })}
        >
          <option value="due">{t('filter.sort_due')}</option>
          <option value="recent">{t('filter.sort_recent')}</option>
        </SelectField>
      </div>
    </DetailsPopover>
  );
}

const isOneOf = <T extends string>(list: readonly T[], value: string | undefined): value is T =>
  list.includes(value as T);

function Chips({ filters, onFilter, t }: { filters: ListFilters; onFilter: (change: ListFilters) => void; t: Text }) {
  const { data: teams = [] } = useQuery(teamsQuery);
  const { data: channels = [] } = useQuery(channelsQuery);
  const { channel, kind, status, queue } = filters;
  const chips: { name: keyof ListFilters; label: string }[] = [];
  if (channel)
    chips.push({ name: 'channel', label: channels.find(({ id }) => id === channel)?.name ?? t('filter.channel') });
  if (isOneOf(KINDS, kind)) chips.push({ name: 'kind', label: t(`kind.${kind}`) });
  if (isOneOf(STATUSES, status)) chips.push({ name: 'status', label: t(`status.${status}`) });
  if (queue) chips.push({ name: 'queue', label: teams.find(({ id }) => id === queue)?.name ?? t('filter.queue') });
  if (chips.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-1.5">
      {chips.map(({ name, label }) => (
        <button
          key={name}
          type="button"
          onClick={() => onFilter({ [name]: undefined })}
          aria-label={t('filter.remove', { name: label })}
          className="flex items-center gap-1 rounded-full bg-brand-soft py-0.5 ps-2.5 pe-1.5 text-xs text-brand"
        >
          <bdi>{label}</bdi>
          <X size={13} aria-hidden />
        </button>
      ))}
    </div>
  );
}
