import type { TicketDetail } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { ChannelMark } from '../../ui/channel-mark';
import { classes } from '../../ui/classes';

export interface ThreadTabsProps {
  ticket: TicketDetail;
  shownId: string;
  onShow: (conversationId: string) => void;
}

/** The conversations of one ticket: where it began, and what was merged or continued by e-mail. */
export function ThreadTabs({ ticket, shownId, onShow }: ThreadTabsProps) {
  const t = useText();
  return (
    <nav aria-label={t('threads.label')} className="flex flex-wrap gap-1 border-b border-line bg-surface px-4 py-1.5">
      {ticket.conversations.map(({ id, channel, kind, contact, joined }) => (
        <button
          key={id}
          type="button"
          aria-current={id === shownId || undefined}
          onClick={() => onShow(id)}
          className={classes(
            'flex min-h-7 max-w-72 items-center gap-2 rounded-full border px-3 text-xs',
            id === shownId
              ? 'border-brand bg-brand-soft font-semibold text-brand'
              : 'border-line text-muted hover:border-line-strong',
          )}
        >
          <ChannelMark kind={channel.kind} thread={kind} />
          <bdi className="truncate">{contact.name ?? channel.name}</bdi>
          {joined && <span className="whitespace-nowrap">({t('threads.joined')})</span>}
        </button>
      ))}
    </nav>
  );
}
