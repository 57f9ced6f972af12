import { useQuery } from '@tanstack/react-query';
import { useId, useRef, useState, type SubmitEvent } from 'react';
import type { TicketFilters } from '../../api/keys';
import { agentsQuery } from '../../api/people';
import { ticketBatchQuery, useTicketBulk } from '../../api/ticket-bulk';
import { DISMISSALS } from '../../api/ticket-work';
import { useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { SelectField, TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { inOurLanguage } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';
import { bulkActionOf, FIRST_VALUE, PRIORITIES, RESTS, STATUSES, type BulkKind } from './bulk-kinds';

export interface BulkDialogProps {
  kind: BulkKind;
  ids: ReadonlySet<string>;
  filters: TicketFilters;
  /** `begun`: the change is under way or done, so the choice has served. */
  onClose: (begun: boolean) => void;
}

/** One change on many tickets: what exactly, on which; then how far it is and what refused. */
export function BulkDialog({ kind, ids, filters, onClose }: BulkDialogProps) {
  const t = useText();
  const [batchId, setBatchId] = useState<string | null>(null);
  return (
    <Dialog title={t(`many.kind_${kind}`)} isOpen onClose={() => onClose(batchId !== null)}>
      {batchId ? (
        <Progress batchId={batchId} onClose={() => onClose(true)} />
      ) : (
        <Question kind={kind} ids={ids} filters={filters} onBegun={setBatchId} onCancel={() => onClose(false)} />
      )}
    </Dialog>
  );
}

interface QuestionProps extends Omit<BulkDialogProps, 'onClose'> {
  onBegun: (batchId: string) => void;
  onCancel: () => void;
}

function Question({ kind, ids, filters, onBegun, onCancel }: QuestionProps) {
  const t = useText();
  const group = useId();
  const attempt = useRef({ of: '', key: '' });
  const [value, setValue] = useState(FIRST_VALUE[kind]);
  const [everything, setEverything] = useState(false);
  const { mutate, error, isPending } = useTicketBulk();
  const action = bulkActionOf(kind, value, serverNow());
  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (!action) return;
    const { sort: _, ...filter } = filters;
    const which = everything ? { filter } : { ticketIds: [...ids] };
    // Another choice is another batch; only the same one sent again is the same.
    const of = JSON.stringify([kind, value, which]);
    if (attempt.current.of !== of) attempt.current = { of, key: crypto.randomUUID() };
    mutate({ ...which, action, key: attempt.current.key }, { onSuccess: onBegun });
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Value kind={kind} value={value} onChange={setValue} />
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-sm font-medium">{t('many.which')}</legend>
        {[false, true].map((all) => (
          <label key={String(all)} className="flex items-center gap-2 text-sm">
            <input
              type="radio"
              name={group}
              checked={everything === all}
              onChange={() => setEverything(all)}
              className="accent-brand"
            />
            {all ? t('many.everything') : t('many.chosen', { count: ids.size })}
          </label>
        ))}
      </fieldset>
      <Problem error={error} />
      <div className="flex justify-end gap-2">
        <Button onPress={onCancel}>{t('common.cancel')}</Button>
        <Button type="submit" tone="brand" isDisabled={isPending || !action}>
          {t('many.go')}
        </Button>
      </div>
    </form>
  );
}

function Value({ kind, value, onChange }: { kind: BulkKind; value: string; onChange: (value: string) => void }) {
  const t = useText();
  const everybody = useQuery({ ...agentsQuery, enabled: kind === 'assignee' }).data ?? [];
  const agents = everybody.filter(({ disabledAt }) => !disabledAt);
  const label = t(`many.kind_${kind}`);
  if (kind === 'add_tags' || kind === 'remove_tags')
    return (
      <TextField
        label={label}
        help={t('many.tags_help')}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        required
        autoFocus
        dir="auto"
      />
    );
  const options: [string, string][] =
    kind === 'status'
      ? STATUSES.map((one) => [one, t(`status.${one}`)])
      : kind === 'priority'
        ? PRIORITIES.map((one) => [one, t(`priority.${one}`)])
        : kind === 'snooze'
          ? RESTS.map((one) => [one, t(`snooze.${one}`)])
          : kind === 'dismiss'
            ? DISMISSALS.map((one) => [one, t(`dismiss.${one}`)])
            : [['', t('leave.to_queue')], ...agents.map(({ id, name }): [string, string] => [id, name])];
  return (
    <SelectField label={label} value={value} onChange={(event) => onChange(event.target.value)} autoFocus>
      {options.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}

function Progress({ batchId, onClose }: { batchId: string; onClose: () => void }) {
  const t = useText();
  const query = useQuery(ticketBatchQuery(batchId));
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton rows={2} height="h-8" />;
  const { total, done, failed, finishedAt } = query.data;
  return (
    <div className="flex flex-col gap-4">
      <div>
        <p role="status">{t(finishedAt ? 'bulk.finished' : 'bulk.working', { done, total })}</p>
        <progress
          aria-label={t('bulk.progress')}
          max={Math.max(total, 1)}
          value={finishedAt ? Math.max(total, 1) : done + failed.length}
          className="mt-1 h-2 w-full accent-brand"
        />
      </div>
      {failed.length > 0 && (
        <section aria-labelledby="refused-tickets">
          <h3 id="refused-tickets" className="text-sm font-semibold text-danger">
            {t('bulk.failed', { count: failed.length })}
          </h3>
          <ul className="mt-1 flex max-h-60 flex-col gap-1 overflow-auto">
            {failed.map(({ ticketId, number, reason, words }) => (
              <li key={ticketId} className="rounded-md border border-line px-2.5 py-1 text-sm">
                <Ltr>{`#${number}`}</Ltr>{' '}
                <span className="text-danger">
                  <bdi>{inOurLanguage(words, reason)}</bdi>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Button tone="brand" onPress={onClose} className="self-end">
        {t(finishedAt ? 'common.done' : 'bulk.go_on')}
      </Button>
    </div>
  );
}
