import type { SubmitEvent } from 'react';
import { useBackfill } from '../../api/channels';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { SelectField } from '../../ui/field';
import { Problem } from '../../ui/problem';

const DAY_MS = 24 * 3_600_000;
const SPANS = [1, 7, 30, 90];

/** Reads what was written before the channel was connected, as far back as the network keeps it. */
export function BackfillDialog({
  channelId,
  backfillMs,
  onClose,
}: {
  channelId: string;
  backfillMs: number;
  onClose: () => void;
}) {
  const t = useText();
  const { formats } = useLanguage();
  const backfill = useBackfill(channelId);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    // The button stays enabled meanwhile: a disabled one would lose the focus, and with it the way out by Escape.
    if (backfill.isPending) return;
    const days = Number(fieldReader(new FormData(event.currentTarget))('days'));
    backfill.mutate(days > 0 ? { since: new Date(serverNow() - days * DAY_MS).toISOString() } : {});
  }
  return (
    <Dialog title={t('channels.backfill')} isOpen onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-sm text-muted">{t('backfill.hint')}</p>
        <SelectField label={t('backfill.span')} name="days" defaultValue="">
          <option value="">{t('backfill.all')}</option>
          {SPANS.filter((days) => days * DAY_MS < backfillMs).map((days) => (
            <option key={days} value={days}>
              {t('backfill.days', { count: days })}
            </option>
          ))}
        </SelectField>
        {backfill.data && (
          <p role="status" className="text-ok">
            {t('backfill.begun', { since: formats.longDate(backfill.data.since) })}
          </p>
        )}
        <Problem error={backfill.error} />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t('common.close')}</Button>
          <Button type="submit" tone="brand">
            {t('backfill.begin')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
