import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useRef, useState } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { foundQuery } from '../../api/ticket-work';
import type { Ticket } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { latinDigits } from '../../lib/text';
import { TextField } from '../../ui/field';
import { finderKeys } from '../../ui/finder-keys';
import { contactName } from '../../ui/names';
import { Ltr } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';
import { StatusChip } from '../../ui/status-chip';
import { subjectLine } from '../../ui/ticket-preview';

export interface TicketFinderProps {
  /** Not to be chosen: the ticket this is for. */
  exceptId: string;
  onChoose: (ticket: Ticket) => void;
}

/** Finds another ticket by its number or by words. */
export function TicketFinder({ exceptId, onChoose }: TicketFinderProps) {
  const t = useText();
  const list = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState('');
  const wanted = useDeferredValue(latinDigits(typed.trim().replace(/^#/, '')));
  const query = useQuery(foundQuery(wanted));
  const found = (query.data ?? []).filter(({ id }) => id !== exceptId);
  return (
    <div className="flex flex-col gap-3">
      <TextField
        label={t('finder.label')}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        dir="auto"
        autoFocus
        onKeyDown={finderKeys(list, () => found[0] && onChoose(found[0]))}
      />
      {wanted !== '' && query.isPending && <Skeleton rows={2} height="h-9" />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <ListBox
          ref={list}
          aria-label={t('finder.found')}
          items={found}
          selectionMode="none"
          onAction={(key) => {
            const ticket = found.find(({ id }) => id === key);
            if (ticket) onChoose(ticket);
          }}
          renderEmptyState={() => <p className="p-3 text-muted">{t('finder.none')}</p>}
          className="max-h-72 overflow-auto rounded-md border border-line outline-none"
        >
          {(ticket) => (
            <ListBoxItem
              id={ticket.id}
              textValue={`#${ticket.number}`}
              className="flex cursor-default flex-col gap-0.5 px-3 py-2 outline-none focus:bg-brand-soft"
            >
              <span className="flex items-center gap-2">
                <Ltr>{`#${ticket.number}`}</Ltr>
                <bdi className="truncate font-medium">{contactName(ticket.contact, t)}</bdi>
                <span className="ms-auto">
                  <StatusChip status={ticket.status} />
                </span>
              </span>
              <bdi className="truncate text-xs text-muted">{subjectLine(ticket, t)}</bdi>
            </ListBoxItem>
          )}
        </ListBox>
      )}
    </div>
  );
}
