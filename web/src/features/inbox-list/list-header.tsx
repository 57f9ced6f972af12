import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ListChecks, ListFilter, Plus, Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { FILTERS, type TicketNarrowing } from '../../api/keys';
import { useCan } from '../../api/session';
import { countsQuery, useNextTicket } from '../../api/tickets';
import type { TicketView } from '../../api/types';
import { deskPart } from '../../i18n/desk-texts';
import { useLanguage, useText } from '../../i18n/use-text';
import { latinDigits } from '../../lib/text';
import { Button, IconButton } from '../../ui/button';
import { classes } from '../../ui/classes';
import { DetailsPopover } from '../../ui/dialog';
import { refusalText } from '../../ui/refusal';
import { Skeleton } from '../../ui/states';
import { useTell } from '../../ui/toasts';
import { useCommands } from '../../ui/use-commands';

export interface ListFilters extends TicketNarrowing {
  sort?: string;
}

const FilterPanel = deskPart(
  () => import('../list-filters/filter-panel').then((part) => part.FilterPanel),
  <Skeleton rows={5} height="h-9" />,
);
const FilterChips = deskPart(() => import('../list-filters/filter-chips').then((part) => part.FilterChips));

const NewTicketDialog = deskPart(() => import('../new-ticket/new-ticket-dialog').then((part) => part.NewTicketDialog));

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
  const can = useCan();
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
        <span className="ms-auto">{can('tickets.write') && <NextButton onTaken={onTaken} />}</span>
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
        <DetailsPopover
          label={t('filter.label')}
          aria-label={t('filter.label')}
          trigger={<ListFilter size={17} aria-hidden className="icon-directional" />}
          className="w-9 shrink-0 px-0!"
        >
          <FilterPanel filters={filters} onFilter={onFilter} />
        </DetailsPopover>
        <IconButton tone="plain" label={t('list.select')} icon={<ListChecks size={17} />} onPress={onSelect} />
        {can('tickets.write') && <NewTicketButton onOpen={onTaken} />}
      </div>
      {FILTERS.some((name) => name !== 'q' && filters[name]) && <FilterChips filters={filters} onFilter={onFilter} />}
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
  useCommands({ takeNext: () => !next.isPending && (take(), true) });
  return (
    <Button size="small" onPress={take} isDisabled={next.isPending} aria-keyshortcuts="T">
      {t('list.take_next')}
    </Button>
  );
}

function NewTicketButton({ onOpen }: { onOpen: (ticketId: string) => void }) {
  const t = useText();
  const [opening, setOpening] = useState(false);
  useCommands({ newTicket: () => setOpening(true) });
  return (
    <>
      <IconButton tone="plain" label={t('list.new')} icon={<Plus size={17} />} onPress={() => setOpening(true)} />
      {opening && <NewTicketDialog onOpen={onOpen} onClose={() => setOpening(false)} />}
    </>
  );
}

function SearchBox({ value, onSearch }: { value: string; onSearch: (text: string) => void }) {
  const t = useText();
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const input = useRef<HTMLInputElement>(null);
  useCommands({
    search: () => {
      // On a narrow page an open ticket covers the list.
      if (!input.current?.checkVisibility()) return false;
      input.current.select();
      return true;
    },
    leave: () => {
      if (document.activeElement !== input.current) return false;
      document.querySelector<HTMLElement>('[role=listbox]')?.focus();
      return true;
    },
  });
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
        ref={input}
        type="search"
        aria-keyshortcuts="/"
        dir="auto"
        value={text}
        onChange={(event) => change(event.target.value)}
        placeholder={t('list.search')}
        className="min-h-9 w-full rounded-md border border-line-strong bg-surface ps-8 pe-2 text-sm placeholder:text-muted focus:outline-2 focus:outline-offset-0 focus:outline-brand"
      />
    </label>
  );
}
