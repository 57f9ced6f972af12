import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ArrowDown } from 'lucide-react';
import { Fragment, lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import {
  inOrder,
  messagesQuery,
  useDeliveryDecision,
  useModeration,
  useRefetch,
  useSuggestionOutcome,
  useUnsettled,
} from '../../api/messages';
import { useOutgoing, useSending } from '../../api/outgoing';
import { timelineQuery } from '../../api/tickets';
import type { Message, ModerationAction, TicketDetail } from '../../api/types';
import { deskPart } from '../../i18n/desk-texts';
import { useLanguage, useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { contactName } from '../../ui/names';
import { ReasonDialog } from '../../ui/reason-dialog';
import { refusalText } from '../../ui/refusal';
import { Empty, Failed, Skeleton } from '../../ui/states';
import { useTell } from '../../ui/toasts';
import { Bubble, isSelectable } from './bubble';
import { OutgoingBubble } from './outgoing-bubble';
import { SelectionBar } from './selection-bar';
import { SourcePost } from './source-post';
import { lastAnswerSeq, threadItems } from './thread-items';
import { useSelection } from './use-selection';
import { useThreadScroll } from './use-thread-scroll';

const BulkDialog = lazy(() => import('./bulk-dialog').then((module) => ({ default: module.BulkDialog })));
const EventGroup = deskPart(() => import('./event-group').then((part) => part.EventGroup));
const Repeated = deskPart(() => import('../ticket-work/repeated').then((part) => part.Repeated));
const EditDialog = lazy(() => import('./edit-dialog').then((module) => ({ default: module.EditDialog })));

const NO_ACTIONS: ModerationAction[] = [];
// They take nothing away, so they need no explanation; the record still gets a word.
const HARMLESS: readonly ModerationAction[] = ['like', 'unlike', 'unhide', 'unblock'];

export interface ThreadProps {
  ticket: TicketDetail;
  /** The newest message that stands in front of the reader's eyes. */
  onSeen: (messageId: string) => void;
  onUseAnswer: (answer: string) => void;
}

export function Thread({ ticket, onSeen, onUseAnswer }: ThreadProps) {
  const t = useText();
  const tell = useTell();
  const { formats } = useLanguage();
  const { conversationId } = ticket;
  const customer = contactName(ticket.contact, t);
  const query = useInfiniteQuery(messagesQuery(conversationId));
  useUnsettled(conversationId, query.data);
  const { data: timeline = [] } = useQuery(timelineQuery(ticket.id));
  const messages = useMemo(() => inOrder(query.data), [query.data]);
  const items = useMemo(
    () => threadItems(messages, timeline, query.data !== undefined && !query.hasNextPage, formats.day),
    [messages, timeline, query.data, query.hasNextPage, formats],
  );
  const answeredTo = useMemo(() => lastAnswerSeq(messages), [messages]);
  const outgoing = useOutgoing(conversationId).filter(({ state }) => state !== 'stale');
  const sending = useSending();
  const moderation = useModeration(conversationId);
  const delivery = useDeliveryDecision(conversationId);
  const suggestion = useSuggestionOutcome(conversationId);
  const refetch = useRefetch(conversationId);
  const [asked, setAsked] = useState<{ message: Message; action: ModerationAction } | null>(null);
  const [editing, setEditing] = useState<Message | null>(null);
  const selection = useSelection(conversationId);
  const [bulk, setBulk] = useState<ModerationAction | null>(null);
  const selectable = messages.filter(isSelectable);
  const { capabilities } = ticket;
  const theirs = useMemo(
    () => capabilities?.moderation.filter((action) => !capabilities.moderationOwnOnly?.includes(action)) ?? NO_ACTIONS,
    [capabilities],
  );
  const ownDeletable = capabilities?.moderation.includes('delete') ? (ticket.kind === 'dm' ? 'all' : 'public') : 'none';

  const loadOlder = () => {
    if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
  };
  const { box, content, atEnd, onScroll, toEnd } = useThreadScroll(conversationId, loadOlder);
  const newest = useMemo(() => newestOf(messages), [messages]);
  useEffect(() => {
    if (atEnd && newest) onSeen(newest.id);
  }, [atEnd, newest, onSeen]);

  const fail = useCallback((error: unknown) => tell.error(refusalText(error, t)), [tell, t]);
  const { mutate: moderate } = moderation;
  const { mutate: decide } = delivery;
  const { mutate: settle } = suggestion;
  const { mutate: fetchAgain } = refetch;
  const onModerate = useCallback(
    (message: Message, action: ModerationAction) => {
      if (HARMLESS.includes(action))
        moderate({ messageId: message.id, action, reason: t(`moderation.${action}`) }, { onError: fail });
      else setAsked({ message, action });
    },
    [moderate, fail, t],
  );
  const onDelivery = useCallback(
    (messageId: string, action: 'retry' | 'give_up') => decide({ messageId, action }, { onError: fail }),
    [decide, fail],
  );
  const onRefetch = useCallback(
    (attachmentId: string) => fetchAgain(attachmentId, { onError: fail }),
    [fetchAgain, fail],
  );
  const onSuggestion = useCallback(
    (message: Message, outcome: 'accepted' | 'dismissed') => {
      if (!message.suggestion) return;
      if (outcome === 'accepted') onUseAnswer(message.suggestion.answer);
      settle({ id: message.suggestion.id, outcome }, { onError: fail });
    },
    [settle, fail, onUseAnswer],
  );

  const bubble = (message: Message, continued: boolean) => (
    <Bubble
      key={message.id}
      message={message}
      continued={continued}
      answered={message.seq < answeredTo}
      contactName={customer}
      moderation={theirs}
      ownDeletable={ownDeletable}
      onModerate={onModerate}
      editSentMs={ticket.capabilities?.editSentMs}
      selected={selection.ids && selection.ids.has(message.id)}
      onSelect={selection.toggle}
      onEdit={setEditing}
      onRefetch={onRefetch}
      onDelivery={onDelivery}
      onSuggestion={onSuggestion}
    />
  );

  return (
    <section aria-label={t('thread.label', { name: customer })} className="relative flex min-h-0 flex-1 flex-col">
      {ticket.post && <SourcePost post={ticket.post} channel={ticket.channel.kind} />}
      <div
        ref={box}
        // Loading history into a live log would be read aloud from the start; only what is new is announced, below.
        role="log"
        aria-live="off"
        aria-label={t('thread.messages')}
        tabIndex={0}
        id="thread"
        onScroll={onScroll}
        // What is in sight is held by us: the browser lets go at the very top, and one of them does not hold at all.
        className="min-h-0 flex-1 overflow-y-auto [overflow-anchor:none] focus-visible:-outline-offset-2"
      >
        <div ref={content} className="flex min-h-full flex-col gap-3 px-4 py-3">
          {query.isPending && <Skeleton rows={4} />}
          {query.isError && !query.data && <Failed error={query.error} onRetry={() => void query.refetch()} />}
          {query.data && messages.length === 0 && <Empty title={t('thread.empty')} />}
          {query.isFetchingNextPage && <p className="text-center text-xs text-muted">{t('thread.loading_older')}</p>}
          {items.map((item) => {
            if (item.kind === 'day') return <DayMark key={item.key} at={item.at} />;
            if (item.kind === 'events') return <EventGroup key={item.key} entries={item.entries} />;
            const { message, again } = item;
            return (
              <Fragment key={item.key}>
                {bubble(message, item.continued)}
                {(again.length > 0 || message.wave) && (
                  <Repeated message={message} again={again} choosing={selection.ids !== null} draw={bubble} />
                )}
              </Fragment>
            );
          })}
          {outgoing.map((entry) => (
            <OutgoingBubble
              key={entry.key}
              entry={entry}
              onRetry={() => sending.retry(entry)}
              onTakeBack={() => sending.takeBack(entry)}
            />
          ))}
        </div>
      </div>
      {!atEnd && (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <button
            type="button"
            onClick={toEnd}
            className="appear pointer-events-auto flex items-center gap-1 rounded-full border border-line bg-surface px-3 py-1 text-xs shadow-lg hover:border-line-strong"
          >
            <ArrowDown size={14} aria-hidden />
            {t('thread.to_end')}
          </button>
        </div>
      )}
      {selection.ids && (
        <SelectionBar
          count={selection.ids.size}
          all={selectable.length}
          actions={theirs}
          onAll={() => selection.set(selectable.map(({ id }) => id))}
          onAct={setBulk}
          onCancel={selection.clear}
        />
      )}
      <Announcer key={conversationId} messages={messages} name={customer} />
      {asked && (
        <ReasonDialog
          title={t(`moderation.${asked.action}`)}
          warning={asked.action === 'delete' ? t('moderation.delete_warning') : undefined}
          onCancel={() => setAsked(null)}
          onConfirm={(reason) => {
            moderate({ messageId: asked.message.id, action: asked.action, reason }, { onError: fail });
            setAsked(null);
          }}
        />
      )}
      <Suspense>
        {editing && ticket.capabilities && (
          <EditDialog message={editing} limit={ticket.capabilities.textLimit} onClose={() => setEditing(null)} />
        )}
        {bulk && selection.ids && (
          <BulkDialog
            action={bulk}
            messageIds={[...selection.ids]}
            ticket={ticket}
            messages={messages}
            onClose={() => {
              setBulk(null);
              selection.clear();
              void query.refetch();
            }}
          />
        )}
      </Suspense>
    </section>
  );
}

function DayMark({ at }: { at: string }) {
  const { formats } = useLanguage();
  return (
    <p className="flex items-center gap-3 text-xs text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
      <time dateTime={at}>{formats.longDate(at)}</time>
    </p>
  );
}

const arrivalOf = ({ arrival, seq }: Message) => arrival ?? seq;

/** The message that came last, wherever it stands. */
const newestOf = (messages: readonly Message[]): Message | undefined =>
  messages.reduce<Message | undefined>(
    (newest, one) => (newest && arrivalOf(newest) >= arrivalOf(one) ? newest : one),
    undefined,
  );

/** Says how many messages the customer wrote while the thread was open; never the history. */
function Announcer({ messages, name }: { messages: readonly Message[]; name: string }) {
  const t = useText();
  const seen = useRef<number | null>(null);
  const [count, setCount] = useState(0);
  useEffect(() => {
    const newest = messages.at(-1)?.seq;
    if (newest === undefined) return;
    const from = seen.current;
    seen.current = newest;
    if (from === null || newest <= from) return;
    setCount(messages.filter(({ seq, direction }) => seq > from && direction === 'in').length);
  }, [messages]);
  return (
    <p role="status" className="sr-only">
      {count > 0 ? t('thread.announce', { count, name: isolate(name) }) : ''}
    </p>
  );
}
