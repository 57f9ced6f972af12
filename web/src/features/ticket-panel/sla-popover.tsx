import { CirclePause, Timer } from 'lucide-react';
import type { TicketDetail } from '../../api/types';
import { deskPart } from '../../i18n/desk-texts';
import { useText } from '../../i18n/use-text';
import { DetailsPopover } from '../../ui/dialog';
import { DueMark } from '../../ui/due-mark';
import { Skeleton } from '../../ui/states';

const Clocks = deskPart(() => import('../ticket-work/clocks').then((part) => part.Clocks), <Skeleton rows={2} />);

/** The next due time; opened, every clock with the minutes that counted and why. */
export function SlaPopover({ ticket }: { ticket: TicketDetail }) {
  const t = useText();
  const waits = ticket.status === 'pending' || ticket.status === 'on_hold';
  const Icon = waits ? CirclePause : Timer;
  return (
    <DetailsPopover
      label={t('sla.label')}
      size="small"
      tone="quiet"
      trigger={
        <>
          <span className="sr-only">{t('sla.label')}</span>
          {ticket.dueAt ? <DueMark dueAt={ticket.dueAt} /> : <Icon size={16} aria-hidden />}
        </>
      }
    >
      <Clocks ticketId={ticket.id} />
    </DetailsPopover>
  );
}
