import { Hourglass, PencilOff } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useCan } from '../../api/session';
import type { Message, Waiting } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { onTick, serverNow } from '../../lib/clock';
import { Button } from '../../ui/button';
import { inOurLanguage } from '../../ui/refusal';
import { isEditable } from './own-message';

export interface UnderWayProps {
  message: Message;
  editSentMs: number | null | undefined;
  onEdit: (message: Message) => void;
}

/** Why a message of ours, or a change to one, is not at the customer: what it waits for, until when, what happens then. */
export function UnderWay({ message, editSentMs, onEdit }: UnderWayProps) {
  return (
    <div className="mt-2 flex flex-col gap-1.5 border-t border-line pt-2 text-xs">
      {message.delivery?.waiting && <Wait waiting={message.delivery.waiting} />}
      {message.edit && <Change message={message} edit={message.edit} editSentMs={editSentMs} onEdit={onEdit} />}
    </div>
  );
}

/** Before anything is sent: what is written here would be held, and why. */
export function HeldChannel({ holds }: { holds: Waiting }) {
  const t = useText();
  const { nextAt } = holds;
  const over = useSyncExternalStore(onTick, () => nextAt !== null && Date.parse(nextAt) <= serverNow());
  if (over || holds.for === 'channel_disabled') return null; // where it is switched off nothing can be written at all
  return (
    <div className="mb-2 flex flex-col gap-0.5 rounded-md border border-warn/50 bg-warn-soft px-3 py-1.5 text-xs">
      <p className="text-sm font-medium">{t('wait.ahead')}</p>
      <Wait waiting={holds} />
    </div>
  );
}

function Wait({ waiting }: { waiting: Waiting }) {
  const t = useText();
  const { formats } = useLanguage();
  const when = (at: string) =>
    formats.day(at) === formats.day(new Date(serverNow()).toISOString()) ? formats.time(at) : formats.dateTime(at);
  const { since, nextAt, decideAt } = waiting;
  const held = waiting.for === 'needs_reconnect' || waiting.for === 'channel_disabled';
  const instants = [
    since && t('wait.since', { time: when(since) }),
    nextAt &&
      t(`wait.next.${waiting.for === 'looking' || waiting.for === 'answer' ? 'look' : 'try'}`, { time: when(nextAt) }),
  ].filter(Boolean);
  const reason = waiting.reason && inOurLanguage(waiting.words, waiting.reason);
  return (
    <div className="flex flex-col gap-0.5">
      <p className="flex items-start gap-1.5 font-medium text-warn">
        <Hourglass size={13} aria-hidden className="mt-0.5 shrink-0" />
        <span>
          {t(`wait.${waiting.for}`)}
          {instants.length > 0 && (
            <span className="font-normal text-muted">
              {t('common.comma')}
              {instants.join(t('common.comma'))}
            </span>
          )}
        </span>
      </p>
      {reason && (
        <p>
          <bdi>{reason}</bdi>
        </p>
      )}
      {held && <p className="text-muted">{t('wait.then.held')}</p>}
      {decideAt && <p className="text-muted">{t('wait.then.decide', { time: when(decideAt) })}</p>}
    </div>
  );
}

interface ChangeProps extends UnderWayProps {
  edit: NonNullable<Message['edit']>;
}

function Change({ message, edit, editSentMs, onEdit }: ChangeProps) {
  const t = useText();
  const can = useCan();
  const refused = edit.state === 'refused';
  const again = refused && can('conversations.reply') && isEditable(message, editSentMs, serverNow());
  return (
    <div className="flex flex-col gap-1">
      <p className={refused ? 'flex items-center gap-1.5 font-medium text-danger' : 'font-medium text-muted'}>
        {refused && <PencilOff size={13} aria-hidden className="shrink-0" />}
        {t(`change.${edit.state}`)}
      </p>
      <p dir="auto" className="border-s-2 border-line ps-2 text-muted">
        {edit.text}
      </p>
      {edit.waiting && <Wait waiting={edit.waiting} />}
      {refused && edit.reason && (
        <p>
          <bdi>{inOurLanguage(edit.words, edit.reason)}</bdi>
        </p>
      )}
      {refused && <p className="text-muted">{t(again ? 'change.then.again' : 'change.then.correct')}</p>}
      {again && (
        <Button size="small" className="self-start" onPress={() => onEdit(message)}>
          {t('change.again')}
        </Button>
      )}
    </div>
  );
}
