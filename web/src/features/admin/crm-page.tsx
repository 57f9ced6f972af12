import { useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { crmConnectionQuery, crmQueueQuery, useCheckCrm, useRetryCrm, useSaveCrm } from '../../api/crm';
import type { CrmCheck, CrmConnection } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { TextArea, TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { inOurLanguage, problemOf, refusalText } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';
import { Loaded, PageHead, Table } from '../../ui/page';

export function CrmPage() {
  const t = useText();
  const connection = useQuery(crmConnectionQuery);
  return (
    <>
      <PageHead title={t('admin.crm')} hint={t('crm.hint')} />
      <Loaded query={connection}>
        {(known) => (
          <>
            {known && <ConnectionState connection={known} />}
            <ConnectionForm key={known?.clientId} known={known} />
            {known && <Waiting />}
          </>
        )}
      </Loaded>
    </>
  );
}

function ConnectionState({ connection }: { connection: CrmConnection }) {
  const t = useText();
  const tell = useTell();
  const { formats } = useLanguage();
  const check = useCheckCrm();
  const { state, stateReason, stateReasonWords, pausedUntil } = connection;
  return (
    <section className="flex flex-wrap items-center gap-3 rounded-lg border border-line bg-surface p-4">
      <div className="flex-1">
        <p
          className={
            state === 'active'
              ? 'font-semibold text-ok'
              : state === 'paused'
                ? 'font-semibold text-warn'
                : 'font-semibold text-danger'
          }
        >
          {t(`crm.connection.${state}`)}
        </p>
        {stateReason && <bdi className="text-sm">{inOurLanguage(stateReasonWords, stateReason)}</bdi>}
        {pausedUntil && (
          <p className="text-sm text-muted">{t('crm.paused_until', { at: formats.dateTime(pausedUntil) })}</p>
        )}
      </div>
      <Button
        isDisabled={check.isPending}
        onPress={() =>
          check.mutate(undefined, {
            onSuccess: (found) => (found.ok ? tell.info(t('crm.check_ok')) : tell.error(checkProblem(found))),
            onError: (error) => tell.error(refusalText(error, t)),
          })
        }
      >
        {check.isPending ? t('crm.checking') : t('crm.check')}
      </Button>
    </section>
  );
}

/** What its code means with Salesforce's own words, or the names of what the integration user lacks. */
const checkProblem = ({ failure, missing }: CrmCheck): string =>
  failure
    ? inOurLanguage(failure.words, `${failure.code}: ${failure.message}`)
    : missing.map(({ object, fields }) => `${object}: ${fields.join(', ')}`).join('; ');

function ConnectionForm({ known }: { known: CrmConnection | null }) {
  const t = useText();
  const tell = useTell();
  const save = useSaveCrm();
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const read = fieldReader(form);
    save.mutate(
      {
        loginUrl: read('loginUrl'),
        clientId: read('clientId'),
        username: read('username'),
        privateKey: read('privateKey') || undefined,
      },
      { onSuccess: () => tell.info(t('crm.saved')) },
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-5">
      <h2 className="font-bold">{t('crm.form')}</h2>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={t('crm.login_url')}
          name="loginUrl"
          type="url"
          required
          dir="ltr"
          defaultValue={known?.loginUrl ?? 'https://login.salesforce.com'}
          problem={problemOf(save.error, 'loginUrl')}
        />
        <TextField
          label={t('crm.username')}
          name="username"
          required
          dir="ltr"
          autoComplete="off"
          defaultValue={known?.username}
          problem={problemOf(save.error, 'username')}
        />
      </div>
      <TextField
        label={t('crm.client_id')}
        name="clientId"
        required
        dir="ltr"
        autoComplete="off"
        defaultValue={known?.clientId}
        problem={problemOf(save.error, 'clientId')}
      />
      <TextArea
        label={t('crm.private_key')}
        help={known ? t('crm.private_key_kept') : t('crm.private_key_help')}
        name="privateKey"
        rows={4}
        dir="ltr"
        required={!known}
        spellCheck={false}
        problem={problemOf(save.error, 'privateKey')}
      />
      <Problem error={save.error} />
      <div>
        <Button type="submit" tone="brand" isDisabled={save.isPending}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}

function Waiting() {
  const t = useText();
  const tell = useTell();
  const { formats } = useLanguage();
  const query = useQuery(crmQueueQuery);
  const retry = useRetryCrm();
  return (
    <section className="flex flex-col gap-3">
      <div className="flex items-center gap-3">
        <h2 className="flex-1 text-base font-bold">{t('crm.queue')}</h2>
        {(query.data?.parkedCount ?? 0) > 0 && (
          <Button
            size="small"
            isDisabled={retry.isPending}
            onPress={() =>
              retry.mutate(undefined, {
                onSuccess: () => tell.info(t('crm.retried')),
                onError: (error) => tell.error(refusalText(error, t)),
              })
            }
          >
            {t('crm.retry_all')}
          </Button>
        )}
      </div>
      <Loaded query={query}>
        {(queue) => (
          <>
            <p className="text-sm text-muted">
              {t('crm.queue_counts', { waiting: queue.waiting, retrying: queue.retrying, parked: queue.parkedCount })}
              {queue.lastSyncAt && <> · {t('crm.last_sync', { at: formats.dateTime(queue.lastSyncAt) })}</>}
              {queue.apiUsage && (
                <>
                  {' · '}
                  {t('crm.api_usage', {
                    used: formats.number(queue.apiUsage.used),
                    limit: formats.number(queue.apiUsage.limit),
                  })}
                </>
              )}
            </p>
            <Table
              label={t('crm.queue')}
              items={queue.parked}
              keyOf={({ entity, code }) => `${entity}-${code}`}
              empty={queue.waiting > 0 ? t('crm.queue_moving') : t('crm.queue_empty')}
              columns={[
                { title: t('crm.entity'), cell: ({ entity }) => t(`crm.entity.${entity}`) },
                { title: t('crm.count'), cell: ({ count }) => formats.number(count) },
                {
                  title: t('crm.changed'),
                  cell: ({ parkedAt }) => <span className="whitespace-nowrap">{formats.dateTime(parkedAt)}</span>,
                },
                {
                  title: t('crm.trouble'),
                  cell: ({ code, error, words }) => (
                    <bdi className="text-danger">{inOurLanguage(words, [code, error].filter(Boolean).join(': '))}</bdi>
                  ),
                },
              ]}
            />
          </>
        )}
      </Loaded>
    </section>
  );
}
