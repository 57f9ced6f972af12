import { useQuery } from '@tanstack/react-query';
import { replyBatchQuery } from '../../api/repeats';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { inOurLanguage } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { sendRefusal } from '../../ui/send-refusal';
import { Failed, Skeleton } from '../../ui/states';

/** How far one reply to several threads is, and what became of those it could not reach. */
export function BatchProgress({ batchId, onClose }: { batchId: string; onClose: () => void }) {
  const t = useText();
  const query = useQuery(replyBatchQuery(batchId));
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton rows={2} height="h-8" />;
  const { total, done, failed, finishedAt } = query.data;
  return (
    <div className="flex flex-col gap-4">
      <div>
        <p role="status">{t(finishedAt ? 'bulk.finished' : 'bulk.working', { done, total })}</p>
        <progress
          aria-label={t('bulk.progress')}
          max={total}
          value={done + failed.length}
          className="mt-1 h-2 w-full accent-brand"
        />
      </div>
      {failed.length > 0 && (
        <section aria-labelledby="refused-threads">
          <h3 id="refused-threads" className="text-sm font-semibold text-danger">
            {t('bulk.failed', { count: failed.length })}
          </h3>
          <ul className="mt-1 flex max-h-60 flex-col gap-1 overflow-auto">
            {failed.map(({ conversationId, number, code, reason, words }) => (
              <li key={conversationId} className="rounded-md border border-line px-2.5 py-1 text-sm">
                {number !== null && <Ltr>{`#${number}`}</Ltr>}{' '}
                <span className="text-danger">
                  <bdi>
                    {code === 'stale_reply'
                      ? t('repeat.newer_there')
                      : (sendRefusal(code, t) ?? inOurLanguage(words, reason))}
                  </bdi>
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
