import { useState } from 'react';
import { useTicketWork, work } from '../../api/ticket-work';
import type { LinkKind, Ticket, TicketDetail } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { Dialog } from '../../ui/dialog';
import { SelectField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { TicketFinder } from './ticket-finder';

const WAYS = ['related', 'duplicate', 'causes', 'parent'] as const;

/** Ties this ticket to another one, or puts it under an incident. */
export function LinkDialog({ ticket, onClose }: { ticket: TicketDetail; onClose: () => void }) {
  const t = useText();
  const [how, setHow] = useState<LinkKind | 'parent'>('related');
  const { mutate, error } = useTicketWork(ticket.id);
  const choose = (other: Ticket) =>
    mutate(how === 'parent' ? work.setParent(other.id) : work.link(other.id, how), { onSuccess: onClose });
  return (
    <Dialog title={t('relation.add')} isOpen onClose={onClose}>
      <div className="flex flex-col gap-4">
        <SelectField
          label={t('relation.how')}
          value={how}
          onChange={(event) => setHow(WAYS.find((way) => way === event.target.value) ?? 'related')}
        >
          {WAYS.map((way) => (
            <option key={way} value={way}>
              {t(`relation.way_${way}`)}
            </option>
          ))}
        </SelectField>
        <Problem error={error} />
        <TicketFinder exceptId={ticket.id} onChoose={choose} />
      </div>
    </Dialog>
  );
}
