import { useQuery } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { useId, useRef, useState, type SubmitEvent } from 'react';
import { batchQuery, useBulkModeration, useUndoBatch, type BulkModeration } from '../../api/moderation';
import type { Message, ModerationAction, ModerationBatch, TicketDetail } from '../../api/types';
import { useText, type Text } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { inOurLanguage } from '../../ui/refusal';
import { PreviewText } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';

type Scope = 'selected' | 'contact' | 'post';

export interface BulkDialogProps {
  action: ModerationAction;
  messageIds: readonly string[];
  ticket: TicketDetail;
  /** What is loaded of the thread: failures are shown by their words. */
  messages: readonly Message[];
  onClose: () => void;
}

/** One action on many comments: which, and why; then how far it is, what could not be done, and the way back. */
export function BulkDialog({ action, messageIds, ticket, messages, onClose }: BulkDialogProps) {
  const t = useText();
  const start = useBulkModeration();
  const [batchId, setBatchId] = useState<string | null>(null);
  return (
    <Dialog title={t('bulk.title', { action: t(`moderation.${action}`) })} isOpen onClose={onClose}>
      {batchId ? (
        <Progress key={batchId} batchId={batchId} messages={messages} onBatch={setBatchId} onClose={onClose} />
      ) : (
        <Question
          action={action}
          count={messageIds.length}
          ticket={ticket}
          error={start.error}
          pending={start.isPending}
          onCancel={onClose}
          onConfirm={(scope, reason, key) =>
            start.mutate(
              { key, action, reason, ...whichOf(scope, messageIds, ticket) },
              { onSuccess: ({ id }) => setBatchId(id) },
            )
          }
        />
      )}
    </Dialog>
  );
}

function whichOf(
  scope: Scope,
  messageIds: readonly string[],
  ticket: TicketDetail,
): Pick<BulkModeration, 'messageIds' | 'filter'> {
  if (scope === 'contact') return { filter: { contactId: ticket.contact.id, channelId: ticket.channel.id } };
  if (scope === 'post' && ticket.post) return { filter: { postId: ticket.post.id } };
  return { messageIds: [...messageIds] };
}

interface QuestionProps {
  action: ModerationAction;
  count: number;
  ticket: TicketDetail;
  error: unknown;
  pending: boolean;
  onCancel: () => void;
  onConfirm: (scope: Scope, reason: string, key: string) => void;
}

function Question({ action, count, ticket, error, pending, onCancel, onConfirm }: QuestionProps) {
  const t = useText();
  const group = useId();
  const attempt = useRef({ of: '', key: '' });
  const scopes: Scope[] = ticket.post ? ['selected', 'contact', 'post'] : ['selected', 'contact'];
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const reason = fieldReader(form)('reason');
    const scope = scopes.find((one) => one === form.get(group)) ?? 'selected';
    if (!reason) return;
    // Another choice is another batch; only the same one sent again is the same.
    const of = JSON.stringify([scope, reason]);
    if (attempt.current.of !== of) attempt.current = { of, key: crypto.randomUUID() };
    onConfirm(scope, reason, attempt.current.key);
  }
  const final = action === 'delete';
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-sm font-medium">{t('bulk.which')}</legend>
        {scopes.map((scope) => (
          <label key={scope} className="flex items-center gap-2 text-sm">
            <input
              type="radio"
              name={group}
              value={scope}
              defaultChecked={scope === 'selected'}
              className="accent-brand"
            />
            {t(`bulk.scope.${scope}`, { count })}
          </label>
        ))}
      </fieldset>
      {final && <p className="text-danger">{t('bulk.delete_warning')}</p>}
      <TextField label={t('common.reason')} name="reason" required maxLength={500} dir="auto" autoFocus />
      <Problem error={error} />
      <div className="flex justify-end gap-2">
        <Button onPress={onCancel}>{t('common.cancel')}</Button>
        <Button type="submit" tone={final ? 'danger' : 'brand'} isDisabled={pending}>
          {t(`moderation.${action}`)}
        </Button>
      </div>
    </form>
  );
}

const REVERSIBLE: readonly ModerationAction[] = ['hide', 'unhide', 'like', 'unlike', 'block', 'unblock'];

interface ProgressProps {
  batchId: string;
  messages: readonly Message[];
  onBatch: (batchId: string) => void;
  onClose: () => void;
}

function Progress({ batchId, messages, onBatch, onClose }: ProgressProps) {
  const t = useText();
  const query = useQuery(batchQuery(batchId));
  const undo = useUndoBatch();
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton rows={2} height="h-8" />;
  const batch = query.data;
  const { total, done, failed, finishedAt, action, undoneBy } = batch;
  const settled = done + failed.length;
  return (
    <div className="flex flex-col gap-4">
      <div>
        <p role="status">{wordsFor(batch, t)}</p>
        <progress
          aria-label={t('bulk.progress')}
          max={Math.max(total, 1)}
          value={finishedAt ? Math.max(total, 1) : settled}
          className="mt-1 h-2 w-full accent-brand"
        />
      </div>
      {failed.length > 0 && (
        <section aria-labelledby="failures">
          <h3 id="failures" className="text-sm font-semibold text-danger">
            {t('bulk.failed', { count: failed.length })}
          </h3>
          <ul className="mt-1 flex max-h-60 flex-col gap-1 overflow-auto">
            {failed.map(({ messageId, reason, words }) => (
              <li key={messageId} className="rounded-md border border-line px-2.5 py-1 text-sm">
                <span className="flex text-muted">
                  <PreviewText text={messages.find(({ id }) => id === messageId)?.text ?? t('bulk.elsewhere')} />
                </span>
                <span className="block text-xs text-danger">
                  <bdi>{inOurLanguage(words, reason)}</bdi>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Problem error={undo.error} />
      <div className="flex justify-end gap-2">
        {finishedAt && done > 0 && !undoneBy && REVERSIBLE.includes(action) && (
          <Button
            onPress={() => undo.mutate(batchId, { onSuccess: ({ id }) => onBatch(id) })}
            isDisabled={undo.isPending}
          >
            <Undo2 size={15} aria-hidden className="icon-directional" />
            {t('bulk.undo')}
          </Button>
        )}
        <Button tone="brand" onPress={onClose}>
          {t(finishedAt ? 'common.done' : 'bulk.go_on')}
        </Button>
      </div>
    </div>
  );
}

function wordsFor({ total, done, finishedAt, undoOf }: ModerationBatch, t: Text): string {
  if (total === 0) return t('bulk.nothing');
  if (!finishedAt) return t('bulk.working', { done, total });
  return t(undoOf ? 'bulk.undone' : 'bulk.finished', { done, total });
}
