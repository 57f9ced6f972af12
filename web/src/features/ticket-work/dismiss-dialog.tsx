import { DISMISSALS, useTicketWork, work } from '../../api/ticket-work';
import type { TicketDetail } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { Dialog } from '../../ui/dialog';
import { Problem } from '../../ui/problem';
import { refusalText } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';

/** Solved without an answer, and why; the way back is offered at once. */
export function DismissDialog({ ticket, onClose }: { ticket: TicketDetail; onClose: () => void }) {
  const t = useText();
  const tell = useTell();
  const { mutate, mutateAsync, error, isPending } = useTicketWork(ticket.id);
  // The dialog is gone by then: only a promise still answers.
  const undo = () =>
    void mutateAsync(work.undismiss()).catch((refusal: unknown) => tell.error(refusalText(refusal, t)));
  return (
    <Dialog title={t('dismiss.title')} isOpen onClose={onClose}>
      <div className="flex flex-col gap-3">
        <p className="text-sm text-muted">{t('dismiss.hint')}</p>
        <ul className="flex flex-col gap-1">
          {DISMISSALS.map((reason) => (
            <li key={reason}>
              <button
                type="button"
                disabled={isPending}
                onClick={() =>
                  mutate(work.dismiss(reason), {
                    onSuccess: () => {
                      onClose();
                      tell.info(t('dismiss.done', { number: String(ticket.number) }), {
                        label: t('work.undo'),
                        go: undo,
                      });
                    },
                  })
                }
                className="min-h-9 w-full rounded-md border border-line px-3 text-start text-sm hover:border-line-strong disabled:opacity-50"
              >
                {t(`dismiss.${reason}`)}
              </button>
            </li>
          ))}
        </ul>
        <Problem error={error} />
      </div>
    </Dialog>
  );
}
