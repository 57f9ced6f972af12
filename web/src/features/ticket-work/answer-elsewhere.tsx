import { useInfiniteQuery } from '@tanstack/react-query';
import { Globe, Lock } from 'lucide-react';
import { useRef, useState, type SubmitEvent } from 'react';
import { inOrder, messagesQuery } from '../../api/messages';
import { useReplyBatch } from '../../api/repeats';
import type { ChannelKind, Message, ThreadKind, TicketDetail } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { Dialog } from '../../ui/dialog';
import { SelectField, TextArea } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { Ltr, PreviewText } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';
import { BatchProgress } from './batch-progress';

interface Target {
  conversationId: string;
  seenMessageId: string;
  kind: ThreadKind;
  channel: ChannelKind;
  name: string;
  number: number | null;
  answered: boolean;
}

const AFTERWARDS = ['', 'pending', 'solved'] as const;

/** One reply to the conversations in which a customer says the same: what, where, then what each came to. */
export function AnswerElsewhere({ ticket, onClose }: { ticket: TicketDetail; onClose: () => void }) {
  const t = useText();
  const [batchId, setBatchId] = useState<string | null>(null);
  const { data, isError, error, refetch } = useInfiniteQuery(messagesQuery(ticket.conversationId));
  return (
    <Dialog title={t('repeat.title')} isOpen onClose={onClose}>
      {batchId ? (
        <BatchProgress batchId={batchId} onClose={onClose} />
      ) : data ? (
        <Question ticket={ticket} messages={inOrder(data)} onBegun={setBatchId} onCancel={onClose} />
      ) : isError ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton rows={3} height="h-8" />
      )}
    </Dialog>
  );
}

interface QuestionProps {
  ticket: TicketDetail;
  messages: readonly Message[];
  onBegun: (batchId: string) => void;
  onCancel: () => void;
}

function Question({ ticket, messages, onBegun, onCancel }: QuestionProps) {
  const t = useText();
  const attempt = useRef({ of: '', key: '' });
  // What was on the screen when the dialog opened is what the agent has seen; later words are held against it.
  const [targets] = useState(() => targetsOf(ticket, messages, t('repeat.here')));
  const [text, setText] = useState(() => lastAnswerIn(messages));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(targets.filter(({ answered }) => !answered).map(({ conversationId }) => conversationId)),
  );
  const [after, setAfter] = useState<(typeof AFTERWARDS)[number]>('');
  const { mutate, error, isPending } = useReplyBatch(ticket.id);
  function submit(event: SubmitEvent) {
    event.preventDefault();
    const threads = targets
      .filter(({ conversationId }) => chosen.has(conversationId))
      .map(({ conversationId, seenMessageId }) => ({ conversationId, seenMessageId }));
    const order = { text: text.trim(), threads, ...(after ? { statusAfter: after } : {}) };
    // Another text or place is another batch; only the same one sent again is the same.
    const of = JSON.stringify(order);
    if (attempt.current.of !== of) attempt.current = { of, key: crypto.randomUUID() };
    mutate({ ...order, key: attempt.current.key }, { onSuccess: onBegun });
  }
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextArea
        label={t('repeat.text')}
        value={text}
        onChange={({ target }) => setText(target.value)}
        required
        maxLength={10_000}
        rows={4}
        dir="auto"
        autoFocus
      />
      <fieldset className="flex max-h-60 min-w-0 flex-col gap-1 overflow-auto">
        <legend className="mb-1 text-sm font-medium">{t('repeat.threads')}</legend>
        {targets.map((target) => (
          <TargetRow
            key={target.conversationId}
            target={target}
            chosen={chosen.has(target.conversationId)}
            onToggle={() => toggle(target.conversationId)}
          />
        ))}
      </fieldset>
      {targets.some(({ conversationId, kind }) => kind === 'comment' && chosen.has(conversationId)) && (
        <p className="text-xs text-public">{t('repeat.public_hint')}</p>
      )}
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

function TargetRow({ target, chosen, onToggle }: { target: Target; chosen: boolean; onToggle: () => void }) {
  const t = useText();
  const { kind, channel, name, number, answered } = target;
  const Reach = kind === 'comment' ? Globe : Lock;
  return (
    <label className="flex min-h-8 items-center gap-2 rounded-md border border-line px-2.5 py-1 text-sm">
      <input type="checkbox" checked={chosen} onChange={onToggle} className="size-4 shrink-0 accent-brand" />
      <ChannelIcon kind={channel} size={13} />
      {number !== null && <Ltr>{`#${number}`}</Ltr>}
      <span className="flex min-w-0 flex-1">
        <PreviewText text={name} />
      </span>
      {answered && <span className="text-xs text-ok">{t('repeat.answered')}</span>}
      <span
        className={`flex items-center gap-1 text-xs whitespace-nowrap ${kind === 'comment' ? 'text-public' : 'text-muted'}`}
      >
        <Reach size={12} aria-hidden />
        {t(kind === 'comment' ? 'repeat.public' : 'repeat.private')}
      </span>
    </label>
  );
}

/** This conversation first, then the others. */
function targetsOf(ticket: TicketDetail, messages: readonly Message[], here: string): Target[] {
  const last = messages.findLast(({ direction }) => direction !== 'note');
  const own: Target[] = last
    ? [
        {
          conversationId: ticket.conversationId,
          seenMessageId: last.id,
          kind: ticket.conversation.kind,
          channel: ticket.channel.kind,
          name: here,
          number: null,
          answered: last.direction === 'out',
        },
      ]
    : [];
  const others = ticket.repeats.map(({ conversationId, messageId, threadKind, channel, post, number, answered }) => ({
    conversationId,
    seenMessageId: messageId,
    kind: threadKind,
    channel: channel.kind,
    name: post?.text || channel.name,
    number,
    answered,
  }));
  return [...own, ...others];
}

/** What one of us has said here already is most often what is to be said there. */
const lastAnswerIn = (messages: readonly Message[]): string =>
  messages.findLast(({ direction, author }) => direction === 'out' && author.kind === 'agent')?.text ?? '';
