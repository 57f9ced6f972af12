import { useRef, useState, type SubmitEvent } from 'react';
import { useEmailHandoff, type EmailOptions } from '../../api/handoff';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { TextArea } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { useTell } from '../../ui/toasts';

export interface AskFormProps {
  options: EmailOptions;
  conversationId: string;
  onClose: () => void;
}

/** Asks the customer for their address, where they are. */
export function AskForm({ options, conversationId, onClose }: AskFormProps) {
  const t = useText();
  const tell = useTell();
  const { asks, texts } = options;
  const [text, setText] = useState(asks === 'public' ? texts.askPublic : texts.askPrivate);
  const key = useRef(crypto.randomUUID());
  const { mutate, error, isPending } = useEmailHandoff(conversationId);
  if (asks === null) return <p className="text-sm text-danger">{t('handoff.cannot_ask')}</p>;
  function submit(event: SubmitEvent) {
    event.preventDefault();
    mutate(
      // In public the prepared words stand: they ask for a message, never for an address.
      { ask: true, key: key.current, ...(asks === 'private' ? { text: text.trim() } : {}) },
      {
        onSuccess: () => {
          onClose();
          tell.info(t('handoff.asking'));
        },
      },
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <TextArea
        label={t(asks === 'public' ? 'handoff.ask_public' : 'handoff.ask_private')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        readOnly={asks === 'public'}
        required
        rows={3}
        dir="auto"
      />
      <Problem error={error} />
      <Button type="submit" tone={asks === 'public' ? 'public' : 'brand'} isDisabled={isPending} className="self-end">
        {t('handoff.ask')}
      </Button>
    </form>
  );
}
