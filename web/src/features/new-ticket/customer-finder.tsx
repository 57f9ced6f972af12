import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useRef, useState } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { customersQuery, type FoundContact } from '../../api/new-ticket';
import { useText } from '../../i18n/use-text';
import { latinDigits } from '../../lib/text';
import { TextField } from '../../ui/field';
import { finderKeys } from '../../ui/finder-keys';
import { contactName } from '../../ui/names';
import { Ltr } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';

/** Finds a customer by the beginning of what is known of them. */
export function CustomerFinder({
  onChoose,
}: {
  onChoose: (contact: FoundContact & { handle: string | null }) => void;
}) {
  const t = useText();
  const list = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState('');
  const wanted = useDeferredValue(latinDigits(typed.trim()));
  const query = useQuery(customersQuery(wanted));
  const found = query.data ?? [];
  return (
    <div className="flex flex-col gap-3">
      <TextField
        label={t('fresh.find')}
        help={t('fresh.find_help')}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        maxLength={100}
        dir="auto"
        autoFocus
        onKeyDown={finderKeys(list, () => found[0] && onChoose({ ...found[0], handle: null }))}
      />
      {wanted !== '' && query.isPending && <Skeleton rows={2} height="h-9" />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <ListBox
          ref={list}
          aria-label={t('fresh.found')}
          items={found}
          selectionMode="none"
          onAction={(key) => {
            const contact = found.find(({ id }) => id === key);
            if (contact) onChoose({ ...contact, handle: null });
          }}
          renderEmptyState={() => <p className="p-3 text-muted">{t('fresh.nobody')}</p>}
          className="max-h-72 overflow-auto rounded-md border border-line outline-none"
        >
          {(contact) => (
            <ListBoxItem
              id={contact.id}
              textValue={contactName({ name: contact.name }, t)}
              className="flex cursor-default flex-wrap items-baseline gap-x-3 px-3 py-2 outline-none focus:bg-brand-soft"
            >
              <bdi className="font-medium">{contactName({ name: contact.name }, t)}</bdi>
              {[contact.email, contact.phone].map(
                (reach) =>
                  reach && (
                    <span key={reach} className="text-xs text-muted">
                      <Ltr>{reach}</Ltr>
                    </span>
                  ),
              )}
            </ListBoxItem>
          )}
        </ListBox>
      )}
    </div>
  );
}
