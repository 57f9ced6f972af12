import { useState, type SubmitEvent } from 'react';
import { useOwnEdit } from '../../api/messages';
import type { Message, TextLimit } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { lengthIn } from '../../lib/reply-parts';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextArea } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { useTell } from '../../ui/toasts';

export interface EditDialogProps {
  message: Message;
  limit: TextLimit;
  onClose: () => void;
}

/** Another text for a message of ours that the customer already has. */
export function EditDialog({ message, limit, onClose }: EditDialogProps) {
  const t = useText();
  const tell = useTell();
  const edit = useOwnEdit(message.conversationId);
  const [text, setText] = useState(message.edit?.text ?? message.text);
  const left = limit.max - lengthIn(text, limit.unit);
  const fit = text.trim() !== '' && left >= 0 && text.trim() !== message.text;
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!fit) return;
    edit.mutate(
      { messageId: message.id, text: text.trim() },
      {
        onSuccess: () => {
          tell.info(t('message.edit_asked'));
          onClose();
        },
      },
    );
  }
  return (
    <Dialog title={t('message.edit')} isOpen onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextArea
          label={t('message.edit_text')}
          help={t('message.edit_help')}
          rows={5}
          dir="auto"
          autoFocus
          value={text}
          onChange={(event) => setText(event.target.value)}
          problem={left < 0 ? t(`composer.over.${limit.unit}`, { count: -left }) : undefined}
        />
        <Problem error={edit.error} />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" tone="brand" isDisabled={!fit || edit.isPending}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
