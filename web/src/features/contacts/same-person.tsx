import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { contactMergesQuery, useUndoMerge, type SaidOfContact } from '../../api/contact-merging';
import { agentsQuery } from '../../api/people';
import { useCan } from '../../api/session';
import type { Contact } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { contactName } from '../../ui/names';
import { refusalText } from '../../ui/refusal';
import { Failed } from '../../ui/states';
import { useTell } from '../../ui/toasts';
import { MergeContactDialog } from './merge-contact-dialog';

/** Who else a customer is: what was put together, the way back, and the way to find more. */
export function SamePerson({ contact, onPage = false }: { contact: Contact; onPage?: boolean }) {
  const t = useText();
  const can = useCan();
  const [finding, setFinding] = useState(false);
  const merged = contact.identities.some(({ mergedFrom }) => mergedFrom);
  return (
    <section aria-label={t('same.title')} className="flex flex-col gap-2">
      <h3 className="text-xs font-semibold text-muted">{t('same.title')}</h3>
      {merged && <Merges contactId={contact.id} />}
      <div className="flex flex-wrap gap-2">
        {can('contacts.write') && (
          <Button size="small" onPress={() => setFinding(true)}>
            {t('same.find')}
          </Button>
        )}
        {!onPage && (
          <Link
            to="/contacts/$id"
            params={{ id: contact.id }}
            className="inline-flex min-h-7 items-center text-[13px] text-brand underline"
          >
            {t('same.page')}
          </Link>
        )}
      </div>
      {finding && <MergeContactDialog contact={contact} onClose={() => setFinding(false)} />}
    </section>
  );
}

function Merges({ contactId }: { contactId: string }) {
  const query = useQuery(contactMergesQuery(contactId));
  if (query.isError && !query.data) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <ul className="flex flex-col gap-1.5">
      {query.data?.map((merge) => (
        <li key={merge.contact.id} className="rounded-md border border-line px-2.5 py-1.5 text-sm">
          <Merge contactId={contactId} merge={merge} />
        </li>
      ))}
    </ul>
  );
}

function Merge({ contactId, merge: { contact, identities, at, by } }: { contactId: string; merge: SaidOfContact }) {
  const t = useText();
  const tell = useTell();
  const can = useCan();
  const { formats } = useLanguage();
  const { data: agents = [] } = useQuery(agentsQuery);
  const undo = useUndoMerge();
  const known = {
    name: contact.name || (identities.find(({ name }) => name)?.name ?? null),
    handle: identities[0]?.handle,
  };
  const name = isolate(contactName(known, t));
  const who = agents.find(({ id }) => id === by.id)?.name;
  return (
    <>
      <p>{t('same.part', { name })}</p>
      <p className="flex flex-wrap items-center gap-x-1.5 text-xs text-muted">
        {identities.map(({ channelKind, handle }, index) => (
          <span key={index} className="flex items-center gap-1">
            <ChannelIcon kind={channelKind} size={12} />
            {handle && <bdi dir="ltr">{handle}</bdi>}
          </span>
        ))}
        <span>{t('same.when', { when: formats.dateTime(at), who: isolate(who ?? t(`actor.${by.kind}`)) })}</span>
      </p>
      {can('contacts.write') && (
        <Button
          size="small"
          className="mt-1"
          isDisabled={undo.isPending}
          aria-label={t('same.undo_of', { name })}
          onPress={() =>
            undo.mutate(
              { id: contactId, otherId: contact.id },
              {
                onSuccess: () => tell.info(t('same.undone', { name })),
                onError: (error) => tell.error(refusalText(error, t)),
              },
            )
          }
        >
          {t('same.undo')}
        </Button>
      )}
    </>
  );
}
