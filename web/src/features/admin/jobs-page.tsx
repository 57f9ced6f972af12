import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { parkedJobsQuery, useSettleJob } from '../../api/jobs';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { ReasonDialog } from '../../ui/reason-dialog';
import { inOurLanguage, refusalText } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { useTell } from '../../ui/toasts';
import { Loaded, PageHead, Table } from '../../ui/page';

const QUEUES = [
  'outbound',
  'bot',
  'routing',
  'crm',
  'sla',
  'tickets',
  'rules',
  'calls',
  'webhooks',
  'media',
  'channels',
  'maintenance',
] as const;

/** Work that gave up and waits for a person. */
export function JobsPage() {
  const t = useText();
  const tell = useTell();
  const { formats } = useLanguage();
  const query = useQuery(parkedJobsQuery);
  const settle = useSettleJob();
  const fail = (error: unknown) => tell.error(refusalText(error, t));
  const [dropped, setDropped] = useState<string | null>(null);
  return (
    <>
      <PageHead title={t('admin.jobs')} hint={t('jobs.hint')} />
      <Loaded query={query}>
        {(jobs) => (
          <Table
            label={t('admin.jobs')}
            items={jobs}
            keyOf={({ id }) => id}
            empty={t('jobs.empty')}
            columns={[
              {
                title: t('jobs.name'),
                cell: ({ name, queue }) => {
                  const known = QUEUES.find((one) => one === queue);
                  return (
                    <>
                      {known ? t(`jobs.queue.${known}`) : <Ltr>{queue}</Ltr>}
                      <span className="block text-xs text-muted">
                        <Ltr>{name}</Ltr>
                      </span>
                    </>
                  );
                },
              },
              {
                title: t('jobs.error'),
                cell: ({ lastError, lastErrorWords }) => (
                  <bdi className="block max-w-md text-xs break-words">
                    {inOurLanguage(lastErrorWords, lastError ?? '–')}
                  </bdi>
                ),
              },
              { title: t('jobs.attempts'), cell: ({ attempts }) => formats.number(attempts) },
              {
                title: t('jobs.parked'),
                cell: ({ parkedAt, createdAt }) => (
                  <span className="whitespace-nowrap">{formats.dateTime(parkedAt ?? createdAt)}</span>
                ),
              },
              {
                title: t('common.actions'),
                cell: ({ id }) => (
                  <span className="flex gap-2">
                    <Button size="small" onPress={() => settle.mutate({ id, how: 'retry' }, { onError: fail })}>
                      {t('common.retry')}
                    </Button>
                    <Button size="small" tone="danger" onPress={() => setDropped(id)}>
                      {t('jobs.drop')}
                    </Button>
                  </span>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {dropped && (
        <ReasonDialog
          title={t('jobs.drop')}
          warning={t('jobs.drop_warning')}
          onCancel={() => setDropped(null)}
          onConfirm={(reason) => {
            settle.mutate({ id: dropped, how: 'drop', reason }, { onError: fail });
            setDropped(null);
          }}
        />
      )}
    </>
  );
}
