import { AlarmClock } from 'lucide-react';
import { useState } from 'react';
import { useSession } from '../../api/session';
import type { Snooze } from '../../api/ticket-work';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { MomentField } from '../../ui/moment-field';
import { Problem } from '../../ui/problem';
import { SNOOZES, snoozeOf } from './snooze-times';

export interface SnoozeDialogProps {
  error: unknown;
  isPending: boolean;
  onChoose: (snooze: Snooze) => void;
  onClose: () => void;
}

/** Until when a ticket rests. A word of the customer wakes it in any case. */
export function SnoozeDialog({ error, isPending, onChoose, onClose }: SnoozeDialogProps) {
  const t = useText();
  const { formats } = useLanguage();
  const { workspace } = useSession();
  const [now] = useState(serverNow);
  const [own, setOwn] = useState<string | null>(null);
  const past = own !== null && Date.parse(own) <= now;
  return (
    <Dialog title={t('snooze.title')} isOpen onClose={onClose}>
      <div className="flex flex-col gap-4">
        <ul className="flex flex-col gap-1">
          {SNOOZES.map((choice) => {
            const snooze = snoozeOf(choice, now, workspace.timeZone);
            return (
              snooze && (
                <li key={choice}>
                  <button
                    type="button"
                    disabled={isPending}
                    onClick={() => onChoose(snooze)}
                    className="flex min-h-9 w-full items-center gap-2 rounded-md border border-line px-3 text-start text-sm hover:border-line-strong disabled:opacity-50"
                  >
                    <AlarmClock size={15} aria-hidden className="text-muted" />
                    {t(`snooze.${choice}`)}
                    {snooze.until && (
                      <span className="ms-auto text-xs text-muted">{formats.dateTime(snooze.until)}</span>
                    )}
                  </button>
                </li>
              )
            );
          })}
        </ul>
        {own === null ? (
          <Button
            size="small"
            className="self-start"
            onPress={() => setOwn(snoozeOf('tomorrow', now, workspace.timeZone)?.until ?? null)}
          >
            {t('snooze.own')}
          </Button>
        ) : (
          <form
            className="flex flex-col gap-3 rounded-md border border-line p-3"
            onSubmit={(event) => {
              event.preventDefault();
              if (!past) onChoose({ until: own });
            }}
          >
            <MomentField label={t('snooze.own')} clockLabel={t('slot.time')} onChange={setOwn} />
            {past && (
              <p role="alert" className="text-xs text-danger">
                {t('snooze.past')}
              </p>
            )}
            <Button type="submit" tone="brand" className="self-end" isDisabled={isPending || past}>
              {t('snooze.go')}
            </Button>
          </form>
        )}
        <Problem error={error} />
        <p className="text-xs text-muted">{t('snooze.hint')}</p>
      </div>
    </Dialog>
  );
}
