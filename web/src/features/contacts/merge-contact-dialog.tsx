import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { duplicatesQuery, type Duplicate } from '../../api/contact-merging';
import type { Contact } from '../../api/types';
import { useCan } from '../../api/session';
import { useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { Dialog } from '../../ui/dialog';
import { contactName } from '../../ui/names';
import { Ltr } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';
import { CustomerFinder } from '../new-ticket/customer-finder';
import { ContactComparison } from './contact-comparison';
import { ToldApart, useNotSame } from './told-apart';

/** Finds who is the same person, puts the two side by side and makes them one. */
export function MergeContactDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const t = useText();
  const [otherId, setOtherId] = useState<string | null>(null);
  return (
    <Dialog title={t('same.dialog')} isOpen onClose={onClose} wide>
      {otherId ? (
        <ContactComparison oneId={contact.id} otherId={otherId} onBack={() => setOtherId(null)} onDone={onClose} />
      ) : (
        <div className="flex flex-col gap-5">
          <Suggestions contactId={contact.id} onChoose={setOtherId} />
          <section className="flex flex-col gap-2">
            <h3 className="text-sm font-semibold">{t('same.search')}</h3>
            <CustomerFinder onChoose={({ id }) => setOtherId(id)} />
          </section>
        </div>
      )}
    </Dialog>
  );
}

/** Who may be the same person, and what speaks for it. */
export function Suggestions({ contactId, onChoose }: { contactId: string; onChoose: (id: string) => void }) {
  const t = useText();
  const query = useQuery(duplicatesQuery(contactId));
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">{t('same.suggested')}</h3>
      {query.isPending && <Skeleton rows={2} height="h-12" />}
      {query.isError && !query.data && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <p className="text-sm text-muted">{t('same.nobody')}</p>}
      {query.data && query.data.length > 0 && (
        <ul className="flex flex-col gap-1.5">
          {query.data.map((duplicate) => (
            <li key={duplicate.id}>
              <SuggestionRow contactId={contactId} duplicate={duplicate} onChoose={() => onChoose(duplicate.id)} />
            </li>
          ))}
        </ul>
      )}
      <ToldApart contactId={contactId} />
    </section>
  );
}

function SuggestionRow({
  contactId,
  duplicate: { id, name, email, phone, identities, reasons },
  onChoose,
}: {
  contactId: string;
  duplicate: Duplicate;
  onChoose: () => void;
}) {
  const t = useText();
  const can = useCan();
  const notSame = useNotSame(contactId);
  const known = {
    name: name || (identities.find((identity) => identity.name)?.name ?? null),
    handle: identities.find(({ handle }) => handle)?.handle,
  };
  const called = contactName(known, t);
  return (
    <div className="flex flex-wrap items-center gap-2 rounded-md border border-line pe-2 hover:border-line-strong">
      <button
        type="button"
        onClick={onChoose}
        className="flex min-h-12 min-w-0 flex-1 basis-64 flex-wrap items-center gap-x-3 gap-y-1 rounded-md px-3 py-2 text-start text-sm hover:bg-raised"
      >
        <span className="flex min-w-0 flex-1 basis-52 flex-col gap-0.5">
          <span className="truncate font-medium">
            <bdi>{called}</bdi>
          </span>
          <span className="flex flex-wrap gap-x-3 text-xs text-muted">
            {identities.slice(0, 3).map(({ channel, handle, externalId }) => (
              <span key={`${channel.id} ${externalId}`} className="flex items-center gap-1">
                <ChannelIcon kind={channel.kind} size={12} />
                <bdi>{handle || channel.name}</bdi>
              </span>
            ))}
            {[phone, email].map((reach) => reach && <Ltr key={reach}>{reach}</Ltr>)}
          </span>
        </span>
        <span className="flex flex-wrap gap-1">
          {reasons.map((reason) => (
            <span key={reason} className="rounded-full bg-brand-soft px-2 py-0.5 text-xs text-brand">
              {t(`same.reason.${reason}`)}
            </span>
          ))}
        </span>
      </button>
      {can('contacts.write') && (
        <Button
          size="small"
          className="my-1.5"
          isDisabled={notSame.isPending}
          aria-label={t('same.not_of', { name: isolate(called) })}
          onPress={() => notSame.say(id, isolate(called))}
        >
          {t('same.not')}
        </Button>
      )}
    </div>
  );
}
