import { AlarmClock, CircleSlash, GitMerge, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useCan } from '../../api/session';
import { useTicketWork, work } from '../../api/ticket-work';
import type { TicketDetail } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { refusalText } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';

const WAKES = ['reply', 'crm'] as const;

/** What is particular about a ticket now, with the way out of it: merged, asleep, solved without an answer. */
export function Strips({ ticket, onOpen }: { ticket: TicketDetail; onOpen: (ticketId: string) => void }) {
  const t = useText();
  const tell = useTell();
  const { formats } = useLanguage();
  const mayWork = useCan()('tickets.write');
  const { mutate, isPending } = useTicketWork(ticket.id);
  const undo = (step: ReturnType<(typeof work)['wake']>) =>
    mutate(step, { onError: (error) => tell.error(refusalText(error, t)) });
  const { mergedInto, snoozedUntil, wakeOn, resolution } = ticket;
  const dismissed = resolution === 'no_answer_needed' && ticket.status === 'solved';
  const asleep = snoozedUntil !== null || wakeOn.length > 0;
  const wakes = WAKES.filter((one) => wakeOn.includes(one)).map((one) => t(`snooze.on_${one}`));
  return (
    <>
      {mergedInto && (
        <Strip
          icon={<GitMerge size={16} aria-hidden className="icon-directional" />}
          text={t('strip.merged', { number: String(mergedInto.number) })}
        >
          <Button size="small" onPress={() => onOpen(mergedInto.id)}>
            {t('strip.open')}
          </Button>
          {mayWork && <Back label={t('strip.unmerge')} isDisabled={isPending} onPress={() => undo(work.unmerge())} />}
        </Strip>
      )}
      {asleep && !mergedInto && (
        <Strip
          icon={<AlarmClock size={16} aria-hidden />}
          text={
            snoozedUntil
              ? t('strip.asleep_until', { at: formats.dateTime(snoozedUntil) })
              : t('strip.asleep', { wakes: wakes.join(t('common.comma')) })
          }
        >
          {mayWork && (
            <Button size="small" isDisabled={isPending} onPress={() => undo(work.wake())}>
              {t('strip.wake')}
            </Button>
          )}
        </Strip>
      )}
      {dismissed && (
        <Strip icon={<CircleSlash size={16} aria-hidden />} text={t('strip.dismissed')}>
          {mayWork && (
            <Back label={t('strip.undismiss')} isDisabled={isPending} onPress={() => undo(work.undismiss())} />
          )}
        </Strip>
      )}
    </>
  );
}

function Strip({ icon, text, children }: { icon: ReactNode; text: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line bg-raised px-4 py-1.5 text-sm">
      <span className="text-muted">{icon}</span>
      <p className="min-w-0 flex-1">{text}</p>
      {children}
    </div>
  );
}

function Back(props: { label: string; isDisabled: boolean; onPress: () => void }) {
  return (
    <Button size="small" isDisabled={props.isDisabled} onPress={props.onPress}>
      <Undo2 size={14} aria-hidden className="icon-directional" />
      {props.label}
    </Button>
  );
}
