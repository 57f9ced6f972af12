import { useInfiniteQuery } from '@tanstack/react-query';
import { useId, useState, type SubmitEvent } from 'react';
import { inOrder, messagesQuery } from '../../api/messages';
import { useSplit } from '../../api/ticket-work';
import type { TicketDetail } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { PreviewText } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';
import { useTell } from '../../ui/toasts';

export interface SplitDialogProps {
  ticket: TicketDetail;
  conversationId: string;
  onClose: () => void;
  onOpen: (ticketId: string) => void;
}

/** From one message of the customer on a ticket of its own. */
export function SplitDialog({ ticket, conversationId, onClose, onOpen }: SplitDialogProps) {
  const t = useText();
  const tell = useTell();
  const { formats } = useLanguage();
  const group = useId();
  const query = useInfiniteQuery(messagesQuery(conversationId));
  const [from, setFrom] = useState('');
  const [subject, setSubject] = useState('');
  const split = useSplit(ticket.id);
  // The first words stay: a ticket without any would be none.
  const said = inOrder(query.data)
    .filter(({ ticketId, direction }) => ticketId === ticket.id && direction === 'in')
    .slice(1);
  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (!from) return;
    split.mutate(
      { fromMessageId: from, ...(subject.trim() ? { subject: subject.trim() } : {}) },
      {
        onSuccess: (made) => {
          onClose();
          tell.info(t('split.done', { number: String(made.number) }), {
            label: t('strip.open'),
            go: () => onOpen(made.id),
          });
        },
      },
    );
  }
  return (
    <Dialog title={t('split.title', { number: String(ticket.number) })} isOpen onClose={onClose}>
      {query.isPending && <Skeleton rows={3} height="h-9" />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && said.length === 0 && <p className="text-muted">{t('split.nothing')}</p>}
      {said.length > 0 && (
        <form onSubmit={submit} className="flex flex-col gap-4">
          <fieldset className="min-w-0">
            <legend className="mb-1 text-sm font-medium">{t('split.from')}</legend>
            <div className="flex max-h-64 flex-col overflow-auto rounded-md border border-line">
              {said.map(({ id, text, networkAt }) => (
                <label
                  key={id}
                  className="flex items-center gap-2 border-b border-line px-3 py-2 text-sm last:border-b-0"
                >
                  <input
                    type="radio"
                    name={group}
                    checked={from === id}
                    onChange={() => setFrom(id)}
                    className="accent-brand"
                  />
                  <PreviewText text={text || t('preview.kind.message')} />
                  <time dateTime={networkAt} className="shrink-0 text-xs text-muted">
                    {formats.shortDate(networkAt)} {formats.time(networkAt)}
                  </time>
                </label>
              ))}
            </div>
          </fieldset>
          <TextField
            label={t('split.subject')}
            help={t('split.subject_help')}
            value={subject}
            onChange={(event) => setSubject(event.target.value)}
            maxLength={200}
            dir="auto"
          />
          <Problem error={split.error} />
          <div className="flex justify-end gap-2">
            <Button onPress={onClose}>{t('common.cancel')}</Button>
            <Button type="submit" tone="brand" isDisabled={!from || split.isPending}>
              {t('split.go')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
