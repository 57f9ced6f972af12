import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp } from 'lucide-react';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore, type KeyboardEvent } from 'react';
import type { TicketFilters } from '../../api/keys';
import { messagesQuery } from '../../api/messages';
import { useSession } from '../../api/session';
import { ticketQuery, ticketsQuery } from '../../api/tickets';
import type { Ticket } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { drafts } from '../../lib/drafts';
import { useRealtime } from '../../realtime/use-realtime';
import { Failed, Skeleton } from '../../ui/states';
import { deskPart } from '../../i18n/desk-texts';
import { useCommands } from '../../ui/use-commands';
import { EmptyList } from './empty-list';
import { rowId, TicketRow } from './ticket-row';
import { useSettledRows, type Row } from './use-settled-rows';
import type { TicketSelection } from './use-ticket-selection';

const BulkBar = deskPart(() => import('../bulk-tickets/bulk-bar').then((part) => part.BulkBar));

// Fewer rows than this are cheaper drawn whole than measured.
const VIRTUAL_ABOVE = 100;
const ROW_HEIGHT = 92;
const MORE_WITHIN = 12;
const SCROLLED_AWAY = 40;
const NO_TICKETS: Ticket[] = [];

export interface InboxListProps {
  filters: TicketFilters;
  filtered: boolean;
  openId: string | undefined;
  selection: TicketSelection;
  onOpen: (ticketId: string) => void;
  onEnter: () => void;
  onClearFilters: () => void;
}

export function InboxList(props: InboxListProps) {
  const query = useInfiniteQuery(ticketsQuery(props.filters));
  const realtime = useRealtime();
  const firstPosition = query.data?.pages[0]?.position;
  useEffect(() => realtime?.noteRead(firstPosition), [realtime, firstPosition]);
  const [tickets, setTickets] = useState<{ data: unknown; list: Ticket[] }>({ data: null, list: NO_TICKETS });
  if (query.data && tickets.data !== query.data)
    setTickets({ data: query.data, list: distinct(query.data.pages.flatMap(({ items }) => items)) });

  if (query.isPending) return <Skeleton rows={6} />;
  if (query.isError && !query.data) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Rows
      {...props}
      tickets={tickets.list}
      hasMore={query.hasNextPage}
      isFetchingMore={query.isFetchingNextPage}
      onMore={() => void query.fetchNextPage()}
    />
  );
}

/** A ticket that moved between two page reads may come twice. */
const distinct = (tickets: Ticket[]): Ticket[] => [...new Map(tickets.map((ticket) => [ticket.id, ticket])).values()];

interface RowsProps extends InboxListProps {
  tickets: Ticket[];
  hasMore: boolean;
  isFetchingMore: boolean;
  onMore: () => void;
}

function Rows({
  tickets,
  openId,
  selection,
  onOpen,
  onEnter,
  hasMore,
  isFetchingMore,
  onMore,
  filtered,
  filters,
  onClearFilters,
}: RowsProps) {
  const t = useText();
  const { agent } = useSession();
  const box = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const { rows, held, release } = useSettledRows(tickets, pointed || scrolled);
  const draftsVersion = useSyncExternalStore(drafts.subscribe, drafts.version);
  const virtual = rows.length > VIRTUAL_ABOVE;
  const virtualizer = useVirtualizer({
    count: rows.length,
    enabled: virtual,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });

  const openIndex = rows.findIndex(({ ticket }) => ticket.id === openId);
  const client = useQueryClient();
  useEffect(() => {
    // The next J or K should find its thread already here.
    for (const neighbour of openIndex < 0 ? [] : [rows[openIndex + 1], rows[openIndex - 1]]) {
      if (!neighbour) continue;
      void client.prefetchQuery(ticketQuery(neighbour.ticket.id));
      void client.prefetchInfiniteQuery(messagesQuery(neighbour.ticket.conversationId));
    }
  }, [client, rows, openIndex]);
  const show = useCallback(
    (index: number) => {
      if (virtual) virtualizer.scrollToIndex(index, { align: 'auto' });
      else document.getElementById(rowId(rows[index]?.ticket.id ?? ''))?.scrollIntoView({ block: 'nearest' });
    },
    [virtual, virtualizer, rows],
  );
  function step(by: 1 | -1) {
    const index =
      openIndex < 0 ? (by === 1 ? 0 : rows.length - 1) : Math.min(Math.max(openIndex + by, 0), rows.length - 1);
    const row = rows[index];
    if (!row) return false;
    onOpen(row.ticket.id);
    show(index);
    if (hasMore && !isFetchingMore && index > rows.length - MORE_WITHIN) onMore();
    return true;
  }
  const { ids: chosen, anchor, toggle, add, clear } = selection;
  const choose = useCallback(
    (ticketId: string, range: boolean) => {
      const [from, to] = [anchor, ticketId].map((id) => rows.findIndex(({ ticket }) => ticket.id === id));
      if (!range || from === undefined || to === undefined || from < 0) return toggle(ticketId);
      add(rows.slice(Math.min(from, to), Math.max(from, to) + 1).map(({ ticket }) => ticket.id));
    },
    [rows, anchor, toggle, add],
  );
  useCommands({
    next: () => step(1),
    previous: () => step(-1),
    open: () => (openIndex >= 0 ? onEnter() : step(1)),
    select: () => {
      const row = rows[Math.max(openIndex, 0)];
      if (!row) return false;
      toggle(row.ticket.id);
      return true;
    },
    leave: () => chosen !== null && (clear(), true),
  });

  function onKeyDown(event: KeyboardEvent) {
    const moved = event.key === 'ArrowDown' ? step(1) : event.key === 'ArrowUp' ? step(-1) : false;
    if (moved) event.preventDefault();
  }

  function onScroll() {
    const element = box.current;
    if (!element) return;
    setScrolled(element.scrollTop > SCROLLED_AWAY);
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (hasMore && !isFetchingMore && left < MORE_WITHIN * ROW_HEIGHT) onMore();
  }

  function letIn() {
    release();
    box.current?.scrollTo({ top: 0 });
  }

  const drawn = virtual ? virtualizer.getVirtualItems() : null;
  const activeDrawn = openIndex >= 0 && (!drawn || drawn.some(({ index }) => index === openIndex));
  const draw = (row: Row, index: number) => (
    <TicketRow
      key={row.ticket.id}
      ticket={row.ticket}
      left={row.left}
      selected={row.ticket.id === openId}
      drafted={draftsVersion >= 0 && drafts.has(row.ticket.conversationId)}
      ownId={agent.id}
      position={index + 1}
      total={hasMore ? -1 : rows.length}
      chosen={chosen && chosen.has(row.ticket.id)}
      onOpen={onOpen}
      onChoose={choose}
    />
  );

  if (rows.length === 0) return <EmptyList view={filters.view} filtered={filtered} onClearFilters={onClearFilters} />;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {held > 0 && (
        <div className="absolute inset-x-0 top-2 z-10 flex justify-center">
          <button
            type="button"
            onClick={letIn}
            className="appear flex items-center gap-1 rounded-full bg-brand px-3 py-1 text-xs text-on-brand shadow-lg"
          >
            <ArrowUp size={14} aria-hidden />
            {t('list.held', { count: held })}
          </button>
        </div>
      )}
      <div
        ref={box}
        role="listbox"
        aria-label={t('list.label')}
        tabIndex={0}
        aria-activedescendant={activeDrawn && openId ? rowId(openId) : undefined}
        onKeyDown={onKeyDown}
        onScroll={onScroll}
        onPointerEnter={(event) => event.pointerType === 'mouse' && setPointed(true)}
        onPointerLeave={() => setPointed(false)}
        className="min-h-0 flex-1 overflow-y-auto"
      >
        {drawn ? (
          <div role="presentation" className="relative" style={{ blockSize: virtualizer.getTotalSize() }}>
            {drawn.map(({ index, start, key }) => {
              const row = rows[index];
              return (
                row && (
                  <div
                    key={key}
                    role="presentation"
                    ref={virtualizer.measureElement}
                    data-index={index}
                    className="absolute inset-x-0 top-0"
                    style={{ transform: `translateY(${start}px)` }}
                  >
                    {draw(row, index)}
                  </div>
                )
              );
            })}
          </div>
        ) : (
          rows.map(draw)
        )}
      </div>
      {chosen && (
        <BulkBar
          ids={chosen}
          loaded={rows.length}
          filters={filters}
          onAll={() => add(rows.map(({ ticket }) => ticket.id))}
          onClear={clear}
        />
      )}
    </div>
  );
}
