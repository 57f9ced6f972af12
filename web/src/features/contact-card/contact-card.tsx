import { useQuery } from '@tanstack/react-query';
import { Cloud, CloudAlert, CloudCheck, CloudOff, ExternalLink } from 'lucide-react';
import { contactQuery } from '../../api/people';
import type { Contact, Ticket } from '../../api/types';
import { deskPart } from '../../i18n/desk-texts';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { Avatar } from '../../ui/avatar';
import { ChannelIcon } from '../../ui/channel-mark';
import { contactName } from '../../ui/names';
import { inOurLanguage } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';
import { StatusChip } from '../../ui/status-chip';
import { TicketPreview } from '../../ui/ticket-preview';

const SamePerson = deskPart(() => import('../contacts/same-person').then((part) => part.SamePerson));

export interface ContactCardProps {
  contactId: string;
  openTicketId: string;
  onOpen: (ticketId: string) => void;
}

/** Who is speaking: identities, the record in the CRM, earlier tickets. */
export function ContactCard({ contactId, openTicketId, onOpen }: ContactCardProps) {
  const t = useText();
  const query = useQuery(contactQuery(contactId));
  if (query.isPending) return <Skeleton rows={4} />;
  if (query.isError && !query.data) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  const contact = query.data;
  const known = {
    name: contact.name || (contact.identities.find((identity) => identity.name)?.name ?? null),
    handle: contact.identities.find((identity) => identity.handle)?.handle,
  };
  const name = contactName(known, t);
  const earlier = contact.tickets.filter(({ id }) => id !== openTicketId);
  return (
    <div className="flex flex-col gap-5 p-4">
      <header className="flex items-center gap-3">
        <Avatar
          name={known.name || known.handle || ''}
          url={contact.tickets.find(({ contact: { avatarUrl } }) => avatarUrl)?.contact.avatarUrl}
          size="size-11"
        />
        <h2 className="min-w-0 text-base leading-snug font-bold">
          <span className="sr-only">{t('contact.title')} </span>
          <bdi>{name}</bdi>
        </h2>
      </header>
      <Reach contact={contact} />
      {contact.crm && <Crm crm={contact.crm} />}
      <section aria-labelledby="identities" className="flex flex-col gap-2">
        <h3 id="identities" className="text-xs font-semibold text-muted">
          {t('contact.identities')}
        </h3>
        <ul className="flex flex-col gap-1.5">
          {contact.identities.map((identity) => (
            <li key={identity.id} className="flex items-center gap-2">
              <ChannelIcon kind={identity.channel.kind} />
              <IdentityName identity={identity} />
              <bdi className="ms-auto truncate text-xs text-muted">{identity.channel.name}</bdi>
            </li>
          ))}
        </ul>
      </section>
      <SamePerson contact={contact} onPage={openTicketId === ''} />
      <section aria-labelledby="earlier" className="flex flex-col gap-2">
        <h3 id="earlier" className="text-xs font-semibold text-muted">
          {t('contact.earlier')}
        </h3>
        {earlier.length === 0 && <p className="text-sm text-muted">{t('contact.first_time')}</p>}
        <ul className="flex flex-col gap-2">
          {earlier.map((ticket) => (
            <li key={ticket.id}>
              <EarlierTicket ticket={ticket} onOpen={onOpen} />
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function IdentityName({
  identity: { handle, name, externalId, channel },
}: {
  identity: Contact['identities'][number];
}) {
  const t = useText();
  // We made up the id of a visitor whom the site did not identify: it names nobody.
  const id = channel.kind === 'webchat' && externalId.startsWith('visitor:') ? '' : externalId;
  return (
    <span dir={handle || (!name && id) ? 'ltr' : 'auto'} className="truncate">
      {handle || name || id || t('contact.unnamed')}
    </span>
  );
}

function Reach({ contact }: { contact: Contact }) {
  const t = useText();
  if (!contact.phone && !contact.email) return null;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-sm">
      {contact.phone && (
        <>
          <dt className="text-muted">{t('contact.phone')}</dt>
          <dd className="truncate">
            <a href={`tel:${contact.phone}`} className="hover:underline">
              <Ltr>{contact.phone}</Ltr>
            </a>
          </dd>
        </>
      )}
      {contact.email && (
        <>
          <dt className="text-muted">{t('contact.email')}</dt>
          <dd className="truncate">
            <Ltr>{contact.email}</Ltr>
          </dd>
        </>
      )}
    </dl>
  );
}

const CRM_LOOKS = {
  linked: { Icon: CloudCheck, colour: 'text-ok' },
  unlinked: { Icon: Cloud, colour: 'text-muted' },
  ambiguous: { Icon: CloudAlert, colour: 'text-warn' },
  none: { Icon: CloudOff, colour: 'text-muted' },
} as const;

const METHODS = ['manual', 'phone', 'email', 'handle'] as const;

function Crm({ crm }: { crm: NonNullable<Contact['crm']> }) {
  const t = useText();
  const { formats } = useLanguage();
  const { Icon, colour } = CRM_LOOKS[crm.state];
  const method = METHODS.find((name) => name === crm.method);
  const trouble = crm.trouble && inOurLanguage(crm.trouble.words, crm.trouble.message || crm.trouble.code);
  return (
    <section aria-labelledby="crm" className="flex flex-col gap-1.5 rounded-lg border border-line bg-raised p-3">
      <h3 id="crm" className="text-xs font-semibold text-muted">
        {t('crm.title')}
      </h3>
      <p className={`flex items-center gap-2 font-medium ${colour}`}>
        <Icon size={17} aria-hidden />
        {t(`crm.state.${crm.state}`)}
        {method && <span className="text-xs font-normal text-muted">{t(`crm.method.${method}`)}</span>}
      </p>
      {crm.url && (
        <a
          href={crm.url}
          target="_blank"
          rel="noopener noreferrer"
          className="flex w-fit items-center gap-1 text-sm text-public underline"
        >
          <ExternalLink size={14} aria-hidden className="icon-directional" />
          {t('crm.open', { type: crm.matchedType ?? '' })}
        </a>
      )}
      {crm.pending > 0 && <p className="text-xs text-muted">{t('crm.pending', { count: crm.pending })}</p>}
      {crm.syncedAt && (
        <p className="text-xs text-muted">{t('crm.synced', { when: formats.ago(crm.syncedAt, serverNow()) })}</p>
      )}
      {trouble && (
        <p className="text-xs text-danger">
          <bdi>{trouble}</bdi>
        </p>
      )}
    </section>
  );
}

function EarlierTicket({ ticket, onOpen }: { ticket: Ticket; onOpen: (ticketId: string) => void }) {
  const { formats } = useLanguage();
  return (
    <button
      type="button"
      onClick={() => onOpen(ticket.id)}
      className="flex w-full flex-col gap-0.5 rounded-md border border-line px-3 py-2 text-start hover:border-line-strong"
    >
      <span className="flex items-center gap-2 text-xs text-muted">
        <ChannelIcon kind={ticket.channel.kind} size={12} />
        <Ltr>{`#${ticket.number}`}</Ltr>
        <StatusChip status={ticket.status} />
        <time dateTime={ticket.lastMessageAt} className="ms-auto">
          {formats.shortDate(ticket.lastMessageAt)}
        </time>
      </span>
      <span className="flex w-full">
        <TicketPreview ticket={ticket} />
      </span>
    </button>
  );
}
