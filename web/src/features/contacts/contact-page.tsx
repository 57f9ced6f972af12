import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { contactQuery } from '../../api/people';
import { useCan } from '../../api/session';
import type { Contact } from '../../api/types';
import { deskPart } from '../../i18n/desk-texts';
import { useText } from '../../i18n/use-text';
import { contactName } from '../../ui/names';
import { Dialog } from '../../ui/dialog';
import { PaneBoundary } from '../../ui/pane-boundary';
import { Empty, Failed, Skeleton } from '../../ui/states';
import { ContactCard } from '../contact-card/contact-card';
import { ContactComparison } from './contact-comparison';
import { Suggestions } from './merge-contact-dialog';

/** A customer on a page of their own: the card, and who may be the same person. */
export function ContactPage() {
  const t = useText();
  const can = useCan();
  const { id } = useParams({ from: '/signed-in/contacts/$id' });
  const navigate = useNavigate();
  const query = useQuery({ ...contactQuery(id), enabled: can('contacts.read') });
  const title = query.data ? contactName(query.data, t) : t('contact.title');
  useEffect(() => {
    document.title = `${title} · ${t('app.name')}`;
  }, [t, title]);
  return (
    <main className="min-h-0 min-w-0 flex-1 overflow-auto p-6 max-[899px]:p-3">
      <h1 className="sr-only">{title}</h1>
      <div className="mx-auto grid max-w-5xl items-start gap-5 min-[900px]:grid-cols-2">
        {!can('contacts.read') ? (
          <Empty title={t('page.no_access')} />
        ) : query.data ? (
          <>
            <div className="min-w-0 rounded-lg border border-line bg-surface">
              <PaneBoundary subject={id}>
                <ContactCard
                  contactId={id}
                  openTicketId=""
                  onOpen={(ticket) =>
                    void navigate({ to: '/inbox/$view', params: { view: 'all' }, search: { ticket } })
                  }
                />
              </PaneBoundary>
            </div>
            <Duplicates key={id} contact={query.data} />
          </>
        ) : query.isError ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton rows={4} />
        )}
      </div>
    </main>
  );
}

const Duplicates = deskPart<{ contact: Contact }>(() => Promise.resolve(DuplicatesOf), <Skeleton rows={2} />);

function DuplicatesOf({ contact }: { contact: Contact }) {
  const t = useText();
  const can = useCan();
  const [otherId, setOtherId] = useState<string | null>(null);
  if (contact.mergedInto)
    return (
      <p role="status" className="rounded-lg border border-line bg-surface p-4">
        {t('same.gone')}{' '}
        <Link to="/contacts/$id" params={{ id: contact.mergedInto }} className="text-brand underline">
          {t('same.go_there')}
        </Link>
      </p>
    );
  if (!can('contacts.write')) return null;
  return (
    <div className="min-w-0 rounded-lg border border-line bg-surface p-4">
      <Suggestions contactId={contact.id} onChoose={setOtherId} />
      {otherId && (
        <Dialog title={t('same.dialog')} isOpen onClose={() => setOtherId(null)} wide>
          <ContactComparison
            oneId={contact.id}
            otherId={otherId}
            onBack={() => setOtherId(null)}
            onDone={() => setOtherId(null)}
          />
        </Dialog>
      )}
    </div>
  );
}
