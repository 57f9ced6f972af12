import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { IdCard, MessagesSquare } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { FILTERS, type TicketNarrowing } from '../api/keys';
import { ticketQuery } from '../api/tickets';
import type { TicketDetail, TicketView } from '../api/types';
import { Composer } from '../features/composer/composer';
import { ContactCard } from '../features/contact-card/contact-card';
import { Thread } from '../features/conversation/thread';
import { inThread } from '../features/conversation/in-thread';
import { InboxList } from '../features/inbox-list/inbox-list';
import { ListHeader, type ListFilters } from '../features/inbox-list/list-header';
import { useTicketSelection } from '../features/inbox-list/use-ticket-selection';
import { TicketHeader } from '../features/ticket-panel/ticket-header';
import { deskPart } from '../i18n/desk-texts';
import { useText } from '../i18n/use-text';
import { drafts, type Mode } from '../lib/drafts';
import { isolate } from '../lib/text';
import { IconButton } from '../ui/button';
import { classes } from '../ui/classes';
import { Dialog } from '../ui/dialog';
import { contactName } from '../ui/names';
import { PaneBoundary } from '../ui/pane-boundary';
import { Empty, Failed, Skeleton } from '../ui/states';
import { filtersOf, VIEWS, type InboxSearch } from './search';

const TicketFacts = deskPart(
  () => import('../features/ticket-work/ticket-facts').then((part) => part.TicketFacts),
  <Skeleton rows={3} height="h-8" />,
);
const Strips = deskPart(() => import('../features/ticket-work/strips').then((part) => part.Strips));
const ThreadTabs = deskPart(() => import('../features/ticket-work/thread-tabs').then((part) => part.ThreadTabs));

const NO_FILTERS: TicketNarrowing = Object.fromEntries(FILTERS.map((name) => [name, undefined]));

export function InboxPage({ view, search }: { view: TicketView; search: InboxSearch }) {
  const t = useText();
  const navigate = useNavigate({ from: '/inbox/$view' });
  const { ticket: openId, ...filters } = search;
  const listKey = JSON.stringify([view, filters]);
  const selection = useTicketSelection(listKey);

  const open = useCallback(
    (ticketId: string | undefined) =>
      void navigate({
        to: '.',
        search: (now: InboxSearch) => ({ ...now, ticket: ticketId }),
        replace: openId !== undefined,
      }),
    [navigate, openId],
  );
  const filter = (change: ListFilters) =>
    void navigate({ to: '.', search: (now: InboxSearch) => ({ ...now, ...change }), replace: true });
  const { ticket: _ticket, ...narrowing } = { ...search, sort: undefined };
  const filtered = Object.values(narrowing).some(Boolean);

  useEffect(() => {
    document.title = `${t(`view.${view}`)} · ${t('app.name')}`;
  }, [t, view]);

  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <aside
        aria-label={t('list.label')}
        className={classes(
          'flex min-h-0 w-full flex-col border-e border-line bg-surface min-[900px]:w-[22.5rem] min-[900px]:shrink-0',
          openId && 'max-[899px]:hidden',
        )}
      >
        <ListHeader
          view={view}
          views={VIEWS}
          filters={filters}
          onFilter={filter}
          onTaken={open}
          onSelect={selection.begin}
        />
        <PaneBoundary subject={view}>
          <InboxList
            key={listKey}
            filters={filtersOf(view, search)}
            filtered={filtered}
            openId={openId}
            selection={selection}
            onOpen={open}
            onEnter={() => document.getElementById('thread')?.focus()}
            onClearFilters={() => filter(NO_FILTERS)}
          />
        </PaneBoundary>
      </aside>
      <main className={classes('flex min-h-0 min-w-0 flex-1', !openId && 'max-[899px]:hidden')}>
        {openId ? (
          <OpenTicket ticketId={openId} onOpen={open} />
        ) : (
          <div className="grid flex-1 place-items-center">
            <Empty icon={<MessagesSquare size={36} aria-hidden />} title={t('ticket.none_open')}>
              <p className="text-sm">{t('ticket.none_open_hint')}</p>
            </Empty>
          </div>
        )}
      </main>
    </div>
  );
}

function OpenTicket({ ticketId, onOpen }: { ticketId: string; onOpen: (ticketId: string | undefined) => void }) {
  const query = useQuery(ticketQuery(ticketId));
  if (query.data) return <Conversation ticket={query.data} onOpen={onOpen} />;
  return (
    <div className="flex-1">
      {query.isError ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton rows={5} />}
    </div>
  );
}

interface ConversationProps {
  ticket: TicketDetail;
  onOpen: (ticketId: string | undefined) => void;
}

function Conversation({ ticket: whole, onOpen }: ConversationProps) {
  const t = useText();
  const [chosen, setChosen] = useState<{ ticketId: string; conversationId: string } | null>(null);
  const shownId = chosen?.ticketId === whole.id ? chosen.conversationId : whole.conversationId;
  const ticket = useMemo(() => inThread(whole, shownId), [whole, shownId]);
  const [cardOpen, setCardOpen] = useState(false);
  const [seen, setSeen] = useState<{ conversationId: string; messageId: string } | null>(null);
  const { conversationId } = ticket;
  const onSeen = useCallback((messageId: string) => setSeen({ conversationId, messageId }), [conversationId]);
  const { reply, refusals } = ticket.capabilities ?? {};
  const onUseAnswer = useCallback(
    (answer: string) => {
      const mode: Mode = reply?.find((visibility) => !refusals?.[visibility]) ?? 'note';
      drafts.add(conversationId, mode, answer);
      document.getElementById('composer')?.querySelector('textarea')?.focus();
    },
    [conversationId, reply, refusals],
  );
  const card = (
    <>
      <PaneBoundary subject={whole.id}>
        <TicketFacts ticket={whole} onOpen={onOpen} />
      </PaneBoundary>
      <PaneBoundary subject={ticket.contact.id}>
        <ContactCard contactId={ticket.contact.id} openTicketId={ticket.id} onOpen={onOpen} />
      </PaneBoundary>
    </>
  );
  return (
    <>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <TicketHeader
          ticket={whole}
          shownId={ticket.conversationId}
          onOpen={onOpen}
          onBack={() => onOpen(undefined)}
          contactButton={
            <span className="xl:hidden">
              <IconButton
                size="small"
                tone="plain"
                label={t('contact.title')}
                icon={<IdCard size={16} />}
                onPress={() => setCardOpen(true)}
              />
            </span>
          }
        />
        <Strips ticket={whole} onOpen={onOpen} />
        {whole.conversations.length > 1 && (
          <ThreadTabs
            ticket={whole}
            shownId={ticket.conversationId}
            onShow={(id) => setChosen({ ticketId: whole.id, conversationId: id })}
          />
        )}
        <PaneBoundary subject={ticket.conversationId}>
          <Thread ticket={ticket} onSeen={onSeen} onUseAnswer={onUseAnswer} />
        </PaneBoundary>
        <div id="composer">
          <Composer
            ticket={ticket}
            seenMessageId={seen?.conversationId === conversationId ? seen.messageId : null}
            onLeave={() => document.getElementById('thread')?.focus()}
          />
        </div>
      </div>
      <aside
        aria-label={t('contact.title')}
        className="hidden min-h-0 w-80 shrink-0 overflow-y-auto border-s border-line bg-surface xl:block"
      >
        {card}
      </aside>
      <Dialog title={isolate(contactName(ticket.contact, t))} isOpen={cardOpen} onClose={() => setCardOpen(false)}>
        {card}
      </Dialog>
    </>
  );
}
