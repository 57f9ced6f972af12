import type { SubmitEvent } from 'react';
import { useTestMessage } from '../../api/channels';
import { useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { inOurLanguage, problemOf } from '../../ui/refusal';

/** Tries the line past queue and thread, to somebody who has written before. */
export function TestMessageDialog({ channelId, onClose }: { channelId: string; onClose: () => void }) {
  const t = useText();
  const test = useTestMessage(channelId);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    // The button stays enabled meanwhile: a disabled one would lose the focus, and with it the way out by Escape.
    if (test.isPending) return;
    const read = fieldReader(new FormData(event.currentTarget));
    test.mutate({ to: read('to'), text: read('text') });
  }
  const outcome = test.data;
  return (
    <Dialog title={t('channels.test')} isOpen onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-sm text-muted">{t('test.hint')}</p>
        <TextField
          label={t('test.to')}
          help={t('test.to_help')}
          name="to"
          required
          maxLength={200}
          dir="ltr"
          problem={problemOf(test.error, 'to')}
        />
        <TextField
          label={t('test.text')}
          name="text"
          required
          maxLength={500}
          dir="auto"
          defaultValue={t('test.default_text')}
        />
        {outcome && (
          <p role="status" className={outcome.status === 'sent' ? 'text-ok' : 'text-danger'}>
            {t(`test.outcome.${outcome.status}`)}{' '}
            {'reason' in outcome && <bdi>{inOurLanguage(outcome.words, outcome.reason)}</bdi>}
          </p>
        )}
        <Problem error={test.error} />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t('common.close')}</Button>
          <Button type="submit" tone="brand">
            {t('test.send')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
