import { useNavigate } from '@tanstack/react-router';
import { Hand } from 'lucide-react';
import { useCallback, useSyncExternalStore } from 'react';
import { useOfferAnswer, type Offer } from '../../api/routing';
import { useLanguage, useText } from '../../i18n/use-text';
import { onTick, serverNow } from '../../lib/clock';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { ChannelMark } from '../../ui/channel-mark';
import { DueMark } from '../../ui/due-mark';
import { ChoiceMenu } from '../../ui/menu';
import { contactName } from '../../ui/names';
import { refusalText } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { subjectLine } from '../../ui/ticket-preview';
import { useTell } from '../../ui/toasts';

const REASONS = ['busy', 'not_my_subject', 'other'] as const;

/** Tickets that wait for my yes or no, for as long as the server holds them for me. */
export function OfferBar({ offers }: { offers: readonly Offer[] }) {
  const t = useText();
  return (
    <section aria-label={t('offer.label')} className="border-b border-brand/40 bg-brand-soft">
      <ul>
        {offers.map((offer) => (
          <OfferRow key={offer.id} offer={offer} />
        ))}
      </ul>
    </section>
  );
}

/** Whole seconds left by the server's clock, never below none. */
function useSecondsLeft(expiresAt: string): number {
  const snapshot = useCallback(() => Math.max(0, Math.ceil((Date.parse(expiresAt) - serverNow()) / 1000)), [expiresAt]);
  return useSyncExternalStore(onTick, snapshot);
}

function OfferRow({ offer }: { offer: Offer }) {
  const t = useText();
  const tell = useTell();
  const navigate = useNavigate();
  const { formats } = useLanguage();
  const { mutateAsync, isPending } = useOfferAnswer();
  const seconds = useSecondsLeft(offer.expiresAt);
  const failed = (error: unknown) => tell.error(refusalText(error, t));
  // The row may be gone before the answer is here: only a promise still tells.
  const accept = () =>
    void mutateAsync({ ticketId: offer.id }).then(
      () => navigate({ to: '/inbox/$view', params: { view: 'mine' }, search: { ticket: offer.id } }),
      failed,
    );
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5 text-sm">
      <Hand size={17} aria-hidden className="text-brand" />
      <p role="status" className="sr-only">
        {t('offer.announce', { number: String(offer.number), name: isolate(contactName(offer.contact, t)) })}
      </p>
      <Ltr>{`#${offer.number}`}</Ltr>
      <strong className="truncate">
        <bdi>{contactName(offer.contact, t)}</bdi>
      </strong>
      <ChannelMark kind={offer.channel.kind} thread={offer.kind} />
      <bdi className="min-w-0 flex-1 truncate text-muted">{subjectLine(offer, t)}</bdi>
      {offer.dueAt && <DueMark dueAt={offer.dueAt} />}
      <span className="timer text-xs whitespace-nowrap text-muted">
        {t('offer.seconds', { count: formats.number(seconds) })}
      </span>
      <Button size="small" tone="brand" isDisabled={isPending || seconds === 0} onPress={accept}>
        {t('offer.accept')}
      </Button>
      <ChoiceMenu
        label={t('offer.why_not')}
        size="small"
        isDisabled={isPending || seconds === 0}
        trigger={t('offer.decline')}
        choices={REASONS.map((id) => ({ id, label: t(`offer.reason_${id}`) }))}
        onChoose={(declined) => void mutateAsync({ ticketId: offer.id, declined }).catch(failed)}
      />
    </li>
  );
}
