import { Check, Clock } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useCan } from '../../api/session';
import type { TicketDetail, TicketRepeat } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { Ltr, PreviewText } from '../../ui/rich-text';
import { StatusIcon } from '../../ui/status-chip';

const AnswerDialog = lazy(() => import('./answer-elsewhere').then((part) => ({ default: part.AnswerElsewhere })));

/** Where the same person says the same: one answer may do for all, and two colleagues should not give two. */
export function Elsewhere({ ticket, onOpen }: { ticket: TicketDetail; onOpen: (ticketId: string) => void }) {
  const t = useText();
  const can = useCan();
  const [answering, setAnswering] = useState(false);
  const title = t('repeat.elsewhere', { count: ticket.repeats.length });
  return (
    <section aria-label={title} className="flex flex-col gap-1.5">
      <h3 className="text-xs font-semibold text-muted">{title}</h3>
      <ul>
        {ticket.repeats.map((repeat) => (
          <li key={repeat.conversationId}>
            <Row repeat={repeat} own={repeat.ticketId === ticket.id} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {can('conversations.reply') && (
        <Button size="small" className="self-start" onPress={() => setAnswering(true)}>
          {t('repeat.answer')}
        </Button>
      )}
      <Suspense>{answering && <AnswerDialog ticket={ticket} onClose={() => setAnswering(false)} />}</Suspense>
    </section>
  );
}

interface RowProps {
  repeat: TicketRepeat;
  /** A conversation of this very ticket: its tab is above. */
  own: boolean;
  onOpen: (ticketId: string) => void;
}

function Row({
  repeat: { ticketId, number, status, channel, threadKind, post, at, answered, count },
  own,
  onOpen,
}: RowProps) {
  const t = useText();
  const { formats } = useLanguage();
  const Mark = answered ? Check : Clock;
  return (
    <button
      type="button"
      disabled={own}
      onClick={() => onOpen(ticketId)}
      className="flex min-h-8 w-full min-w-0 flex-col gap-0.5 rounded-md px-1 py-1 text-start enabled:hover:bg-raised"
    >
      <span className="flex w-full min-w-0 items-center gap-1.5">
        <StatusIcon status={status} />
        <Ltr>{`#${number}`}</Ltr>
        <span className="flex min-w-0 flex-1 items-center gap-1 text-muted">
          <ChannelIcon kind={channel.kind} size={12} />
          <PreviewText text={post?.text || t(`kind.${threadKind}`)} />
        </span>
        {count > 1 && <strong className="text-xs">×{formats.number(count)}</strong>}
      </span>
      <span
        className={`flex flex-wrap items-center gap-x-1 text-xs whitespace-nowrap ${answered ? 'text-ok' : 'text-warn'}`}
      >
        <Mark size={12} aria-hidden />
        {t(answered ? 'repeat.answered' : 'repeat.waits')}
        <time dateTime={at} className="text-muted">
          {formats.dateTime(at)}
        </time>
      </span>
    </button>
  );
}
