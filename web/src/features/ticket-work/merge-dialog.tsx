import { useState } from 'react';
import { useMerge, useTicketWork, work } from '../../api/ticket-work';
import type { Ticket, TicketDetail } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { contactName } from '../../ui/names';
import { Problem } from '../../ui/problem';
import { refusalText } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';
import { TicketFinder } from './ticket-finder';

export interface MergeDialogProps {
  ticket: TicketDetail;
  onClose: () => void;
  onOpen: (ticketId: string) => void;
}

/** The work of this ticket goes on in another one, which is chosen and confirmed. The way back stays for a while. */
export function MergeDialog({ ticket, onClose, onOpen }: MergeDialogProps) {
  const t = useText();
  const tell = useTell();
  const [into, setInto] = useState<Ticket | null>(null);
  const merge = useMerge(ticket.id);
  const { mutateAsync: undo } = useTicketWork(ticket.id);
  const stranger = into !== null && into.contact.id !== ticket.contact.id;

  function go(target: Ticket) {
    merge.mutate(
      { into: target.id, differentContacts: stranger },
      {
        onSuccess: () => {
          onClose();
          onOpen(target.id);
          tell.info(t('merge.done', { from: String(ticket.number), into: String(target.number) }), {
            label: t('work.undo'),
            // The dialog is gone by then: only a promise still answers.
            go: () =>
              void undo(work.unmerge()).then(
                () => onOpen(ticket.id),
                (error: unknown) => tell.error(refusalText(error, t)),
              ),
          });
        },
      },
    );
  }

  return (
    <Dialog title={t('merge.title', { number: String(ticket.number) })} isOpen onClose={onClose}>
      {into ? (
        <div className="flex flex-col gap-4">
          <p>
            {t('merge.confirm', {
              from: String(ticket.number),
              into: String(into.number),
              name: isolate(contactName(into.contact, t)),
            })}
          </p>
          {stranger && (
            <p className="rounded-md border border-warn/50 bg-warn-soft px-3 py-1.5 text-sm">
              {t('merge.strangers', {
                one: isolate(contactName(ticket.contact, t)),
                other: isolate(contactName(into.contact, t)),
              })}
            </p>
          )}
          <Problem error={merge.error} />
          <div className="flex justify-end gap-2">
            <Button
              onPress={() => {
                merge.reset();
                setInto(null);
              }}
            >
              {t('merge.other')}
            </Button>
            <Button tone="brand" isDisabled={merge.isPending} onPress={() => go(into)}>
              {t('merge.go')}
            </Button>
          </div>
        </div>
      ) : (
        <TicketFinder exceptId={ticket.id} onChoose={setInto} />
      )}
    </Dialog>
  );
}
