import { Check, Eye, PenLine, Pencil, Reply, StickyNote, UserRound } from 'lucide-react';
import { memo } from 'react';
import type { Ticket } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { useViewers } from '../../realtime/use-realtime';
import { Avatar } from '../../ui/avatar';
import { ChannelMark } from '../../ui/channel-mark';
import { classes } from '../../ui/classes';
import { DueMark } from '../../ui/due-mark';
import { contactName, handleBeside } from '../../ui/names';
import { Ltr } from '../../ui/rich-text';
import { PriorityChip, StatusChip } from '../../ui/status-chip';
import { TicketPreview } from '../../ui/ticket-preview';

export const rowId = (ticketId: string) => `ticket-${ticketId}`;

function Viewers({ ticketId, ownId }: { ticketId: string; ownId: string }) {
  const t = useText();
  const viewers = useViewers(ticketId, ownId);
  const first = viewers.find(({ typing }) => typing) ?? viewers[0];
  if (!first) return null;
  const Icon = first.typing ? PenLine : Eye;
  return (
    <span className="inline-flex items-center gap-1 text-xs text-warn">
      <Icon size={13} aria-hidden />
      <span className="sr-only">{t(first.typing ? 'viewers.typing' : 'viewers.viewing', { name: first.name })}</span>
      <bdi aria-hidden className="max-w-20 truncate">
        {first.name}
      </bdi>
    </span>
  );
}

export interface TicketRowProps {
  ticket: Ticket;
  left: boolean;
  selected: boolean;
  drafted: boolean;
  ownId: string;
  position: number;
  total: number;
  /** Whether it is chosen, while several are being chosen; null otherwise. */
  chosen: boolean | null;
  onOpen: (ticketId: string) => void;
  /** `range`: with everything between it and the one chosen last. */
  onChoose: (ticketId: string, range: boolean) => void;
}

/** Two lines and a foot. Plain memoised DOM: this is the hottest part of the page. */
export const TicketRow = memo(function TicketRow({
  ticket,
  left,
  selected,
  drafted,
  ownId,
  position,
  total,
  chosen,
  onOpen,
  onChoose,
}: TicketRowProps) {
  const t = useText();
  const { formats } = useLanguage();
  const { contact, channel, assignee } = ticket;
  const name = contactName(contact, t);
  const handle = handleBeside(contact);
  const settled = ticket.status === 'solved' || ticket.status === 'closed';
  const Direction = ticket.previewDirection === 'note' ? StickyNote : Reply;
  return (
    // The keys of the list are handled by the listbox: a row itself is never a tab stop.
    <div
      role="option"
      id={rowId(ticket.id)}
      aria-selected={selected}
      aria-checked={chosen ?? undefined}
      aria-posinset={position}
      aria-setsize={total}
      // A range is chosen with shift: it must not mark text.
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onClick={(event) => {
        if (event.shiftKey || event.ctrlKey || event.metaKey || chosen !== null) onChoose(ticket.id, event.shiftKey);
        else onOpen(ticket.id);
      }}
      className={classes(
        'flex cursor-pointer gap-2.5 border-s-4 border-b border-b-line px-3 py-2.5',
        selected ? 'border-s-brand bg-brand-soft' : 'border-s-transparent hover:bg-raised',
        left && 'opacity-60',
      )}
    >
      {chosen === null ? (
        <Avatar name={contact.name || contact.handle || ''} url={contact.avatarUrl} />
      ) : (
        <span
          aria-hidden
          className={classes(
            'grid size-9 shrink-0 place-items-center rounded-full border-2',
            chosen ? 'border-brand bg-brand text-on-brand' : 'border-line-strong',
          )}
        >
          {chosen && <Check size={18} />}
        </span>
      )}
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex items-baseline gap-1.5">
          <strong className="truncate font-semibold">
            <bdi>{name}</bdi>
          </strong>
          {handle && (
            <span className="min-w-0 truncate text-xs text-muted">
              <Ltr>{handle}</Ltr>
            </span>
          )}
          <span className="ms-auto shrink-0 ps-1">
            {ticket.dueAt && !settled ? (
              <DueMark dueAt={ticket.dueAt} />
            ) : (
              <time dateTime={ticket.lastMessageAt} className="text-xs text-muted">
                {formats.stamp(ticket.lastMessageAt, serverNow())}
              </time>
            )}
          </span>
        </span>
        <span className="flex items-center gap-1 text-muted">
          {drafted && (
            <span className="inline-flex shrink-0 items-center gap-1 text-xs text-danger">
              <Pencil size={12} aria-hidden />
              {t('row.draft')}
            </span>
          )}
          {ticket.previewDirection !== 'in' && (
            <>
              <Direction size={13} aria-hidden className="icon-directional shrink-0" />
              <span className="sr-only">{t(`preview.${ticket.previewDirection}`)}</span>
            </>
          )}
          <TicketPreview ticket={ticket} />
          <Viewers ticketId={ticket.id} ownId={ownId} />
        </span>
        <span className="flex flex-wrap items-center gap-x-2.5 text-xs text-muted">
          <ChannelMark kind={channel.kind} thread={ticket.kind} />
          <StatusChip status={ticket.status} />
          <PriorityChip priority={ticket.priority} />
          {left && <span>{t('row.left_view')}</span>}
          <span className="ms-auto flex items-center gap-2">
            {assignee && (
              <span className="inline-flex items-center gap-1">
                <UserRound size={12} aria-hidden />
                <span className="sr-only">{t('row.assignee')}</span>
                <bdi className="max-w-24 truncate">{assignee.id === ownId ? t('common.me') : assignee.name}</bdi>
              </span>
            )}
          </span>
        </span>
      </div>
    </div>
  );
});
