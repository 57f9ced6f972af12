import { useQuery } from '@tanstack/react-query';
import { ArrowLeftRight, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { mergePreviewQuery, useMergeContacts, useUndoMerge, type MergePreview } from '../../api/contact-merging';
import { contactQuery } from '../../api/people';
import type { Contact } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { contactName } from '../../ui/names';
import { Problem } from '../../ui/problem';
import { refusalText } from '../../ui/refusal';
import { Ltr, PreviewText } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';
import { subjectLine } from '../../ui/ticket-preview';
import { useTell } from '../../ui/toasts';
import { useNotSame, useSaid } from './told-apart';

export interface ContactComparisonProps {
  /** The one the reader came from. */
  oneId: string;
  otherId: string;
  onBack: () => void;
  onDone: () => void;
}

const nameOf = ({ name, identities }: Contact) => ({
  name: name || (identities.find((identity) => identity.name)?.name ?? null),
  handle: identities.find(({ handle }) => handle)?.handle,
});

/** Two customers side by side, what merging them would do, and the merge with its way back. */
export function ContactComparison({ oneId, otherId, onBack, onDone }: ContactComparisonProps) {
  const one = useQuery(contactQuery(oneId));
  const other = useQuery(contactQuery(otherId));
  const failed = [one, other].find(({ isError, data }) => isError && !data);
  if (failed) return <Failed error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!one.data || !other.data) return <Skeleton rows={3} />;
  return <Comparison one={one.data} other={other.data} onBack={onBack} onDone={onDone} />;
}

interface ComparisonProps {
  one: Contact;
  other: Contact;
  onBack: () => void;
  onDone: () => void;
}

function Comparison({ one, other, onBack, onDone }: ComparisonProps) {
  const t = useText();
  const tell = useTell();
  const [swapped, setSwapped] = useState(false);
  const [stays, goes] = swapped ? [other, one] : [one, other];
  const preview = useQuery(mergePreviewQuery(stays.id, goes.id));
  const merge = useMergeContacts();
  const { mutateAsync: undo } = useUndoMerge();
  const said = useSaid();
  const names = { stays: isolate(contactName(nameOf(stays), t)), goes: isolate(contactName(nameOf(goes), t)) };

  const toldApart = preview.data?.toldApart ?? null;
  const notSame = useNotSame(one.id);

  function go() {
    const pair = { id: stays.id, otherId: goes.id };
    merge.mutate(toldApart ? { ...pair, evenToldApart: true } : pair, {
      onSuccess: () => {
        onDone();
        tell.info(t('same.merged', names), {
          label: t('work.undo'),
          // The dialog is gone by then: only a promise still answers.
          go: () =>
            void undo(pair).then(
              () => tell.info(t('same.undone', { name: names.goes })),
              (error: unknown) => tell.error(refusalText(error, t)),
            ),
        });
      },
    });
  }

  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-3 sm:grid-cols-2">
        <Side contact={stays} label={t('same.stays')} differing={preview.data?.differing ?? []} />
        <Side contact={goes} label={t('same.goes')} differing={preview.data?.differing ?? []} />
      </div>
      <Button size="small" className="self-center" onPress={() => setSwapped(!swapped)}>
        <ArrowLeftRight size={14} aria-hidden />
        {t('same.swap')}
      </Button>
      {preview.isError && !preview.data ? (
        <Failed error={preview.error} onRetry={() => void preview.refetch()} />
      ) : preview.data ? (
        <Effects preview={preview.data} names={names} twoRecords={haveTwoRecords(stays, goes)} />
      ) : (
        <Skeleton rows={1} />
      )}
      {toldApart && (
        <p
          role="status"
          className="flex items-start gap-2 rounded-md border border-warn/50 bg-warn-soft px-3 py-1.5 text-sm"
        >
          <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-warn" />
          {t('same.were_apart', { said: said(toldApart) })}
        </p>
      )}
      <Problem error={merge.error} />
      <div className="flex flex-wrap justify-end gap-2">
        {!toldApart && (
          <Button
            isDisabled={notSame.isPending || !preview.data}
            onPress={() => {
              notSame.say(other.id, isolate(contactName(nameOf(other), t)));
              onBack();
            }}
          >
            {t('same.not')}
          </Button>
        )}
        <Button onPress={onBack}>{t('same.another')}</Button>
        <Button tone="brand" isDisabled={merge.isPending || !preview.data} onPress={go}>
          {t(toldApart ? 'same.merge_even_so' : 'same.merge')}
        </Button>
      </div>
    </div>
  );
}

const haveTwoRecords = ({ crm: one }: Contact, { crm: other }: Contact): boolean =>
  Boolean(one?.matchedId && other?.matchedId && one.matchedId !== other.matchedId);

const ROWS = ['phone', 'email', 'tier'] as const;

function Side({ contact, label, differing }: { contact: Contact; label: string; differing: readonly string[] }) {
  const t = useText();
  const { formats } = useLanguage();
  const [latest] = contact.tickets;
  return (
    <section aria-label={label} className="flex min-w-0 flex-col gap-2 rounded-lg border border-line p-3 text-sm">
      <p className="text-xs font-semibold text-muted">{label}</p>
      <h3 className="text-base font-bold">
        <bdi>{contactName(nameOf(contact), t)}</bdi>
      </h3>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1">
        {ROWS.map((field) => (
          <div key={field} className="contents">
            <dt className="text-muted">{t(`same.field.${field}`)}</dt>
            <dd className={`break-words ${differing.includes(field) ? 'font-semibold text-warn' : ''}`}>
              {contact[field] ? <Ltr>{contact[field]}</Ltr> : '–'}
            </dd>
          </div>
        ))}
        {contact.crm && (
          <>
            <dt className="text-muted">{t('same.crm')}</dt>
            <dd>
              {contact.crm.url && contact.crm.matchedType ? (
                <a href={contact.crm.url} target="_blank" rel="noopener noreferrer" className="text-public underline">
                  {contact.crm.matchedType}
                </a>
              ) : (
                t(`crm.state.${contact.crm.state}`)
              )}
            </dd>
          </>
        )}
      </dl>
      <ul aria-label={t('contact.identities')} className="flex flex-col gap-1">
        {contact.identities.map(({ id, channel, handle, name, externalId }) => (
          <li key={id} className="flex min-w-0 items-center gap-2">
            <ChannelIcon kind={channel.kind} />
            <span dir="auto" className="truncate">
              {handle || name || externalId}
            </span>
            <bdi className="ms-auto truncate text-xs text-muted">{channel.name}</bdi>
          </li>
        ))}
      </ul>
      <div className="mt-auto rounded-md bg-raised px-2.5 py-1.5 text-xs">
        {latest ? (
          <>
            <p className="text-muted">{t('same.last', { when: formats.dateTime(latest.lastMessageAt) })}</p>
            <p className="flex min-w-0">
              <PreviewText text={subjectLine(latest, t)} />
            </p>
          </>
        ) : (
          <p className="text-muted">{t('same.no_ticket')}</p>
        )}
      </div>
    </section>
  );
}

interface EffectsProps {
  preview: MergePreview;
  names: { stays: string; goes: string };
  twoRecords: boolean;
}

/** What will happen, in sentences. */
function Effects({ preview: { moves, filled, differing, after }, names, twoRecords }: EffectsProps) {
  const t = useText();
  return (
    <section aria-labelledby="merge-effects" className="flex flex-col gap-1.5 rounded-lg bg-raised p-3 text-sm">
      <h3 id="merge-effects" className="font-semibold">
        {t('same.effects')}
      </h3>
      <ul className="flex list-disc flex-col gap-1 ps-5">
        <li>
          {t('same.moves', {
            ...names,
            conversations: moves.conversations,
            tickets: moves.tickets,
            open: moves.openTickets,
          })}
        </li>
        {filled.map((field) => (
          <li key={field}>
            {t('same.fills', { ...names, field: t(`same.field.${field}`), value: isolate(after[field] ?? '') })}
          </li>
        ))}
        {differing.map((field) => (
          <li key={field}>
            {t('same.keeps', { ...names, field: t(`same.field.${field}`), value: isolate(after[field] ?? '') })}
          </li>
        ))}
        <li>{t('same.later', names)}</li>
      </ul>
      {twoRecords && (
        <p className="flex items-start gap-2 rounded-md border border-warn/50 bg-warn-soft px-3 py-1.5">
          <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-warn" />
          {t('same.two_records')}
        </p>
      )}
    </section>
  );
}
