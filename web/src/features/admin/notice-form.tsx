import { Send } from 'lucide-react';
import { useRef, useState, useSyncExternalStore, type SubmitEvent } from 'react';
import { useWriteNotice, type NewNotice, type NoticeRules } from '../../api/admin/notices';
import type { Channel } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { attached } from '../../lib/attachments';
import { drafts } from '../../lib/drafts';
import { lengthIn, messagesNeeded } from '../../lib/reply-parts';
import { isolate } from '../../lib/text';
import { AttachButton } from '../../ui/attach-button';
import { AttachedList } from '../../ui/attached-list';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { classes } from '../../ui/classes';
import { TextArea, TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { problemOf } from '../../ui/refusal';
import { SplitNotice } from '../../ui/split-notice';
import { useTell } from '../../ui/toasts';
import { useAttaching } from '../../ui/use-attaching';
import { Card } from './form-parts';

/** Writes a notice. What is written stays over a reload, by channel, until it is sent. */
export function NoticeForm({ channel, rules }: { channel: Channel; rules: NoticeRules }) {
  const t = useText();
  const tell = useTell();
  const place = `notice.${channel.id}`;
  const text = useSyncExternalStore(drafts.subscribe, () => drafts.get(place, 'public'));
  const attaching = useAttaching(place, rules.attachments);
  const write = useWriteNotice(channel.id);
  const [to, setTo] = useState('');
  const [agreed, setAgreed] = useState(false);
  const attempt = useRef({ of: '', key: '' });

  const { textLimit: limit, defaultTo, partsTogether, captionLimit } = rules;
  const { files } = attaching;
  const left = limit.max - lengthIn(text, limit.unit);
  const together = { partsTogether: partsTogether ?? undefined, captionLimit: captionLimit ?? undefined };
  const messages = messagesNeeded(text.trim(), files.length, limit, together);
  const split = messages > 1;
  const ready =
    (text.trim() !== '' || files.length > 0) &&
    files.every(({ state }) => state === 'ready') &&
    (defaultTo !== null || to.trim() !== '') &&
    (!split || agreed);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!ready || write.isPending) return;
    const uploads = files.flatMap(({ uploadId }) => (uploadId === null ? [] : [{ uploadId }]));
    const body: NewNotice = {
      text: text.trim(),
      to: to.trim() === '' ? undefined : to.trim(),
      attachments: uploads.length > 0 ? uploads : undefined,
      split: split ? true : undefined,
    };
    const of = JSON.stringify(body);
    if (attempt.current.of !== of) attempt.current = { of, key: crypto.randomUUID() };
    write.mutate(
      { key: attempt.current.key, body },
      {
        onSuccess: ({ items }) => {
          attempt.current = { of: '', key: '' };
          drafts.set(place, 'public', '');
          attached.take(place);
          setAgreed(false);
          tell.info(t('notices.queued', { count: items.length }));
        },
      },
    );
  }

  return (
    <form onSubmit={submit} aria-label={t('notices.write')}>
      <Card>
        <p className="flex items-center gap-2 font-semibold">
          <ChannelIcon kind={channel.kind} size={18} />
          <bdi>{channel.name}</bdi>
        </p>
        {channel.state === 'needs_reconnect' && (
          <p className="rounded-md border border-warn/50 bg-warn-soft px-3 py-1.5 text-sm">{t('notices.held')}</p>
        )}
        <div
          {...attaching.box}
          className={classes(
            'flex flex-col',
            attaching.dragging && 'rounded-md outline-2 outline-brand outline-dashed',
          )}
        >
          <TextArea
            label={t('notices.text')}
            dir="auto"
            rows={4}
            value={text}
            onChange={({ target }) => drafts.set(place, 'public', target.value)}
            className="field-sizing-content max-h-80 min-h-28"
          />
          <AttachedList files={files} />
        </div>
        <div className="max-w-sm">
          <TextField
            label={t('notices.to')}
            help={defaultTo === null ? t('notices.to_needed') : t('notices.to_help', { name: isolate(defaultTo) })}
            problem={problemOf(write.error, 'to')}
            required={defaultTo === null}
            maxLength={200}
            dir="ltr"
            value={to}
            onChange={({ target }) => setTo(target.value)}
          />
        </div>
        {split && <SplitNotice messages={messages} agreed={agreed} onAgree={setAgreed} />}
        <Problem error={write.error} />
        <div className="flex flex-wrap items-center gap-2">
          {rules.attachments.length > 0 && (
            <AttachButton
              kinds={rules.attachments.map(({ kind }) => kind)}
              isDisabled={false}
              onChoose={attaching.add}
            />
          )}
          <p className={classes('text-xs', left < 0 && !split ? 'font-semibold text-danger' : 'text-muted')}>
            {left < 0
              ? t(`composer.over.${limit.unit}`, { count: -left })
              : t(`composer.left.${limit.unit}`, { count: left })}
          </p>
          <Button type="submit" tone="brand" isDisabled={!ready || write.isPending} className="ms-auto">
            <Send size={16} aria-hidden className="icon-directional" />
            {t('notices.send')}
          </Button>
        </div>
      </Card>
    </form>
  );
}
