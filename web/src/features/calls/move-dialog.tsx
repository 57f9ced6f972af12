import { useState, type SubmitEvent } from 'react';
import { useCallStep } from '../../api/calls';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { SlotPicker, type CallWindow } from './slot-picker';

/** Another time for a promised call, and why. */
export function MoveDialog({ callId, onClose }: { callId: string; onClose: () => void }) {
  const t = useText();
  const [window, setWindow] = useState<CallWindow | null>(null);
  const [reason, setReason] = useState('');
  const { mutate, error, isPending } = useCallStep(callId);
  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (!window || !reason.trim()) return;
    mutate(
      { do: 'reschedule', windowStart: window.start, windowEnd: window.end, reason: reason.trim() },
      { onSuccess: onClose },
    );
  }
  return (
    <Dialog title={t('call.move')} isOpen onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <SlotPicker chosen={window} onChoose={setWindow} />
        <TextField
          label={t('common.reason')}
          required
          maxLength={300}
          dir="auto"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <Problem error={error} />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" tone="brand" isDisabled={isPending || !window || !reason.trim()}>
            {t('call.move')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
