import { useEffect, useState } from 'react';
import { useChangeCalendar, type BusinessCalendar, type CalendarDraft } from '../../api/admin/calendars';
import { usePreview } from '../../api/admin/sla';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Skeleton } from '../../ui/states';
import { Problem } from '../../ui/problem';
import { PreviewFacts } from './preview-facts';

/** Shows what a change of a calendar would move, then makes it. */
export function ApplyCalendarDialog({
  calendar,
  draft,
  title,
  onClose,
  onDone,
}: {
  calendar: BusinessCalendar;
  draft: CalendarDraft;
  title: string;
  onClose: () => void;
  onDone: () => void;
}) {
  const t = useText();
  const preview = usePreview();
  const change = useChangeCalendar(calendar.id);
  // the draft was made from this one: a newer one that arrives meanwhile must not be overwritten with it
  const [{ version }] = useState(calendar);
  const { mutate } = preview;
  useEffect(() => mutate({ calendarId: calendar.id, calendar: draft }), [mutate, calendar.id, draft]);
  return (
    <Dialog title={title} isOpen onClose={onClose} wide>
      <div className="flex flex-col gap-4">
        {preview.isPending && <Skeleton rows={2} height="h-6" />}
        {preview.data && <PreviewFacts preview={preview.data} />}
        <Problem error={preview.error ?? change.error} onReload={onClose} />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button
            tone="brand"
            isDisabled={!preview.data || change.isPending}
            onPress={() => change.mutate({ ...draft, version }, { onSuccess: onDone })}
          >
            {t('common.save')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
