import { useState, type SubmitEvent } from 'react';
import { useText } from '../i18n/use-text';
import { Button } from './button';
import { Dialog } from './dialog';
import { TextField } from './field';

export interface ReasonDialogProps {
  title: string;
  /** Given where there is no way back; the button then looks like it. */
  warning?: string;
  maxLength?: number;
  onCancel: () => void;
  onConfirm: (reason: string) => void;
}

/** Asks why, for what is kept on record. */
export function ReasonDialog({ title, warning, maxLength = 500, onCancel, onConfirm }: ReasonDialogProps) {
  const t = useText();
  const [reason, setReason] = useState('');
  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (reason.trim()) onConfirm(reason.trim());
  }
  return (
    <Dialog title={title} isOpen onClose={onCancel}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {warning && <p className="text-danger">{warning}</p>}
        <TextField
          label={t('common.reason')}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          required
          maxLength={maxLength}
          dir="auto"
          autoFocus
        />
        <div className="flex justify-end gap-2">
          <Button onPress={onCancel}>{t('common.cancel')}</Button>
          <Button type="submit" tone={warning ? 'danger' : 'brand'}>
            {title}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
