import { useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { crmConnectionQuery, crmQueueQuery, useCheckCrm, useRetryCrm, useSaveCrm } from '../../api/crm';
import type { CrmConnection } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { TextArea, TextField } from '../../ui/field';
import { refusalText } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';
import { Loaded, PageHead, problemOf, Table } from './parts';

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
  const { state, stateReason, pausedUntil } = connection;
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
        {stateReason && <bdi className="text-sm">{stateReason}</bdi>}
        {pausedUntil && (
          <p className="text-sm text-muted">{t('crm.paused_until', { at: formats.dateTime(pausedUntil) })}</p>
        )}
      </div>
      <Button
        isDisabled={check.isPending}
        onPress={() =>
          check.mutate(undefined, {
            onSuccess: () => tell.info(t('crm.check_ok')),
            onError: (error) => tell.error(refusalText(error, t)),
          })
        }
      >
        {check.isPending ? t('crm.checking') : t('crm.check')}
      </Button>
    </section>
  );
}

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
        problem={problemOf(save.error, 'privateKey', 'credentials.privateKey')}
      />
      {save.error && (
        <p role="alert" className="text-sm text-danger">
          <bdi>{refusalText(save.error, t)}</bdi>
        </p>
      )}
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
        {query.data?.some(({ parkedAt }) => parkedAt) && (
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
        {(items) => (
          <Table
            label={t('crm.queue')}
            items={items}
            keyOf={({ entity, entityId }) => `${entity}-${entityId}`}
            empty={t('crm.queue_empty')}
            columns={[
              { title: t('crm.entity'), cell: ({ entity }) => t(`crm.entity.${entity}`) },
              {
                title: t('crm.changed'),
                cell: ({ changedAt }) => <span className="whitespace-nowrap">{formats.dateTime(changedAt)}</span>,
              },
              { title: t('jobs.attempts'), cell: ({ attempts }) => formats.number(attempts) },
              {
                title: t('crm.trouble'),
                cell: ({ code, error, parkedAt }) =>
                  error ? (
                    <span className={parkedAt ? 'text-danger' : 'text-warn'}>
                      {code && <bdi dir="ltr">{code}</bdi>}
                      <bdi className="block text-xs">{error}</bdi>
                    </span>
                  ) : (
                    t('crm.waiting')
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}
