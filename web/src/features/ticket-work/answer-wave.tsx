import { useQuery } from '@tanstack/react-query';
import { Globe, Lock } from 'lucide-react';
import { useRef, useState, type KeyboardEvent, type SubmitEvent } from 'react';
import { useWaveReply, waveTargetsQuery, type WaveTarget } from '../../api/repeats';
import { useLanguage, useText } from '../../i18n/use-text';
import { isolate, textDir } from '../../lib/text';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { Dialog } from '../../ui/dialog';
import { SelectField, TextArea } from '../../ui/field';
import { contactName } from '../../ui/names';
import { Problem } from '../../ui/problem';
import { Ltr, MessageText, PreviewText } from '../../ui/rich-text';
import { sendRefusal } from '../../ui/send-refusal';
import { Failed, Skeleton } from '../../ui/states';
import { BatchProgress } from './batch-progress';

export interface AnswerWaveProps {
  wave: string;
  onClose: () => void;
}

const AFTERWARDS = ['', 'pending', 'solved'] as const;

/** One reply to everybody who writes the same: to whom, in public or in private, then what each came to. */
export function AnswerWave({ wave, onClose }: AnswerWaveProps) {
  const t = useText();
  const [batchId, setBatchId] = useState<string | null>(null);
  const query = useQuery(waveTargetsQuery(wave));
  return (
    <Dialog title={t('wave.title')} isOpen onClose={onClose} wide>
      {batchId ? (
        <BatchProgress batchId={batchId} onClose={onClose} />
      ) : query.data ? (
        query.data.items.length === 0 ? (
          <p className="text-muted">{t('wave.nobody')}</p>
        ) : (
          <Question wave={wave} {...query.data} onBegun={setBatchId} onCancel={onClose} />
        )
      ) : query.isError ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton rows={4} height="h-8" />
      )}
    </Dialog>
  );
}

interface QuestionProps {
  wave: string;
  items: readonly WaveTarget[];
  more: number;
  onBegun: (batchId: string) => void;
  onCancel: () => void;
}

const waits = ({ answered, moreSaid, refusal }: WaveTarget) => !answered && !moreSaid && refusal === null;

function Question({ wave, items, more, onBegun, onCancel }: QuestionProps) {
  const t = useText();
  const { dir } = useLanguage();
  const [first] = items;
  const attempt = useRef({ of: '', key: '' });
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(items.filter(waits).map(({ ticketId }) => ticketId)),
  );
  const [after, setAfter] = useState<(typeof AFTERWARDS)[number]>('');
  const { mutate, error, isPending } = useWaveReply(wave);
  const targets = items.filter(({ ticketId }) => chosen.has(ticketId));
  const inPublic = targets.filter(({ visibility }) => visibility === 'public').length;
  function submit(event: SubmitEvent) {
    event.preventDefault();
    const threads = targets.map(({ conversationId, messageId }) => ({ conversationId, seenMessageId: messageId }));
    const order = { text: text.trim(), threads, ...(after ? { statusAfter: after } : {}) };
    if (order.text === '' || threads.length === 0 || isPending) return;
    // Another text or place is another batch; only the same one sent again is the same.
    const of = JSON.stringify(order);
    if (attempt.current.of !== of) attempt.current = { of, key: crypto.randomUUID() };
    mutate({ ...order, key: attempt.current.key }, { onSuccess: onBegun });
  }
  function sendByKey(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  }
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {first && (
        <blockquote dir={textDir(first.text, dir)} className="border-s-4 border-line ps-3 break-words">
          <MessageText text={first.text} />
        </blockquote>
      )}
      <TextArea
        label={t('repeat.text')}
        help={t('wave.keys')}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={sendByKey}
        required
        maxLength={10_000}
        rows={4}
        dir="auto"
        autoFocus
      />
      <fieldset className="flex max-h-64 min-w-0 flex-col gap-1 overflow-auto">
        <legend className="mb-1 text-sm font-medium">
          {t('wave.threads', { count: chosen.size, all: items.length })}
        </legend>
        {items.map((target) => (
          <TargetRow
            key={target.ticketId}
            target={target}
            chosen={chosen.has(target.ticketId)}
            onToggle={() => toggle(target.ticketId)}
          />
        ))}
      </fieldset>
      {more > 0 && <p className="text-xs text-muted">{t('wave.more', { count: more })}</p>}
      <p className="text-sm" role="status">
        {t('wave.preview', { open: inPublic, closed: targets.length - inPublic })}
      </p>
      <SelectField
        label={t('repeat.then')}
        value={after}
        onChange={({ target }) => setAfter(AFTERWARDS.find((one) => one === target.value) ?? '')}
      >
        {AFTERWARDS.map((status) => (
          <option key={status} value={status}>
            {status ? t(`status.${status}`) : t('repeat.then_same')}
          </option>
        ))}
      </SelectField>
      <Problem error={error} />
      <div className="flex justify-end gap-2">
        <Button onPress={onCancel}>{t('common.cancel')}</Button>
        <Button type="submit" tone="brand" isDisabled={isPending || chosen.size === 0 || text.trim() === ''}>
          {t('repeat.send', { count: chosen.size })}
        </Button>
      </div>
    </form>
  );
}

function TargetRow({ target, chosen, onToggle }: { target: WaveTarget; chosen: boolean; onToggle: () => void }) {
  const t = useText();
  const { contact, channel, number, post, visibility, answered, moreSaid, refusal } = target;
  const isPublic = visibility === 'public';
  const Reach = isPublic ? Globe : Lock;
  return (
    <label className="flex min-h-8 flex-wrap items-center gap-x-2 rounded-md border border-line px-2.5 py-1 text-sm">
      <input
        type="checkbox"
        checked={chosen}
        disabled={refusal !== null}
        onChange={onToggle}
        className="size-4 shrink-0 accent-brand"
      />
      <ChannelIcon kind={channel.kind} size={13} />
      <Ltr>{`#${number}`}</Ltr>
      <span className="font-medium">{isolate(contactName(contact, t))}</span>
      <span className="flex min-w-0 flex-1 text-muted">
        <PreviewText text={post?.text || channel.name} />
      </span>
      {refusal !== null ? (
        <span className="text-xs text-danger">{sendRefusal(refusal, t) ?? refusal}</span>
      ) : moreSaid ? (
        <span className="text-xs text-warn">{t('repeat.read_first')}</span>
      ) : (
        answered && <span className="text-xs text-ok">{t('repeat.answered')}</span>
      )}
      <span className={`flex items-center gap-1 text-xs whitespace-nowrap ${isPublic ? 'text-public' : 'text-muted'}`}>
        <Reach size={12} aria-hidden />
        {t(isPublic ? 'repeat.public' : 'repeat.private')}
      </span>
    </label>
  );
}
