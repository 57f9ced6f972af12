import { useQuery } from '@tanstack/react-query';
import { notSameQuery, useLiftVerdict, useTellApart, type Said, type SaidOfContact } from '../../api/contact-merging';
import { agentsQuery } from '../../api/people';
import { useCan } from '../../api/session';
import { useLanguage, useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { contactName } from '../../ui/names';
import { refusalText } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';

/** Says that two are not one person, with the way back at hand. */
export function useNotSame(contactId: string): { say: (otherId: string, name: string) => void; isPending: boolean } {
  const t = useText();
  const tell = useTell();
  const apart = useTellApart();
  const { mutateAsync: lift } = useLiftVerdict();
  const fail = (error: unknown) => tell.error(refusalText(error, t));
  function say(otherId: string, name: string) {
    const pair = { id: contactId, otherId };
    // What said it may be gone by then: only a promise still answers.
    void apart.mutateAsync(pair).then(
      () =>
        tell.info(t('same.told_apart', { name }), {
          label: t('work.undo'),
          go: () => void lift(pair).then(() => tell.info(t('same.lifted', { name })), fail),
        }),
      fail,
    );
  }
  return { say, isPending: apart.isPending };
}

/** When something was said of two contacts, and by whom. */
export function useSaid(): (said: Said) => string {
  const t = useText();
  const { formats } = useLanguage();
  const { data: agents = [] } = useQuery(agentsQuery);
  return ({ at, by }) =>
    t('same.when', {
      when: formats.dateTime(at),
      who: isolate(agents.find(({ id }) => id === by.id)?.name ?? t(`actor.${by.kind}`)),
    });
}

/** Whom a customer was told apart from, and the way back; nothing while there is nobody. */
export function ToldApart({ contactId }: { contactId: string }) {
  const t = useText();
  const { data = [] } = useQuery(notSameQuery(contactId));
  if (data.length === 0) return null;
  return (
    <section className="mt-3 flex flex-col gap-2">
      <h3 className="text-sm font-semibold">{t('same.apart')}</h3>
      <ul className="flex flex-col gap-1.5">
        {data.map((verdict) => (
          <li key={verdict.contact.id} className="rounded-md border border-line px-3 py-2 text-sm">
            <Verdict contactId={contactId} verdict={verdict} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Verdict({ contactId, verdict }: { contactId: string; verdict: SaidOfContact }) {
  const t = useText();
  const tell = useTell();
  const can = useCan();
  const said = useSaid();
  const lift = useLiftVerdict();
  const { contact, identities } = verdict;
  const known = {
    name: contact.name || (identities.find(({ name }) => name)?.name ?? null),
    handle: identities.find(({ handle }) => handle)?.handle,
  };
  const name = isolate(contactName(known, t));
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <div className="min-w-0 flex-1 basis-52">
        <p className="truncate font-medium">{name}</p>
        <p className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
          {identities.slice(0, 3).map(({ channelKind, handle }, index) => (
            <span key={index} className="flex items-center gap-1">
              <ChannelIcon kind={channelKind} size={12} />
              {handle && <bdi dir="ltr">{handle}</bdi>}
            </span>
          ))}
          <span>{said(verdict)}</span>
        </p>
      </div>
      {can('contacts.write') && (
        <Button
          size="small"
          isDisabled={lift.isPending}
          aria-label={t('same.lift_of', { name })}
          onPress={() =>
            void lift.mutateAsync({ id: contactId, otherId: contact.id }).then(
              () => tell.info(t('same.lifted', { name })),
              (error: unknown) => tell.error(refusalText(error, t)),
            )
          }
        >
          {t('same.lift')}
        </Button>
      )}
    </div>
  );
}
