import { useState } from 'react';
import { useImportFeed, type ImportOutcome } from '../../api/admin/calendars';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { useTell } from '../../ui/toasts';
import { Problem } from '../../ui/problem';

/** Takes over an iCalendar file, after showing what would come of it. */
export function ImportDialog({ calendarId, onClose }: { calendarId: string; onClose: () => void }) {
  const t = useText();
  const tell = useTell();
  const take = useImportFeed(calendarId);
  const [ics, setIcs] = useState<string | null>(null);
  const [seen, setSeen] = useState<ImportOutcome | null>(null);

  async function read(file: File | undefined) {
    setSeen(null);
    const text = file ? await file.text() : null;
    setIcs(text);
    if (text) take.mutate({ ics: text, dryRun: true }, { onSuccess: setSeen });
  }
  function run() {
    if (!ics) return;
    take.mutate(
      { ics, dryRun: false },
      {
        onSuccess: ({ added, changed }) => {
          tell.info(t('calendars.imported', { added, changed }));
          onClose();
        },
      },
    );
  }

  return (
    <Dialog title={t('calendars.import')} isOpen onClose={onClose} wide>
      <div className="flex flex-col gap-4">
        <TextField
          label={t('calendars.ics_file')}
          help={t('calendars.ics_help')}
          type="file"
          accept=".ics,text/calendar"
          onChange={({ target }) => void read(target.files?.[0])}
        />
        {seen && <Seen outcome={seen} />}
        <Problem error={take.error} />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button tone="brand" onPress={run} isDisabled={!seen || take.isPending}>
            {t('calendars.import_now')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Seen({ outcome: { added, changed, same, notUnderstood } }: { outcome: ImportOutcome }) {
  const t = useText();
  const { formats } = useLanguage();
  return (
    <>
      <p role="status">{t('calendars.import_counts', { added, changed, same })}</p>
      {notUnderstood.length > 0 && (
        <div>
          <h3 className="text-sm font-semibold">{t('calendars.not_understood')}</h3>
          <ul className="max-h-48 overflow-auto text-sm">
            {notUnderstood.map(({ line, summary, why }) => (
              <li key={line} className="border-b border-line py-1 last:border-b-0">
                {t('calendars.line', { line: formats.number(line) })} <bdi>{summary}</bdi>
                <span className="block text-xs text-muted">
                  <bdi>{why}</bdi>
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
