import { useQuery } from '@tanstack/react-query';
import { assignmentsQuery } from '../../api/routing';
import type { TicketDetail } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { Dialog } from '../../ui/dialog';
import { useDuration } from '../../ui/duration';
import { Loaded } from '../../ui/page';
import { assignmentText, reasonsOf } from './assignment-text';

/** How a ticket came to whom, and why, the newest first. */
export function AssignmentsDialog({ ticket, onClose }: { ticket: TicketDetail; onClose: () => void }) {
  const t = useText();
  const { formats } = useLanguage();
  const duration = useDuration();
  const query = useQuery(assignmentsQuery(ticket.id));
  return (
    <Dialog title={t('whose.title')} isOpen onClose={onClose}>
      <Loaded query={query}>
        {(steps) =>
          steps.length === 0 ? (
            <p className="text-muted">{t('whose.none')}</p>
          ) : (
            <ol className="flex max-h-[60vh] flex-col gap-3 overflow-auto">
              {steps.toReversed().map((step) => (
                <li key={step.position} className="border-s-2 border-line ps-3 text-sm">
                  <p>{assignmentText(step, t)}</p>
                  <p className="text-xs text-muted">
                    {reasonsOf(step, t, { duration, number: formats.number }).join(' · ')}
                  </p>
                  <time dateTime={step.at} className="text-xs text-muted">
                    {formats.dateTime(step.at)}
                  </time>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </Dialog>
  );
}
